// Package safety finds content that a bank's assistant doesn't answer: violence,
// self-harm, hate, harassment, sexual content, and help with crimes. Rude and
// desperate customers are customers: swearing is no finding. What follows from a
// finding is decided elsewhere.
package safety

import (
	_ "embed"
	"math"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/windows"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Categories of findings.
const (
	Violence   = "violence"
	SelfHarm   = "self_harm"
	Hate       = "hate"
	Harassment = "harassment"
	Sexual     = "sexual"
	Illegal    = "illegal"
)

// Categories lists all of them.
var Categories = []string{Violence, SelfHarm, Hate, Harassment, Sexual, Illegal}

// Finding is one category of unsafe content in a text.
type Finding struct {
	Category string
	Severity string  // low, medium or high
	Score    float64 // between 0 and 1
}

// Threshold is the score from which a category counts as found.
const Threshold = 0.5

//go:embed safety.model
var file []byte

var learned = func() *linear.Model {
	m, err := linear.Unmarshal(file)
	if err != nil {
		panic("safety: safety.model: " + err.Error()) // a broken build
	}
	return m
}()

var classes = append([]string{"safe"}, Categories...)

// margin is the log odds that the model must exceed: many windows are looked at,
// so one of them is high by chance more often than a single text would be.
const margin = 2.0

// Find returns what a text contains, the surest first.
func Find(views []textview.View) []Finding { return findWith(views, learned) }

func findWith(views []textview.View, model *linear.Model) []Finding {
	scores := make([]float64, len(classes))
	for _, v := range views {
		for c, category := range classes[1:] {
			for _, p := range phrases[category] {
				if strings.Contains(v.Text, p) && !excused(v.Text, p) {
					scores[c+1] = max(scores[c+1], phraseScore)
					break
				}
			}
		}
		for _, d := range deeds {
			if score := d.asked(v.Text); score > 0 {
				c := slices.Index(classes, d.category)
				scores[c] = max(scores[c], score)
			}
		}
		if model == nil {
			continue
		}
		windows.Prepare(v.Text, model).Each(func(w windows.Window) {
			// How unsafe it is says the sum over all categories; what it is, the
			// likeliest of them.
			best, sum := 1, 0.0
			for c := 1; c < len(classes); c++ {
				sum += math.Exp(float64(w.Margins[c]))
				if w.Margins[c] > w.Margins[best] {
					best = c
				}
			}
			scores[best] = max(scores[best], 1/(1+math.Exp(margin)/sum))
		})
	}
	var found []Finding
	for c, s := range scores {
		if c > 0 && s >= Threshold {
			found = append(found, Finding{classes[c], severity(classes[c], s), s})
		}
	}
	slices.SortFunc(found, func(a, b Finding) int {
		if a.Score > b.Score {
			return -1
		}
		return 1
	})
	return found
}

// severity grows with the category's harm and how sure the finding is.
func severity(category string, score float64) string {
	switch {
	case category == SelfHarm || score >= 0.9:
		return "high"
	case score >= 0.7:
		return "medium"
	}
	return "low"
}

// phraseScore is the score of a phrase that nobody writes by chance.
const phraseScore = 0.9

func list(s string) []string {
	var phrases []string
	for p := range strings.SplitSeq(s, "|") {
		folded := textview.Fold(p)
		if strings.HasSuffix(p, " ") { // the end of a word
			folded += " "
		}
		phrases = append(phrases, folded)
	}
	return phrases
}

// phrases are sure signs where examples to learn from are rare.
var phrases = map[string][]string{
	SelfHarm:   list("kill myself|killing myself|end my life|end my own life|ending my life|take my own life|suicidal|commit suicide|thinking about suicide|want to die|wanna die|don't want to live|do not want to live|don't want to be alive|no reason to live|better off dead|better off without me|hurt myself|harm myself|harming myself|cutting myself|cut myself on purpose|self-harm|self harm|wish i was dead|wish i were dead|kms|ich will sterben|mich umbringen|nicht mehr leben|selbstmord begehen|je veux mourir|me suicider|quiero morir|suicidarme|no quiero vivir|voglio morire|uccidermi|quero morrer|me matar|chcę umrzeć|się zabić|хочу умереть|покончить с собой|не хочу жить|想死|不想活|自杀|死にたい|自殺したい|죽고 싶|أريد أن أموت|मरना चाहता|ölmek istiyorum|intihar etmek"),
	Violence:   list("build a bomb|make a bomb|pipe bomb|build an explosive|make explosives|molotov cocktail|hire a hitman|how to murder|how to poison someone|kill someone and|get away with murder|shoot up the|mass shooting plan|bombe bauen|fabriquer une bombe|hacer una bomba|costruire una bomba|сделать бомбу|制造炸弹"),
	Illegal:    list("launder money|launder the money|money laundering scheme|clone a credit card|clone credit card|clone a card|stolen credit card numbers|stolen card numbers|steal someone's identity|steal an identity|forge a check|counterfeit money|fake passport|fake id card|make meth|cook meth|write a phishing|create a phishing|phishing email that|install a skimmer|hack into someone|hack someone's|ponzi scheme to|evade taxes|geld waschen|blanchir de l'argent|lavar dinero|отмыть деньги|洗钱"),
	Sexual:     list("erotic story|sex scene|explicit sex|send nudes|nude pictures of|sexual roleplay|write porn|erotische geschichte|histoire érotique|relato erótico"),
	Hate:       list("heil hitler|gas the jews|white power forever|exterminate the jews|kill all muslims|kill all jews|ethnic cleansing is good"),
	Harassment: list("kill yourself|kys you|i know where you live and|i will find you and"),
}

// excuses are words around a phrase in whose presence a customer reports
// something instead of asking for it.
var excuses = list("report|protect|victim|stolen from me|my card was|my account was|someone |somebody |what is|prevent|avoid|suspect|died of|killed himself|killed herself|movie|film|novel|history of")

// excuseReach is how far around a phrase an excuse counts, in bytes.
const excuseReach = 60

// excused says whether every mention of a crime stands beside an excuse. Nobody
// needs one for talk of harming themselves.
func excused(text, phrase string) bool {
	if slices.Contains(phrases[SelfHarm], phrase) {
		return false
	}
	i := strings.Index(text, phrase)
	around := text[max(0, i-excuseReach):i] + text[min(len(text), i+len(phrase)):min(len(text), i+len(phrase)+excuseReach)]
	return slices.ContainsFunc(excuses, func(e string) bool { return strings.Contains(around, e) })
}
