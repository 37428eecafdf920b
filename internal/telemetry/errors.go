package telemetry

import (
	"context"
	"errors"
	"net"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// ErrorType is the value of error_type for err: the class of the *fault.Error in
// its chain, else the class that a passed deadline or a broken connection stands
// for, else InternalError.
func ErrorType(err error) fault.Class {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Class
	}
	var network net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Timeout
	case errors.As(err, &network) && network.Timeout():
		return fault.Timeout
	case errors.As(err, &network):
		return fault.Connection
	}
	return fault.Internal
}
