package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

type healthCommand struct {
	Services []string      `arg:"" optional:"" enum:"concierge,rag,guardrails" help:"Which services to ask; all three without any."`
	Ready    bool          `help:"Ask whether requests should be sent there (/ready) instead of whether it can do its job (/health)."`
	Timeout  time.Duration `help:"How long to wait for each answer." default:"3s"`
}

// Help is shown by health --help.
func (healthCommand) Help() string {
	return `Asks the services on this machine at the ports of the settings, prints a line for
each, and exits with 0 if all of them are healthy, 1 if one is not, and 5 if one
doesn't answer. It is the health check of the container image, which has no shell.`
}

func (cmd healthCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	names := cmd.Services
	if len(names) == 0 {
		names = []string{string(app.Concierge), string(app.RAG), string(app.Guardrails)}
	}
	var errs []error
	for _, name := range names {
		status, err := cmd.ask(env.ctx, c, app.Name(name))
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if _, err := fmt.Fprintf(env.stdout, "%s: %s\n", name, status); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// ask returns what one service says of itself, or why it isn't well.
func (cmd healthCommand) ask(ctx context.Context, c config.Config, name app.Name) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, cmd.Timeout)
	defer cancel()
	path := "/health"
	if cmd.Ready {
		path = "/ready"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, localURL(c, name)+path, http.NoBody)
	if err != nil {
		return "", err
	}
	// The certificate names the public host, and this asks the loopback address.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	answer, err := client.Do(r)
	if err != nil {
		return "", fault.New(fault.Connection, "no answer at %s", localURL(c, name)).WithCause(err)
	}
	defer answer.Body.Close()
	var body struct{ Status, Reason string }
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&body); err != nil {
		return "", fmt.Errorf("answers with status %d and no JSON: is another program at %s?", answer.StatusCode, localURL(c, name))
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s %s", body.Status, body.Reason)
	}
	return body.Status, nil
}

// localURL is where this machine reaches a service of the settings.
func localURL(c config.Config, name app.Name) string {
	scheme, host := "http", c.BindAddress
	if c.TLSCertFile != "" {
		scheme = "https"
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	port := map[app.Name]int{app.Guardrails: c.GuardrailsPort, app.RAG: c.RAGPort, app.Concierge: c.ConciergePort}[name]
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port))
}
