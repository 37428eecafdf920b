package safety

import (
	_ "embed"
	"math"
	"sync"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/wordmodel"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

//go:embed weights.bin
var harmWeights []byte

//go:embed kinds.bin
var kindWeights []byte

// builtin returns the detector with the embedded weights.
var builtin = sync.OnceValue(func() *detector {
	var models Models
	var err error
	if models.Harm, err = linear.Unmarshal(harmWeights); err == nil {
		models.Kind, err = linear.Unmarshal(kindWeights)
	}
	if err != nil {
		panic("safety: embedded weights: " + err.Error()) // the tests read them
	}
	return newDetector(models)
})

// Models are what is trained: whether a text is harmful, and of which kind a
// harmful one is. The second is asked only when the first says yes.
type Models struct{ Harm, Kind *linear.Model }

// detector joins the rules with the models.
type detector struct {
	harm *wordmodel.Model
	kind *linear.Model
}

// windows are the lengths of the windows that are scored, in words: shorter ones
// than a few lines are too often harmful by chance.
var windows = []int{32, 160}

func newDetector(m Models) *detector { return &detector{wordmodel.New(m.Harm, windows), m.Kind} }

// margin is by how much the most harmful window must be surer than even; chosen
// in threefold cross-validation for at most two false alarms in a hundred texts.
const margin = 0.45

// A text of fewer than enoughWords words that breaks no rule must be surer by
// perMissing for each: the words of "all of them" are no evidence of anything.
const (
	perMissing  = 0.6
	enoughWords = 7
)

// aside is by how much less a question's own words count than a sentence.
const aside = 1

// view returns the finding of one view, if there is one. lowest is the least of
// the limits.
func (d *detector) view(v *textview.View, lowest float64, limits Limits) (Finding, bool) {
	found := broken(v)
	text := wordmodel.Text{View: v, Senses: found.senses}
	worst := d.harm.Highest(text)
	if found.broken != nil && found.broken.asks() {
		// Whatever stands beside the question.
		if own := d.harm.Window(text, found.from, found.to); own.Logit-aside > worst.Logit {
			worst = own
			worst.Logit -= aside
		}
	}
	logit := worst.Logit - margin
	if found.broken != nil {
		logit += found.broken.weight
	} else {
		logit -= perMissing * float32(v.Missing(enoughWords))
	}
	f := Finding{Score: 1 / (1 + math.Exp(-float64(logit)))}
	if f.Score >= lowest {
		if found.broken != nil {
			f.Category = found.broken.category
		} else {
			f.Category = d.category(text.Span(worst.From, worst.To))
		}
		if limits == nil || f.Score >= limits(f.Category) {
			f.Severity = severity(f)
			return f, true
		}
	}
	if found.broken != nil && found.broken.angry() {
		return Finding{found.broken.category, Low, f.Score}, true
	}
	return Finding{}, false
}

// category returns the likeliest kind of a harmful window.
func (d *detector) category(features []linear.Feature) Category {
	scores := d.kind.Scores(features, nil)
	best := 0
	for c, s := range scores {
		if s > scores[best] {
			best = c
		}
	}
	return Category(d.kind.Classes[best])
}

// sure is the score from which a finding is of High severity.
const sure = 0.85

// severity grades a finding. Any sign of self-harm is High: a person must look.
func severity(f Finding) Severity {
	if f.Category == SelfHarm || f.Score >= sure && f.Category != Sexual {
		return High
	}
	return Medium
}
