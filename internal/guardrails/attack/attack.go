// Package attack tells texts that try to override a model's instructions from
// those that don't: by signatures of known techniques in many languages, and by
// a small trained model over sentences and windows. What happens to such a text
// is decided elsewhere.
package attack

import (
	_ "embed"
	"math"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/phrases"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/wordmodel"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Threshold is the score from which a text counts as an attack.
const Threshold = 0.5

//go:embed attack.model
var file []byte

var learned = func() *wordmodel.Model {
	m, err := linear.Unmarshal(file)
	if err != nil {
		panic("attack: attack.model: " + err.Error()) // a broken build
	}
	return wordmodel.New(m, windows)
}()

// windows are the lengths of the windows that are scored, in words: an attack may
// be a line of a letter.
var windows = []int{8, 16, 32, 64, 128}

// The log odds that the model must exceed: many windows are looked at, so one of
// them is high by chance more often than a single text would be. They were chosen
// on sources that the model hadn't seen.
const (
	margin = 0.6
	// perDoubling is added for each time that a text is twice as long as shortText.
	perDoubling = 0.3
	shortText   = 40 // words
	// perMissing is added for each word that a text is shorter than enoughWords: "go
	// ahead and send it" says too little to be an attack by statistics alone. What is
	// short and an attack all the same, the signatures know.
	perMissing  = 0.8
	enoughWords = 7
	// hiddenMargin is margin for a reading that was hidden: honest customers don't
	// encode their questions.
	hiddenMargin = -0.5
)

func limit(v *textview.View) float64 {
	most := margin
	if v.Kind != textview.Plain {
		most = hiddenMargin
	}
	return most + perMissing*float64(v.Missing(enoughWords)) + perDoubling*math.Log2(max(1, float64(len(v.Words))/shortText))
}

// Score returns how sure an attack is, between 0 and 1, and by which technique;
// "learned" where only the model says so.
func Score(views []textview.View) (score float64, technique string) {
	return scoreWith(views, learned)
}

func scoreWith(views []textview.View, model *wordmodel.Model) (score float64, technique string) {
	var buffer [32]phrases.Hit
	for i := range views {
		v := &views[i]
		hits := table.Find(v.Text, buffer[:0])
		if s, name := signature(hits); s > score {
			score, technique = s, name
		}
		worst := model.Highest(wordmodel.Text{View: v, Senses: senses(v, hits)})
		if s := logistic(float64(worst.Logit) - limit(v)); s > score {
			score, technique = s, "learned"
		}
	}
	return score, technique
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
