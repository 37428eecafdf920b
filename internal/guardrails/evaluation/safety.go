package evaluation

import (
	"path/filepath"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// SafetyRow is a text and what is unsafe in it. Profanity is no violation.
type SafetyRow struct {
	Text   string   `json:"text"`
	Labels []string `json:"labels"`
	Source string   `json:"source"`
}

func (r SafetyRow) categories() []string {
	return slices.DeleteFunc(slices.Clone(r.Labels), func(l string) bool { return !slices.Contains(safety.Categories, l) })
}

func (r SafetyRow) kind() string {
	switch {
	case len(r.categories()) > 0:
		return "harmful"
	case len(r.Labels) > 0:
		return "profanity"
	}
	return "safe"
}

// ReadSafety reads the safety texts and the banking questions of a folder.
func ReadSafety(dir string) ([]SafetyRow, error) {
	rows, err := ReadLines[SafetyRow](filepath.Join(dir, "safety_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	questions, err := ReadLines[SafetyRow](filepath.Join(dir, "benign_banking_dev.jsonl"))
	return append(rows, questions...), err
}

// OtherSafe are texts of other data in which nothing is unsafe.
func OtherSafe(dir string) ([]SafetyRow, error) {
	rows, err := ReadLines[plainRow](filepath.Join(dir, "injection_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	var list []SafetyRow
	for _, r := range rows {
		if r.Source == "clinc150" || r.Source == "askcfpb_documents" || r.Source == "spikee_investment_questions" {
			list = append(list, SafetyRow{Text: r.Text, Source: r.Source})
		}
	}
	return list, nil
}

// SafetyExamples turns rows into training texts.
func SafetyExamples(rows []SafetyRow) []safety.Example {
	list := make([]safety.Example, 0, len(rows))
	for _, r := range rows {
		e := safety.Example{Text: r.Text, Categories: r.categories()}
		if r.Source == "banking77_train" {
			e.Weight = 0.25 // there are many, all much alike
		}
		list = append(list, e)
	}
	return list
}

// Safety counts what a finder flags.
func Safety(rows []SafetyRow, find func([]textview.View) []safety.Finding, wrong func(SafetyRow, []safety.Finding)) Counts {
	counts := Counts{}
	for _, r := range rows {
		found := find(textview.Of(r.Text))
		counts.add(r.Source, r.kind(), len(found) > 0)
		if wrong != nil && (len(found) > 0) != (r.kind() == "harmful") {
			wrong(r, found)
		}
	}
	return counts
}

// CrossValidateSafety scores each fold with a model that saw none of it. By
// source, each source is a fold; otherwise rows are spread over five.
func CrossValidateSafety(dir string, bySource bool, wrong func(SafetyRow, []safety.Finding)) (Counts, error) {
	rows, err := ReadSafety(dir)
	if err != nil {
		return nil, err
	}
	others, err := OtherSafe(dir)
	if err != nil {
		return nil, err
	}
	folds := map[string]bool{}
	foldName := func(r SafetyRow) string {
		if bySource && r.Source != "banking77_train" {
			return r.Source
		}
		return string(rune('0' + foldOf(r.Text, 5)))
	}
	for _, r := range rows {
		folds[foldName(r)] = true
	}
	total := Counts{}
	for fold := range folds {
		var train, test []SafetyRow
		for _, r := range rows {
			if foldName(r) == fold {
				test = append(test, r)
			} else {
				train = append(train, r)
			}
		}
		model := safety.Train(SafetyExamples(append(train, others...)), trainSeed)
		for key, n := range Safety(test, safety.FindWith(model), wrong) {
			sum := total[key]
			sum.Texts, sum.Flagged = sum.Texts+n.Texts, sum.Flagged+n.Flagged
			total[key] = sum
		}
	}
	return total, nil
}

// F1 is the harmonic mean of precision and recall over harmful and safe texts.
func (c Counts) F1() float64 {
	harmful, falseAlarms := c.Of("harmful"), c.Of("safe").Flagged+c.Of("profanity").Flagged
	p, r := ratio(harmful.Flagged, harmful.Flagged+falseAlarms), harmful.Share()
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}
