// Package doctor looks at a whole installation from outside and says what is
// wrong, why, what to do and where the runbook treats it. It changes nothing and
// shows no secret. Each check stands on its own, so that one that can't run never
// hides what another finds.
package doctor

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

// Outcome of a check.
type Outcome string

// Outcomes, from good to bad. Skipped says that there was nothing to look at.
const (
	OK      Outcome = "ok"
	Skipped Outcome = "skipped"
	Warning Outcome = "warning"
	Failed  Outcome = "failed"
)

// Finding is what one check found.
type Finding struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	// Detail says what was seen.
	Detail string `json:"detail"`
	// Cause, Do and Runbook are there when something is wrong.
	Cause   string `json:"cause,omitempty"`
	Do      string `json:"do,omitempty"`
	Runbook string `json:"runbook,omitempty"`
}

// Options say what to look at. Config is required.
type Options struct {
	Config config.Config
	// Concierge, RAG and Guardrails are the services' base URLs; empty ones are
	// those of the settings.
	Concierge, RAG, Guardrails string
	// BackupDir is the folder of the backups; empty is that of the settings.
	BackupDir string
	// Timeout bounds one check; zero means 5 seconds.
	Timeout time.Duration
	// Now is this machine's clock; nil means time.Now.
	Now func() time.Time
	// DiskUsed returns the used share of a path's file system, 0 to 1; nil asks the
	// system.
	DiskUsed func(path string) (float64, error)
}

type doctor struct {
	Options
	client *http.Client
}

// check looks at one thing and may find several.
type check func(ctx context.Context) []Finding

// Examine runs all checks at once and returns what they found, in a fixed order.
func Examine(ctx context.Context, o Options) []Finding {
	d := &doctor{Options: o.withDefaults()}
	d.client = &http.Client{Timeout: d.Timeout}
	// A certificate that can't be read keeps the services from starting; they say so.
	if trust, err := httpclient.OwnTLS(o.Config.TLSCertFile); err == nil {
		d.client.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust}
	}
	checks := []check{
		d.configuration,
		d.database,
		d.service("guardrails", d.Guardrails), d.service("rag", d.RAG), d.service("concierge", d.Concierge),
		d.flags, d.redis, d.together, d.backups, d.disk,
	}
	found := make([][]Finding, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 2*d.Timeout)
			defer cancel()
			found[i] = c(ctx)
		})
	}
	wg.Wait()
	return slices.Concat(found...)
}

// Healthy says whether nothing failed.
func Healthy(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.Outcome == Failed })
}

// BadConfiguration is what is found when the settings can't even be read.
func BadConfiguration(problems []string) []Finding {
	var all []Finding
	for _, p := range problems {
		all = append(all, failed("configuration", p, "a setting is wrong", "correct it in the environment or in .env; swipesavvy config prints what is in force", "first-look"))
	}
	return all
}

func (o Options) withDefaults() Options {
	c := o.Config
	scheme := "http"
	if c.TLSCertFile != "" {
		scheme = "https"
	}
	o.Concierge = address(o.Concierge, "", scheme, c.ConciergePort)
	o.RAG = address(o.RAG, c.RAGServiceURL, scheme, c.RAGPort)
	o.Guardrails = address(o.Guardrails, c.GuardrailsServiceURL, scheme, c.GuardrailsPort)
	if o.BackupDir == "" {
		o.BackupDir = c.BackupDir
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.DiskUsed == nil {
		o.DiskUsed = diskUsed
	}
	return o
}

func ok(check, detail string) Finding { return Finding{Check: check, Outcome: OK, Detail: detail} }

func failed(check, detail, cause, do, section string) Finding {
	return Finding{Check: check, Outcome: Failed, Detail: detail, Cause: cause, Do: do, Runbook: runbook(section)}
}

func warning(check, detail, cause, do, section string) Finding {
	f := failed(check, detail, cause, do, section)
	f.Outcome = Warning
	return f
}

// runbook names a section.
func runbook(section string) string { return "docs/RUNBOOK.md#" + section }

func (d *doctor) configuration(context.Context) []Finding {
	c := d.Config
	if !c.Production {
		return []Finding{warning("configuration", "readable; PRODUCTION is false", "insecure settings are accepted",
			"set PRODUCTION=true before customers come near it", "first-look")}
	}
	if c.AuditKey == "" {
		return []Finding{warning("configuration", "readable; AUDIT_KEY is not set", "whoever can write to the database can forge the audit chain",
			"set AUDIT_KEY to at least 32 random characters, the same on every replica", "first-look")}
	}
	return []Finding{ok("configuration", "readable and fit for production, digest "+c.Digest())}
}
