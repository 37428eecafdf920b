package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// startProfiling serves Go's profiles on the loopback address of the settings.
// They tell so much of what the process does that nobody else may reach them.
func (a *App) startProfiling(ctx context.Context) error {
	address := a.o.Config.ProfilingAddress
	if address == "" {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("profiling: %w; PROFILING_ADDRESS is the setting", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 5 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	a.teardown.add("profiling", func() error {
		err := server.Close()
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	})
	a.profiling = l.Addr().String()
	return nil
}
