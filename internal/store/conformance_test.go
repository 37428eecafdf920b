package store_test

import (
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store {
				o, _, _ := engine(t)
				s := open(t, o)
				if err := s.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
