package slots

import (
	"testing"
	"time"
)

// FuzzFind holds what callers rely on, for every purpose and direction: places are
// in the text and in order, periods begin before they end, and amounts are readable.
func FuzzFind(f *testing.F) {
	for _, text := range []string{
		"send a couple hundred to Sam on the 5th", "the first week of june", "last black friday", "between 3 and 10 may", "from 12/31 to 1/5", "1.234,50 2 mum", "mid feb 29 2023",
		"$1e308 -5 5k", "the week of new year's eve", "in the last 48 hours", "account ending in 1234 or x5678", "[PERSON_1] 20", "half past 5 p.m.",
	} {
		f.Add(text, int64(0))
	}
	f.Fuzz(func(t *testing.T, text string, day int64) {
		now := time.Date(2026, 6, 17, 15, 0, 0, 0, time.UTC).AddDate(0, 0, int(day%5000))
		for _, o := range []Options{{}, {Purpose: Spending}, {Purpose: Order, Direction: Future, DayFirst: true}} {
			s := o.Find(text, now)
			for _, d := range s.Dates {
				within(t, text, d.Span)
				if d.To.Before(d.From) {
					t.Errorf("%q: %+v ends before it begins", text, d)
				}
			}
			for _, a := range s.Amounts {
				within(t, text, a.Span)
			}
			for _, n := range append(s.Merchants, s.Payees...) {
				within(t, text, n.Span)
			}
			for _, a := range s.Accounts {
				within(t, text, a.Span)
			}
			if from, to, ok := s.Range(now); ok && !to.IsZero() && to.Before(from) {
				t.Errorf("%q: from %s to %s", text, from, to)
			}
		}
	})
}

func within(t *testing.T, text string, s Span) {
	t.Helper()
	if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
		t.Errorf("%q: span %+v", text, s)
	}
}
