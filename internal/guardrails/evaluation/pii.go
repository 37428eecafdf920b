// Package evaluation measures the guardrails on labelled texts, one JSON object
// a line. It knows how to score, not what a good score is.
package evaluation

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// Span is a labelled piece of personal data; offsets are code points. Optional
// ones are neither missed nor false.
type Span struct {
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
}

// PIIRow is a text with its personal data.
type PIIRow struct {
	Text   string `json:"text"`
	Spans  []Span `json:"spans"`
	Source string `json:"source"`
}

// ReadLines reads one JSON object a line.
func ReadLines[T any](path string) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return decodeLines[T](f)
}

// maxLine bounds one labelled text, in bytes.
const maxLine = 4 << 20

func decodeLines[T any](r io.Reader) ([]T, error) {
	var rows []T
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

// Score counts what was found of one type.
type Score struct {
	Found, Missed, Right, False int
	// Visible counts labelled values that are still to be read in the masked text.
	Visible int
}

// Precision is the share of matches that are right.
func (s Score) Precision() float64 { return ratio(s.Right, s.Right+s.False) }

// Recall is the share of labelled spans that are found.
func (s Score) Recall() float64 { return ratio(s.Found, s.Found+s.Missed) }

// F1 is the harmonic mean of Precision and Recall.
func (s Score) F1() float64 {
	p, r := s.Precision(), s.Recall()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func (s *Score) add(o Score) {
	s.Found, s.Missed, s.Right, s.False, s.Visible = s.Found+o.Found, s.Missed+o.Missed, s.Right+o.Right, s.False+o.False, s.Visible+o.Visible
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Structured are the types that validators decide.
var Structured = []string{pii.CreditCard, pii.SSN, pii.ITIN, pii.IBAN, pii.Email, pii.Phone, pii.IPAddress, pii.MACAddress, pii.ABARouting, pii.Crypto}

// alsoRight lists labelled types that make a match of a type right.
var alsoRight = map[string][]string{pii.Address: {"LOCATION", "ZIP", "GPE", "PLACE"}}

// Check says what is wrong with a row's spans.
func (r PIIRow) Check() error {
	n := utf8.RuneCountInString(r.Text)
	for _, span := range r.Spans {
		if span.Start < 0 || span.End <= span.Start || span.End > n || span.Type == "" {
			return fmt.Errorf("span %d to %d of type %q doesn't fit a text of %d code points", span.Start, span.End, span.Type, n)
		}
	}
	return nil
}

// Scores are by type.
type Scores map[string]Score

// PII scores find by type. A labelled span is found when matches of its type
// cover at least half of it; a match is right when labels of its type cover at
// least half of it. The rows' spans must fit their texts.
func PII(rows []PIIRow, find func(string) []pii.Match) Scores {
	scores := Scores{}
	for _, row := range rows {
		list := find(row.Text)
		points := offsets(row.Text)
		scores.labels(row, points, list)
		scores.matches(row, points, list)
	}
	return scores
}

// labels counts which labelled spans were found.
func (s Scores) labels(row PIIRow, points []int, list []pii.Match) {
	shown := pii.Mask(row.Text, list)
	for _, g := range row.Spans {
		if g.Optional {
			continue
		}
		score := s[g.Type]
		start, end := points[g.Start], points[g.End]
		covered := 0
		for _, m := range list {
			if m.Type == g.Type {
				covered += overlap(m.Start, m.End, start, end)
			}
		}
		if 2*covered >= end-start {
			score.Found++
		} else {
			score.Missed++
		}
		if strings.Contains(shown, row.Text[start:end]) {
			score.Visible++
		}
		s[g.Type] = score
	}
}

// matches counts which matches are right.
func (s Scores) matches(row PIIRow, points []int, list []pii.Match) {
	for _, m := range list {
		score := s[m.Type]
		covered, allowed := 0, false
		for _, g := range row.Spans {
			n := overlap(m.Start, m.End, points[g.Start], points[g.End])
			if g.Type == m.Type || slices.Contains(alsoRight[m.Type], g.Type) {
				covered += n
			} else if g.Optional && 2*n >= m.End-m.Start {
				allowed = true
			}
		}
		switch {
		case 2*covered >= m.End-m.Start:
			score.Right++
		case !allowed:
			score.False++
		}
		s[m.Type] = score
	}
}

func overlap(a, b, c, d int) int { return max(0, min(b, d)-max(a, c)) }

// offsets gives the byte offset of each code point of a text, and its end.
func offsets(text string) []int {
	list := make([]int, 0, utf8.RuneCountInString(text)+1)
	for i := range text {
		list = append(list, i)
	}
	return append(list, len(text))
}

// Together adds the scores of some types up, of all when none is named.
func (s Scores) Together(types ...string) Score {
	var sum Score
	for t, score := range s {
		if len(types) == 0 || slices.Contains(types, t) {
			sum.add(score)
		}
	}
	return sum
}

// PIIReport measures the detectors on labelled rows, by type and by source.
func PIIReport(rows []PIIRow, find func(string) []pii.Match) Report {
	all := PII(rows, find)
	head := []string{"labelled", "precision", "recall", "F1", "false", "still visible"}
	types := Table{Title: "By type", Head: append([]string{"type"}, head...)}
	for _, t := range slices.Sorted(maps.Keys(all)) {
		types.add(append([]string{t}, all[t].cells()...)...)
	}
	types.add(append([]string{"structured together"}, all.Together(Structured...).cells()...)...)
	sources := Table{Title: "By source, all types", Head: append([]string{"source"}, head...)}
	bySource := grouped(rows, func(r PIIRow) string { return r.Source })
	for _, source := range slices.Sorted(maps.Keys(bySource)) {
		sources.add(append([]string{source}, PII(bySource[source], find).Together().cells()...)...)
	}
	return Report{Title: fmt.Sprintf("Personal data: %d texts", len(rows)), Tables: []Table{types, sources}}
}

func (s Score) cells() []string {
	labelled := s.Found + s.Missed
	return []string{
		strconv.Itoa(labelled), figure(s.Right, s.Right+s.False), figure(s.Found, labelled), fmt.Sprintf("%.3f", s.F1()),
		strconv.Itoa(s.False), figure(s.Visible, labelled),
	}
}

func grouped[T any](rows []T, by func(T) string) map[string][]T {
	groups := map[string][]T{}
	for _, r := range rows {
		groups[by(r)] = append(groups[by(r)], r)
	}
	return groups
}
