package audit

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
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

// TestAnchors finds what the chain alone can't show: its end cut off, and all of it
// made anew by somebody who has the key.
func TestAnchors(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := &records{}
	c := NewChain(s, "key", slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.MessageKey {
			a.Key = "message"
		}
		return a
	}})))
	for i := range 4 {
		if err := s.Append(t.Context(), Record{At: time.Unix(int64(i), 0), Kind: "test", Actor: "ann", Subject: fmt.Sprint("s", i)}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	lines := "no JSON\n{\"message\":\"audit chain sealed\",\"seq\":\n" + strings.ReplaceAll(log.String(), "{", "concierge-1  | {") + "{}\n"
	anchors, err := ReadAnchors(strings.NewReader(lines))
	if err != nil || len(anchors) != 4 {
		t.Fatalf("%v, %v", anchors, err)
	}
	for name, tc := range map[string]struct {
		tamper func()
		want   string
	}{
		"nothing": {func() {}, ""},
		"made anew": {func() {
			s.list[1].Actor = "mallory"
			for i := range s.list {
				s.list[i].Seq, s.list[i].Link = 0, nil
			}
			_, err = c.Seal(t.Context())
		}, "record 2: it has another link"},
		"cut off":  {func() { s.list = s.list[:2] }, "record 3: it was sealed once, and the chain ends with record 2"},
		"all gone": {func() { s.list = nil }, "record 1: it was sealed once"},
	} {
		whole := slices.Clone(s.list)
		tc.tamper()
		if alone, _ := c.Verify(t.Context()); alone.FirstBad != "" {
			t.Errorf("%s shows in the chain alone: %s", name, alone.FirstBad)
		}
		r, failed := c.VerifyAgainst(t.Context(), anchors)
		if err != nil || failed != nil || !strings.HasPrefix(r.FirstBad, tc.want) || (tc.want == "") != (r.FirstBad == "") {
			t.Errorf("%s: %q, want %q (%v, %v)", name, r.FirstBad, tc.want, err, failed)
		}
		s.list = whole
	}
	if _, err := ReadAnchors(strings.NewReader(strings.Repeat("x", maxLine+1))); err == nil {
		t.Error("a line without end")
	}
}
