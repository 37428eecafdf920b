package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// flags finds what people have switched: it looks like a fault to whoever doesn't
// know of it. Where the database can't be read its own check says so.
func (d *doctor) flags(ctx context.Context) []Finding {
	const name = "flags"
	unknown := []Finding{{Check: name, Outcome: Skipped, Detail: "the database can't be read"}}
	s, err := store.OpenExisting(ctx, store.Options{DatabaseURL: d.Config.PostgresURL(), SQLitePath: d.Config.SQLitePath, MaxConns: 2, Service: "doctor"})
	if err != nil {
		return unknown
	}
	defer s.Close()
	f, err := feature.New(feature.Options{Store: s.Flags()})
	if err != nil {
		return unknown
	}
	list, err := f.List(ctx)
	if err != nil {
		return unknown
	}
	var found []Finding
	for _, setting := range list {
		if setting.On == setting.Default || setting.Last == nil {
			continue
		}
		detail := fmt.Sprintf("since %s, by %q: %q", setting.Last.At.UTC().Format(time.RFC3339), setting.Last.Operator, setting.Last.Reason)
		if setting.Name == feature.Lockdown {
			found = append(found, warning("lockdown", "on "+detail, "nothing moves and no model is asked until it ends",
				"when its reason is gone: swipesavvy lockdown off --reason TEXT", "emergencies"))
			continue
		}
		found = append(found, warning("flag "+string(setting.Name), "switched "+detail, setting.Meaning,
			"when its reason is gone: swipesavvy flags set "+string(setting.Name)+" on --reason TEXT", "first-look"))
	}
	if len(found) == 0 {
		return []Finding{ok(name, "all as they are by default; no lockdown")}
	}
	return found
}
