package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

type profileCommand struct {
	Kind string        `arg:"" enum:"heap,allocs,goroutine,profile,trace" help:"What to look at: heap (memory in use), allocs (all that was allocated), goroutine, profile (processor), trace."`
	For  time.Duration `help:"How long profile and trace look." default:"10s"`
}

// Help is shown by profile --help.
func (profileCommand) Help() string {
	return `Writes a profile of the service at PROFILING_ADDRESS to standard output, for go tool
pprof (go tool trace for a trace). In a container, where that address leads nowhere
outside of it, and whose image has no shell to ask it with:

  docker exec CONTAINER swipesavvy profile heap > heap.pprof`
}

// Validate is called before Run.
func (cmd profileCommand) Validate() error {
	if cmd.For < time.Second || cmd.For > time.Minute {
		return errors.New("--for must be between a second and a minute")
	}
	return nil
}

func (cmd profileCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if c.ProfilingAddress == "" {
		return errors.New("PROFILING_ADDRESS is not set: set it to 127.0.0.1:6060, for the service as well, and start that again")
	}
	url := fmt.Sprintf("http://%s/debug/pprof/%s", c.ProfilingAddress, cmd.Kind)
	if cmd.Kind == "profile" || cmd.Kind == "trace" {
		url += fmt.Sprintf("?seconds=%d", int(cmd.For.Seconds()))
	}
	r, err := http.NewRequestWithContext(env.ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fault.New(fault.Connection, "no answer at %s", c.ProfilingAddress).WithCause(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", c.ProfilingAddress, answer.StatusCode)
	}
	_, err = io.Copy(env.stdout, answer.Body)
	return err
}
