package books

import (
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
)

// Switches is what the flags that were changed mean for orders.
func Switches(changed []feature.Change) (s bank.Switches) {
	for _, c := range changed {
		switch c.Name {
		case feature.Lockdown:
			s.Lockdown = c.On
		case feature.Transfers:
			s.NoTransfers = !c.On
		case feature.BillPayments:
			s.NoBills = !c.On
		case feature.CardControls:
			s.NoCards = !c.On
		}
	}
	return s
}
