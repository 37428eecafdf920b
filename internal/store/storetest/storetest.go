// Package storetest is the contract of the stores as tests. Each engine runs all
// of it on its real database, so that nobody can tell the engines apart.
package storetest

import (
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// Run checks every storage interface. open returns a new, empty, migrated
// database for each call.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for name, area := range map[string]func(*testing.T, store.Store){
		"bank":          func(t *testing.T, s store.Store) { bankStore(t, s.Bank()) },
		"ledger":        func(t *testing.T, s store.Store) { ledger(t, s.Bank()) },
		"actions":       func(t *testing.T, s store.Store) { actions(t, s.Bank()) },
		"interleavings": func(t *testing.T, s store.Store) { interleavings(t, s.Bank()) },
		"audit":         auditLog,
		"flags":         flagStore,
		"handoffs":      handoffs,
		"reviews":       reviews,
		"events":        func(t *testing.T, s store.Store) { events(t, s.Events()) },
		"incidents":     func(t *testing.T, s store.Store) { incidents(t, s.Incidents()) },
		"knowledge":     func(t *testing.T, s store.Store) { knowledge(t, s.Knowledge()) },
		"vectors":       func(t *testing.T, s store.Store) { vectors(t, s.Vectors()) },
		"conversations": func(t *testing.T, s store.Store) { conversations(t, s.Conversations()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			area(t, open(t))
		})
	}
}
