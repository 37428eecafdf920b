// Package safety finds what a customer shouldn't write or read: violence,
// self-harm, hate, harassment, sexual content, and how to commit crimes. It joins
// rules over senses that words of many languages share with a small trained
// classifier. Swearing, anger and distress over money are no findings. It reads
// views of a text and decides nothing: what happens with a finding is policy.
package safety

import (
	"cmp"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// Category is a kind of unsafe content.
type Category string

// The categories.
const (
	Violence   Category = "violence"
	SelfHarm   Category = "self_harm"
	Hate       Category = "hate"
	Harassment Category = "harassment"
	Sexual     Category = "sexual"
	Illegal    Category = "illegal"
)

// Categories are all categories.
var Categories = []Category{Violence, SelfHarm, Hate, Harassment, Sexual, Illegal}

// Severity says how much a finding matters.
type Severity string

// The severities. Low is for anger that uses the words of a threat: worth a note,
// while the customer is still served.
const (
	Low    Severity = "low"
	Medium Severity = "medium"
	High   Severity = "high"
)

// Threshold is the score from which a text is as likely unsafe as not, and from
// which the detectors were measured.
const Threshold = 0.5

// Limits gives the score from which a category is found.
type Limits func(Category) float64

// Finding is one kind of unsafe content in a text. Score is from 0 to 1.
type Finding struct {
	Category Category
	Severity Severity
	Score    float64
}

// Find returns what is unsafe in the views of a text, at most one finding for
// each category, the surest first. A finding of Low severity may have any score.
// Without limits Threshold is that of every category.
func Find(views []textview.View, limits Limits) []Finding { return builtin().find(views, limits) }

func (d *detector) find(views []textview.View, limits Limits) []Finding {
	lowest := Threshold
	if limits != nil {
		lowest = 1
		for _, c := range Categories {
			lowest = min(lowest, limits(c))
		}
	}
	var list []Finding
	for i := range views {
		f, ok := d.view(&views[i], lowest, limits)
		if !ok {
			continue
		}
		at := slices.IndexFunc(list, func(o Finding) bool { return o.Category == f.Category })
		switch {
		case at < 0:
			list = append(list, f)
		case f.Score > list[at].Score:
			list[at] = f
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(b.Score, a.Score) })
	return list
}
