package slots

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// data is where the public development data is, seen from this folder.
const data = "../../../../shared/data"

func readLines[T any](t *testing.T, name string) (list []T) {
	t.Helper()
	if _, err := os.Stat(data); err != nil {
		t.Skipf("needs the public development data in %s", data)
	}
	f, err := os.Open(filepath.Join(data, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// score counts what was found against what is there.
type score struct{ found, gold, right, values, valuesRight int }

func (s *score) f1() float64 {
	if s.found+s.gold == 0 {
		return 1
	}
	return 2 * float64(s.right) / float64(s.found+s.gold)
}

func (s *score) String() string {
	line := fmt.Sprintf("P %5.1f %%  R %5.1f %%  F1 %5.1f %%  (%d labelled)", 100*float64(s.right)/float64(max(s.found, 1)),
		100*float64(s.right)/float64(max(s.gold, 1)), 100*s.f1(), s.gold)
	if s.values > 0 {
		line += fmt.Sprintf("  values %5.1f %% of %d", 100*float64(s.valuesRight)/float64(s.values), s.values)
	}
	return line
}

// trimmed takes the words off a span's front that some label and some don't.
func trimmed(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, w := range []string{"the ", "in ", "on ", "for ", "my ", "during ", "this "} {
		s = strings.TrimPrefix(s, w)
	}
	return strings.TrimSuffix(s, "'s")
}

// matched compares found with labelled texts and returns the matches in pairs.
func (s *score) matched(found, gold []string) (pairs [][2]int) {
	s.found += len(found)
	s.gold += len(gold)
	used := map[int]bool{}
	for i, f := range found {
		for j, g := range gold {
			if !used[j] && trimmed(f) == trimmed(g) {
				used[j] = true
				pairs = append(pairs, [2]int{i, j})
				s.right++
				break
			}
		}
	}
	return pairs
}

type nluppRow struct {
	Text  string
	Slots map[string]struct {
		Text  string
		Value json.RawMessage
	}
}

type goldDate struct{ Day, Month, Year int }

func (d goldDate) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// TestDevDataSlots measures the slots on NLU++ banking, whose dates are relative
// to a Tuesday in 2022 with weekdays in the future and the day first.
func TestDevDataSlots(t *testing.T) {
	rows := readLines[nluppRow](t, "intents/nlupp_banking_dev.jsonl")
	now := time.Date(2022, 3, 15, 9, 0, 0, 0, time.UTC)
	scores := map[string]*score{}
	for _, n := range []string{"amount", "date", "merchant", "payee", "category"} {
		scores[n] = &score{}
	}
	for _, r := range rows {
		s := Options{Direction: Future, DayFirst: true}.Find(r.Text, now)
		at := func(x Span) string { return r.Text[x.Start:x.End] }
		measure := func(name string, found []string, labels ...string) ([][2]int, []json.RawMessage) {
			var gold []string
			var values []json.RawMessage
			for _, l := range labels {
				if g, ok := r.Slots[l]; ok {
					gold, values = append(gold, g.Text), append(values, g.Value)
				}
			}
			sc := scores[name]
			before := *sc
			pairs := sc.matched(found, gold)
			if testing.Verbose() && (sc.right-before.right != len(found) || len(found) != len(gold)) {
				t.Logf("%s: %q want %q in: %s", name, found, gold, r.Text)
			}
			return pairs, values
		}
		texts := func(list []Name) (out []string) {
			for _, n := range list {
				out = append(out, n.Text)
			}
			return out
		}
		measure("merchant", texts(s.Merchants), "company_name")
		measure("payee", texts(s.Payees), "person_name")
		var found []string
		for _, c := range s.Categories {
			found = append(found, at(c.Span))
		}
		measure("category", found, "shopping_category")
		found = nil
		for _, a := range s.Amounts {
			found = append(found, at(a.Span))
		}
		pairs, values := measure("amount", found, "amount_of_money")
		for _, p := range pairs {
			var v struct {
				Amount   float64
				Currency string
			}
			if json.Unmarshal(values[p[1]], &v) == nil {
				a := s.Amounts[p[0]]
				scores["amount"].value(a.Money.Minor == int64(math.Round(v.Amount*100)) && (!a.Said || a.Money.Currency == v.Currency))
			}
		}
		found = nil
		for _, d := range s.Dates {
			found = append(found, at(d.Span))
		}
		pairs, values = measure("date", found, "date", "date_from", "date_to", "date_period")
		for _, p := range pairs {
			d := s.Dates[p[0]]
			from, to, ok := resolved(values[p[1]])
			if !ok {
				continue
			}
			got := d.From.Format(time.DateOnly) + ".." + d.To.Format(time.DateOnly)
			good := got == from+".."+to || to == "" && (d.From.Format(time.DateOnly) == from || d.To.Format(time.DateOnly) == from)
			scores["date"].value(good)
			if !good {
				t.Logf("value: %s got %s want %s..%s in: %s", found[p[0]], got, from, to, r.Text)
			}
		}
	}
	report(t, "NLU++", scores, 0.90)
}

// report prints the scores and holds the least of them.
func report(t *testing.T, source string, scores map[string]*score, least float64) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		t.Logf("%s %-16s %s", source, name, scores[name])
		if f1 := scores[name].f1(); f1 < least {
			t.Errorf("%s %s: F1 %.3f, want %.2f", source, name, f1, least)
		}
	}
}

func (s *score) value(right bool) {
	s.values++
	if right {
		s.valuesRight++
	}
}

// resolved reads a canonical value; to is empty for one day.
func resolved(raw json.RawMessage) (from, to string, ok bool) {
	var day goldDate
	if json.Unmarshal(raw, &day) == nil && day.Year > 0 {
		return day.String(), "", true
	}
	var period struct {
		Type     string
		From, To goldDate
	}
	if json.Unmarshal(raw, &period) == nil && period.Type == "absolute" && period.From.Year > 0 {
		return period.From.String(), period.To.String(), true
	}
	return "", "", false
}

type sgdDialogue struct {
	Turns []struct {
		Speaker, Utterance string
		Slots, Canonical   map[string]string
	}
}

// TestDevDataDialogues measures the slots on the banking dialogues of SGD.
func TestDevDataDialogues(t *testing.T) {
	names := []string{"amount", "payee", "account_type", "to_account_type"}
	scores := map[string]*score{}
	for _, n := range names {
		scores[n] = &score{}
	}
	seen := map[string]bool{}
	for _, d := range readLines[sgdDialogue](t, "intents/sgd_banks_dev.jsonl") {
		for _, turn := range d.Turns {
			if turn.Speaker != "USER" || seen[turn.Utterance] {
				continue
			}
			seen[turn.Utterance] = true
			s := Find(turn.Utterance, time.Now())
			found := map[string][]string{}
			for _, a := range s.Amounts {
				found["amount"] = append(found["amount"], turn.Utterance[a.Start:a.End])
			}
			for _, p := range s.Payees {
				found["payee"] = append(found["payee"], p.Text)
			}
			for _, a := range s.Accounts {
				name := "account_type"
				if a.Theirs {
					name = "to_account_type"
				}
				if !slices.Contains(found[name], a.Kind) {
					found[name] = append(found[name], a.Kind)
				}
			}
			for _, n := range names {
				var gold []string
				if v := turn.Slots[n]; v != "" && v != "dontcare" {
					gold = append(gold, v)
				}
				before := scores[n].right
				pairs := scores[n].matched(found[n], gold)
				if testing.Verbose() && (scores[n].right-before != len(found[n]) || len(found[n]) != len(gold)) {
					t.Logf("%s: %q want %q in: %s", n, found[n], gold, turn.Utterance)
				}
				if v := turn.Canonical["amount"]; n == "amount" && v != "" && len(pairs) > 0 {
					scores[n].value(strings.TrimSuffix(s.Amounts[pairs[0][0]].Money.Decimal(), ".00") == v)
				}
			}
		}
	}
	report(t, "SGD", scores, 0.89)
}
