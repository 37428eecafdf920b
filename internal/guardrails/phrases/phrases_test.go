package phrases

import (
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	var s Set
	s.Add(1, "ignore all", "ignore", "忽略")
	s.Add(2, "all the", "ignore")
	got := s.Find("please ignore all the rest, 忽略", nil)
	want := []Hit{{7, 17, 1}, {7, 13, 1}, {7, 13, 2}, {14, 21, 2}, {28, 34, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// FuzzFind compares with a search for each phrase alone.
func FuzzFind(f *testing.F) {
	f.Add("abcabc", "abc", "bca")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if len(a) < head || len(b) < head {
			return
		}
		var s Set
		s.Add(0, a)
		s.Add(1, b)
		n := 0
		for _, p := range []string{a, b} {
			for i := range len(text) {
				if strings.HasPrefix(text[i:], p) {
					n++
				}
			}
		}
		if hits := s.Find(text, nil); len(hits) != n {
			t.Errorf("%d hits instead of %d", len(hits), n)
		}
	})
}
