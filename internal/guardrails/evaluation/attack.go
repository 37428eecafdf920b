package evaluation

import (
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// InjectionRow is a text that is an attack (1) or harmless (0). An implicit
// attack shows only in its context or intent.
type InjectionRow struct {
	Text     string `json:"text"`
	Label    int    `json:"label"`
	Implicit bool   `json:"implicit"`
	Source   string `json:"source"`
	Lang     string `json:"lang"`
}

func (r InjectionRow) kind() string {
	switch {
	case r.Label == 0:
		return "harmless"
	case r.Implicit:
		return "implicit"
	}
	return "explicit"
}

// Count is how many texts of one kind there are and how many were flagged.
type Count struct{ Texts, Flagged int }

// Share is the flagged part.
func (c Count) Share() float64 { return ratio(c.Flagged, max(1, c.Texts)) }

// Counts are by source and kind.
type Counts map[[2]string]Count

func (c Counts) add(source, kind string, flagged bool) {
	n := c[[2]string{source, kind}]
	n.Texts++
	if flagged {
		n.Flagged++
	}
	c[[2]string{source, kind}] = n
}

// Of adds up all sources of one kind.
func (c Counts) Of(kind string) (sum Count) {
	for key, n := range c {
		if key[1] == kind {
			sum.Texts, sum.Flagged = sum.Texts+n.Texts, sum.Flagged+n.Flagged
		}
	}
	return sum
}

// Report is a table by source, and one of all together.
func (c Counts) Report() Report {
	sources := map[string]bool{}
	texts := 0
	for key, n := range c {
		sources[key[0]] = true
		texts += n.Texts
	}
	t := Table{Title: "By source", Head: []string{
		"source", "explicit attacks", "found", "recall", "implicit attacks", "recall", "harmless", "flagged", "false-positive rate",
	}}
	row := func(name string, explicit, implicit, harmless Count) {
		t.add(name, strconv.Itoa(explicit.Texts), strconv.Itoa(explicit.Flagged), figure(explicit.Flagged, explicit.Texts),
			strconv.Itoa(implicit.Texts), figure(implicit.Flagged, implicit.Texts),
			strconv.Itoa(harmless.Texts), strconv.Itoa(harmless.Flagged), figure(harmless.Flagged, harmless.Texts))
	}
	for _, s := range slices.Sorted(maps.Keys(sources)) {
		row(s, c[[2]string{s, "explicit"}], c[[2]string{s, "implicit"}], c[[2]string{s, "harmless"}])
	}
	explicit, harmless := c.Of("explicit"), c.Of("harmless")
	row("all", explicit, c.Of("implicit"), harmless)
	precision := Table{Title: "Explicit attacks against harmless texts", Head: []string{"precision", "recall", "F1", "accuracy"}}
	precision.add(figure(explicit.Flagged, explicit.Flagged+harmless.Flagged), figure(explicit.Flagged, explicit.Texts),
		figure(2*explicit.Flagged, explicit.Flagged+harmless.Flagged+explicit.Texts),
		figure(explicit.Flagged+harmless.Texts-harmless.Flagged, explicit.Texts+harmless.Texts))
	return Report{Title: fmt.Sprintf("Injection: %d texts", texts), Tables: []Table{t, precision}}
}

// ReadInjection reads the injection texts and the banking questions of a folder.
func ReadInjection(dir string) ([]InjectionRow, error) {
	rows, err := ReadLines[InjectionRow](filepath.Join(dir, "guardrails", "injection_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	questions, err := ReadLines[InjectionRow](filepath.Join(dir, "guardrails", "benign_banking_dev.jsonl"))
	return append(rows, questions...), err
}

// OtherHarmless are texts of other data that are no attacks: posts, articles,
// and rude or unsafe talk. They are trained on, not counted.
func OtherHarmless(dir string) ([]InjectionRow, error) {
	posts, err := ReadLines[InjectionRow](filepath.Join(dir, "rag", "fiqa", "corpus.jsonl"))
	if err != nil {
		return nil, err
	}
	var rows []InjectionRow
	for i, r := range posts {
		if i%3 == 0 {
			rows = append(rows, r)
		}
	}
	articles, err := ReadLines[InjectionRow](filepath.Join(dir, "rag", "askcfpb", "corpus.jsonl"))
	if err != nil {
		return nil, err
	}
	rows = append(rows, articles...)
	talk, err := ReadLines[InjectionRow](filepath.Join(dir, "guardrails", "safety_dev.jsonl"))
	for _, r := range talk {
		if strings.HasPrefix(r.Source, "davidson") || r.Source == "openai_moderation" {
			rows = append(rows, r)
		}
	}
	return rows, err
}

// AttackExamples turns rows into training texts. An implicit attack teaches
// little about how attacks are worded.
func AttackExamples(rows []InjectionRow) []attack.Example {
	list := make([]attack.Example, 0, len(rows))
	for _, r := range rows {
		e := attack.Example{Text: r.Text, Attack: r.Label == 1}
		if r.Implicit {
			continue
		}
		list = append(list, e)
	}
	return list
}

// Injection counts what a scorer flags.
func Injection(rows []InjectionRow, score func([]textview.View) (float64, string)) Counts {
	counts := Counts{}
	for _, r := range rows {
		s, _ := score(textview.Of(r.Text))
		flagged := s >= attack.Threshold
		counts.add(r.Source, r.kind(), flagged)
	}
	return counts
}

// LeaveOneOut scores the attacks of each source with a model that saw none of
// that source, and harmless texts with one that saw nothing of their fold.
func LeaveOneOut(dir string) (Counts, error) {
	rows, err := ReadInjection(dir)
	if err != nil {
		return nil, err
	}
	others, err := OtherHarmless(dir)
	if err != nil {
		return nil, err
	}
	total := Counts{}
	for _, group := range attackSources(rows) {
		var train, test []InjectionRow
		for _, r := range rows {
			switch {
			case r.Label == 1 && r.Source == group, r.Label == 0 && foldOf(r.Text, 3) == foldOf(group, 3):
				test = append(test, r)
			default:
				train = append(train, r)
			}
		}
		model := attack.Train(AttackExamples(append(train, others...)), trainSeed)
		for key, n := range Injection(test, attack.ScoreWith(model)) {
			sum := total[key]
			sum.Texts, sum.Flagged = sum.Texts+n.Texts, sum.Flagged+n.Flagged
			total[key] = sum
		}
	}
	return total, nil
}

func attackSources(rows []InjectionRow) []string {
	var list []string
	for _, r := range rows {
		if r.Label == 1 && !r.Implicit && !slices.Contains(list, r.Source) {
			list = append(list, r.Source)
		}
	}
	return list
}

func foldOf(s string, folds int) int {
	h := fnv.New32a()
	h.Write([]byte(s))
	return int(h.Sum32()>>8) % folds
}
