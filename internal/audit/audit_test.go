package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// records is a Store in memory.
type records struct{ list []Record }

func (s *records) Append(_ context.Context, r Record) error {
	r.ID = int64(len(s.list) + 1)
	s.list = append(s.list, r)
	return nil
}

func (s *records) Seal(_ context.Context, limit int, seal func(last Record, batch []Record)) (int, error) {
	var last Record
	first := len(s.list)
	for i, r := range s.list {
		if r.Seq == 0 {
			first = i
			break
		}
		last = r
	}
	batch := s.list[first:min(first+limit, len(s.list))]
	if len(batch) > 0 {
		seal(last, batch)
	}
	return len(batch), nil
}

func (s *records) Each(_ context.Context, fn func(Record) error) error {
	for _, r := range s.list {
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

func TestEveryChangeIsFound(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tamper func(s *records)
		want   string // FirstBad contains it
	}{
		"nothing":        {func(*records) {}, ""},
		"another digest": {func(s *records) { s.list[4].Digest = []byte("x") }, "record 5 "},
		"another time":   {func(s *records) { s.list[4].At = s.list[4].At.Add(time.Second) }, "record 5 "},
		"another actor":  {func(s *records) { s.list[4].Actor = "mallory" }, "record 5 "},
		"another kind":   {func(s *records) { s.list[4].Kind = "nothing" }, "record 5 "},
		"a field moved into its neighbour": {func(s *records) {
			s.list[4].Actor += "s"
			s.list[4].Subject = strings.TrimPrefix(s.list[4].Subject, "s")
		}, "record 5 "},
		"removed":          {func(s *records) { s.list = slices.Delete(s.list, 4, 5) }, "record 6 follows record 4"},
		"removed at first": {func(s *records) { s.list = slices.Delete(s.list, 0, 1) }, "record 2 follows record 0"},
		"swapped":          {func(s *records) { s.list[4], s.list[5] = s.list[5], s.list[4] }, "record 6 follows record 4"},
		"swapped and renumbered": {func(s *records) {
			s.list[4], s.list[5] = s.list[5], s.list[4]
			s.list[4].Seq, s.list[5].Seq = 5, 6
		}, "record 5 "},
		"inserted and renumbered": {func(s *records) {
			s.list = slices.Insert(s.list, 4, s.list[4])
			for i := range s.list {
				s.list[i].Seq = int64(i + 1)
			}
		}, "record 6 "},
		"made anew without the key": {func(s *records) {
			s.list[4].Digest = []byte("x")
			for i := range s.list {
				s.list[i].Seq, s.list[i].Link = 0, nil
			}
			if _, err := NewChain(s, "guessed", nil).Seal(context.Background()); err != nil {
				t.Error(err)
			}
		}, "record 1 "},
	} {
		s := &records{}
		c := NewChain(s, "key", nil)
		for i := range 10 {
			if err := s.Append(t.Context(), Record{At: time.Unix(int64(i), 0), Kind: "test", Actor: "ann", Subject: fmt.Sprint("s", i), Digest: []byte{byte(i)}}); err != nil {
				t.Fatal(err)
			}
			if i%3 == 0 {
				if _, err := c.Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		tc.tamper(s)
		r, err := c.Verify(t.Context())
		if err != nil || !strings.Contains(r.FirstBad, tc.want) || (tc.want == "") != (r.FirstBad == "") {
			t.Errorf("%s: %q, want %q, %v", name, r.FirstBad, tc.want, err)
		}
	}
}
