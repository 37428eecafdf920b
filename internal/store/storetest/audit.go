package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// auditLog checks that records from everywhere end in one chain.
func auditLog(t *testing.T, s store.Store) {
	const writers, each = 8, 40
	chain := audit.NewChain(s.Audit(), "key", nil)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.Audit().Append(context.Background(), audit.Record{
					At: opened, Kind: "test", Actor: fmt.Sprint("writer ", w), Subject: fmt.Sprint(i), Digest: []byte{byte(i)},
				}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() { // sealers of several replicas
			if _, err := chain.Seal(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := chain.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := chain.Seal(t.Context()); n != 0 || err != nil {
		t.Errorf("%d records sealed twice, %v", n, err)
	}
	r, err := chain.Verify(t.Context())
	if err != nil || r.FirstBad != "" || r.Sealed != writers*each || r.Unsealed != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := audit.NewChain(s.Audit(), "another key", nil).Verify(t.Context()); err != nil || r.FirstBad == "" {
		t.Errorf("another key finds %+v, %v", r, err)
	}
	pages(t, s.Audit(), writers*each)
	seen := map[string]int{}
	if err := s.Audit().Each(t.Context(), func(r audit.Record) error {
		if r.Subject != fmt.Sprint(seen[r.Actor]) {
			t.Errorf("record %d of %s is %s: out of order", r.Seq, r.Actor, r.Subject)
		}
		seen[r.Actor]++
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// pages reads the whole log backwards, a page at a time.
func pages(t *testing.T, log audit.Log, want int) {
	t.Helper()
	const size = 150
	seen, before := 0, int64(0)
	for {
		page, err := log.Newest(t.Context(), before, size)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			if before != 0 && r.ID >= before {
				t.Errorf("record %d comes after %d", r.ID, before)
			}
			before = r.ID
		}
		if seen += len(page); len(page) < size {
			break
		}
	}
	if seen != want {
		t.Errorf("%d records in pages, want %d", seen, want)
	}
}
