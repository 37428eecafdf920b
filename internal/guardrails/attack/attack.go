// Package attack tells texts that try to override a model's instructions from
// those that don't: by signatures of known techniques in many languages, and by
// a small trained model over sentences and windows. What happens to such a text
// is decided elsewhere.
package attack

import (
	_ "embed"
	"math"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/windows"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Threshold is the score from which a text counts as an attack.
const Threshold = 0.5

//go:embed attack.model
var file []byte

var learned = func() *linear.Model {
	m, err := linear.Unmarshal(file)
	if err != nil {
		panic("attack: attack.model: " + err.Error()) // a broken build
	}
	return m
}()

// margin is the log odds that the model must exceed: many windows are looked at,
// so one of them is high by chance more often than a single text would be.
const margin = 0.8

// hiddenMargin is the same for a reading that was hidden: honest customers don't
// encode their questions.
const hiddenMargin = -0.5

// Score returns how sure an attack is, between 0 and 1, and by which technique;
// "learned" where only the model says so.
func Score(views []textview.View) (score float64, technique string) {
	return scoreWith(views, learned)
}

func scoreWith(views []textview.View, model *linear.Model) (score float64, technique string) {
	for _, v := range views {
		if s, name := signature(v.Text); s > score {
			score, technique = s, name
		}
		if model == nil {
			continue
		}
		limit := margin
		if v.Kind != textview.Plain {
			limit = hiddenMargin
		}
		if s := logistic(float64(highest(v.Text, model)) - limit); s > score {
			score, technique = s, "learned"
		}
	}
	return score, technique
}

func highest(text string, model *linear.Model) float32 {
	most := float32(math.Inf(-1))
	windows.Prepare(text, model).Each(func(w windows.Window) { most = max(most, w.Margins[1]) })
	return most
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
