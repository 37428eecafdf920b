package safety

import (
	_ "embed"
	"math/rand/v2"
	"path/filepath"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/wordmodel"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

//go:embed sentences.txt
var sentencesText string

// Row is a labelled text. Without labels it is safe.
type Row struct {
	Text   string   `json:"text"`
	Labels []string `json:"labels"` // categories, or "profanity", which is none
	Source string   `json:"source"`
	Attack int      `json:"label"` // in rows about injection, which aren't used when 1
}

// Harmful says whether a row has a category.
func (r Row) Harmful() bool {
	return slices.ContainsFunc(r.Labels, func(l string) bool { return l != "profanity" })
}

// ReadRows reads the labelled rows below a directory of public development data,
// in guardrails, and harmless texts of other parts of it.
func ReadRows(dir string) ([]Row, error) {
	var rows []Row
	for _, f := range []struct {
		path, source string // the source, where rows don't say it
		every        int
	}{
		{"guardrails/safety_dev.jsonl", "", 1},
		{"guardrails/benign_banking_dev.jsonl", "", 1},
		{"guardrails/injection_dev.jsonl", "", 1},
		{"rag/fiqa/corpus.jsonl", "fiqa", 3},
		{"rag/fiqa/queries.jsonl", "fiqa", 1},
		{"intents/nlupp_banking_dev.jsonl", "nlupp", 2},
	} {
		list, err := wordmodel.Read[Row](filepath.Join(dir, filepath.FromSlash(f.path)), f.every)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if f.source != "" {
				list[i].Source = f.source
			}
		}
		rows = append(rows, list...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(rows, func(r Row) bool {
		again := seen[r.Text]
		seen[r.Text] = true
		return again || r.Attack == 1
	}), nil
}

// Train fits the models to the data of a directory, to other rows, and to our own
// sentences. The same data and seed always give the same models.
func Train(dir string, others []Row, seed uint64) (Models, error) {
	rows, err := ReadRows(dir)
	if err != nil {
		return Models{}, err
	}
	return fit(append(rows, others...), seed), nil
}

const (
	// variants is how many sentences are drawn from each line of our own, and
	// alternatives how many for each alternative of its longest list.
	variants     = 16
	alternatives = 2
	// harmWeight is how much more a harmful text counts: they are fewer. Of our
	// own sentences there are enough.
	harmWeight = 5
	ownWeight  = 0.8
	// The models have 2^buckets and 2^kindBuckets buckets.
	buckets     = 17
	kindBuckets = 13
)

func fit(rows []Row, seed uint64) Models {
	rows = append(own(rand.New(rand.NewPCG(seed, 2))), rows...)
	samples := make([]wordmodel.Sample, len(rows))
	for i, r := range rows {
		samples[i] = wordmodel.Sample{Text: r.Text, Positive: r.Harmful(), Weight: 1}
		if r.Harmful() {
			samples[i].Weight = harmWeight
			if r.Source == "own" {
				samples[i].Weight = ownWeight
			}
		}
	}
	o := wordmodel.Options{
		Senses:  func(v *textview.View) []uint64 { return broken(v).senses },
		Windows: windows, Highest: 4, Bits: buckets, Seed: seed,
	}
	return Models{Harm: wordmodel.Fit(samples, o), Kind: fitKind(rows, seed)}
}

// fitKind trains the model that tells the categories apart, on harmful texts.
func fitKind(rows []Row, seed uint64) *linear.Model {
	classes := []string{string(Violence), string(SelfHarm), string(Hate), string(Harassment), string(Sexual), string(Illegal)}
	var examples []linear.Example
	for _, r := range rows {
		for _, l := range r.Labels {
			class := slices.Index(classes, l)
			v := &textview.Of(r.Text)[0]
			if class < 0 {
				continue
			}
			text := wordmodel.Text{View: v, Senses: broken(v).senses}
			examples = append(examples, linear.Example{Features: text.Span(0, len(v.Words)), Class: class})
		}
	}
	return linear.Train(examples, linear.Options{Classes: classes, Bits: kindBuckets, Epochs: 8, Rate: 0.15, L2: 1e-6, Seed: seed})
}

// own draws sentences from the package's own lines.
func own(random *rand.Rand) []Row {
	drawn, err := wordmodel.Sentences(sentencesText, variants, alternatives, random)
	if err != nil {
		panic("safety: sentences.txt: " + err.Error()) // the tests read it
	}
	rows := make([]Row, len(drawn))
	for i, d := range drawn {
		rows[i] = Row{Text: d.Text, Source: "own"}
		if d.Label != "safe" {
			rows[i].Labels = []string{d.Label}
		}
	}
	return rows
}
