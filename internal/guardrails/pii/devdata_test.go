package pii_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// sharedData is the folder of public development data beside the repository.
var sharedData = filepath.Join("..", "..", "..", "..", "shared", "data", "guardrails")

// goldSpan is a piece of personal data that people marked, in code points.
type goldSpan struct {
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
}

type goldText struct {
	Text  string     `json:"text"`
	Spans []goldSpan `json:"spans"`
}

func readGold(t *testing.T, name string) []goldText {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if err != nil {
		t.Skipf("no development data: %v", err)
	}
	defer f.Close()
	var list []goldText
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g goldText
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		list = append(list, g)
	}
	return list
}

// score counts spans of one type.
type score struct{ gold, found, matches, right int }

func (s score) precision() float64 { return float64(s.right) / float64(max(1, s.matches)) }
func (s score) recall() float64    { return float64(s.found) / float64(max(1, s.gold)) }

func (s score) f1() float64 {
	p, r := s.precision(), s.recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func (s score) plus(o score) score {
	return score{s.gold + o.gold, s.found + o.found, s.matches + o.matches, s.right + o.right}
}

// span is half open, in code points.
type span struct{ start, end int }

// covered returns how much of a the spans cover together.
func covered(a span, spans []span) int {
	n := 0
	for i := a.start; i < a.end; i++ {
		if slices.ContainsFunc(spans, func(s span) bool { return i >= s.start && i < s.end }) {
			n++
		}
	}
	return n
}

// places holds the types whose gold also makes a match of a type right.
var places = map[string][]string{pii.Address: {"LOCATION", "ZIP"}}

// judge compares what was found in a text with what people marked: gold is found
// when matches of its type cover half of it, a match is right when gold of its
// type covers half of it, and optional gold counts neither way.
func judge(g goldText, scores map[string]score, wrong func(kind, what string)) {
	matches := map[string][]span{}
	for _, m := range pii.Find(g.Text) {
		start := utf8.RuneCountInString(g.Text[:m.Start])
		matches[m.Type] = append(matches[m.Type], span{start, start + utf8.RuneCountInString(g.Text[m.Start:m.End])})
	}
	runes := []rune(g.Text)
	gold := map[string][]span{}
	var optional []span
	for _, s := range g.Spans {
		gold[s.Type] = append(gold[s.Type], span{s.Start, s.End})
		if s.Optional {
			optional = append(optional, span{s.Start, s.End})
			continue
		}
		c := scores[s.Type]
		c.gold++
		if 2*covered(span{s.Start, s.End}, matches[s.Type]) >= s.End-s.Start {
			c.found++
		} else {
			wrong("missed "+s.Type, string(runes[s.Start:s.End])+" | "+g.Text)
		}
		scores[s.Type] = c
	}
	for kind, list := range matches {
		c := scores[kind]
		for _, m := range list {
			good := slices.Clone(gold[kind])
			for _, also := range places[kind] {
				good = append(good, gold[also]...)
			}
			switch {
			case 2*covered(m, good) >= m.end-m.start:
				c.matches++
				c.right++
			case 2*covered(m, optional) >= m.end-m.start:
			default:
				c.matches++
				wrong("false "+kind, string(runes[m.start:m.end])+" | "+g.Text)
			}
		}
		scores[kind] = c
	}
}

// structured are the types that checksums or forms decide.
var structured = []string{pii.CreditCard, pii.SSN, pii.IBAN, pii.Email, pii.Phone, pii.IPAddress, pii.MACAddress, pii.ABARouting, pii.Crypto}

func TestDevData(t *testing.T) {
	t.Parallel()
	scores := map[string]score{}
	for _, g := range readGold(t, "pii_dev.jsonl") {
		judge(g, scores, func(kind, what string) {
			if os.Getenv("PII_ERRORS") != "" && strings.Contains(kind, os.Getenv("PII_ERRORS")) {
				t.Logf("%s: %.300q", kind, what)
			}
		})
	}
	var all score
	for _, kind := range structured {
		all = all.plus(scores[kind])
	}
	scores["structured"] = all
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-16s %5s %9s %6s %6s\n", "type", "gold", "precision", "recall", "F1")
	for _, kind := range slices.Sorted(maps.Keys(scores)) {
		if s := scores[kind]; s.gold+s.matches > 0 {
			fmt.Fprintf(&table, "%-16s %5d %9.3f %6.3f %6.3f\n", kind, s.gold, s.precision(), s.recall(), s.f1())
		}
	}
	t.Log(table.String())
	for kind, least := range map[string]float64{"structured": 0.95, pii.Person: 0.70, pii.Address: 0.70} {
		if got := scores[kind].f1(); got < least {
			t.Errorf("F1 of %s is %.3f, less than %.2f", kind, got, least)
		}
	}
}

// maxBenign is how many finds in the questions of bank customers, in which
// practically nothing personal stands, may be false.
const maxBenign = 20

func TestBenignBanking(t *testing.T) {
	t.Parallel()
	finds := 0
	texts := readGold(t, "benign_banking_dev.jsonl")
	for _, g := range texts {
		for _, m := range pii.Find(g.Text) {
			finds++
			if os.Getenv("PII_ERRORS") != "" {
				t.Logf("%s %q in %.200q", m.Type, g.Text[m.Start:m.End], g.Text)
			}
		}
	}
	t.Logf("%d finds in %d texts", finds, len(texts))
	if finds > maxBenign {
		t.Errorf("%d finds in texts without personal data", finds)
	}
}
