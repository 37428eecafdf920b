package main

import (
	"fmt"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/feed"
)

// progress shows what becomes of files: a bar where a person watches, a line for
// each change otherwise.
type progress struct {
	env *environment
	bar bool
}

func newProgress(env *environment) *progress { return &progress{env: env, bar: terminal(env)} }

// barWidth is the width of the bar in characters.
const barWidth = 30

// clearLine takes back the bar.
const clearLine = "\r\x1b[K"

func (p *progress) report(e feed.Event) {
	name := plain(e.Name)
	if p.bar {
		fmt.Fprint(p.env.stdout, clearLine)
	}
	switch {
	case e.Status == feed.Failed:
		fmt.Fprintf(p.env.stderr, "failed %s: %s\n", name, plain(e.Reason))
	case e.Reason != "":
		fmt.Fprintf(p.env.stderr, "warning %s: %s\n", name, plain(e.Reason))
	}
	switch {
	case p.bar && e.Total > 0:
		filled := barWidth * min(e.Done, e.Total) / e.Total
		fmt.Fprintf(p.env.stdout, "[%s%s] %d/%d %.30s", strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled), e.Done, e.Total, name)
	case e.Status == feed.Stored || e.Status == feed.Removed:
		fmt.Fprintf(p.env.stdout, "%s %s\n", e.Status, name)
	}
}

// finish prints the sums and fails when something did.
func (p *progress) finish(counts feed.Counts, err error) error {
	if p.bar {
		fmt.Fprint(p.env.stdout, clearLine)
	}
	if counts != nil {
		fmt.Fprintf(p.env.stdout, "%d stored, %d unchanged, %d removed, %d failed\n",
			counts[feed.Stored], counts[feed.Unchanged], counts[feed.Removed], counts[feed.Failed])
	}
	if n := counts[feed.Failed]; err == nil && n > 0 {
		err = fmt.Errorf("%d documents failed", n)
	}
	return err
}
