package intent

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

// Where examples come from.
const (
	sourceClinc   = "clinc150"
	sourceBank77  = "banking77"
	sourceNLUpp   = "nlu++"
	sourceSGD     = "sgd"
	sourceOther   = "other"
	sourceAskCFPB = "askcfpb"
	sourceOwn     = "own"
	sourceArticle = "article"
)

// example is a sentence for training and measuring. Its class is an intent,
// with a part after a slash where the model tells wordings apart.
type example struct {
	text, class, source string
	accept              []string // the answers that count as right, in the data's names
	group               string   // examples of one group are never on both sides of a split
}

// Train makes a model from the public development data in a folder (laid out as
// its README says) and this package's own sentences. The same data and seed
// give the same model.
func Train(dir string, seed uint64) (*Model, error) {
	list, err := readAll(dir)
	if err != nil {
		return nil, err
	}
	return fit(append(list, ours(seed)...), seed), nil
}

// ours are the examples that this project has: its sentences, and the headings of
// its help articles, most of which are the questions that they answer.
func ours(seed uint64) []example {
	list := written(ownLimit, ownOutside, rand.New(rand.NewPCG(seed, 1)))
	for _, heading := range headings(knowledge.Articles) {
		list = append(list, example{text: heading, class: string(Knowledge) + "/article", source: sourceArticle})
	}
	return list
}

// headings are those of all articles, in the order of their files.
func headings(articles fs.FS) (list []string) {
	names, _ := fs.Glob(articles, "*.md") // the pattern is a good one
	for _, name := range names {
		text, err := fs.ReadFile(articles, name)
		if err != nil {
			continue // it isn't there to be read, either, when the program runs
		}
		for line := range strings.Lines(string(text)) {
			if heading, ok := strings.CutPrefix(line, "## "); ok {
				list = append(list, strings.TrimSpace(heading))
			}
		}
	}
	return list
}

// How many own sentences are made: of each pattern, and about other topics.
const (
	ownLimit   = 14
	ownOutside = 1500
)

// The settings of the training, chosen by cross-validation.
const (
	modelBits = 13 // a model of 14 is twice as large and 0.2 of 100 requests better
	epochs    = 12
	rate      = 0.35
	l2        = 2e-6
)

// weightOf is how much an example of a source counts.
var weightOf = map[string]float32{sourceBank77: 0.5, sourceAskCFPB: 0.5, sourceOwn: 0.6, sourceSGD: 0.5}

func fit(list []example, seed uint64) *Model {
	classes := map[string]bool{}
	for _, e := range list {
		classes[e.class] = true
	}
	names := sortedKeys(classes)
	index := map[string]int{}
	for i, name := range names {
		index[name] = i
	}
	known := newVocabulary(list)
	var examples []linear.Example
	for _, e := range list {
		examples = append(examples, linear.Example{
			Features: known.features(normalise(e.text), inScope(e.class)), Class: index[e.class], Weight: weightOf[e.source],
		})
	}
	model := linear.Train(examples, linear.Options{Classes: names, Bits: modelBits, Epochs: epochs, Rate: rate, L2: l2, Seed: seed})
	return newModel(model, known)
}

func inScope(class string) bool { return coarse(class) != OutOfScope }

// coarse is the intent of a class.
func coarse(class string) Intent {
	name, _, _ := strings.Cut(class, "/")
	return Intent(name)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func readAll(dir string) ([]example, error) {
	var list []example
	for _, read := range []func(string) ([]example, error){readClinc, readBanking77, readNLUpp, readSGD, readOther, readAskCFPB} {
		part, err := read(dir)
		if err != nil {
			return nil, fmt.Errorf("read training data: %w", err)
		}
		list = append(list, part...)
	}
	return list, nil
}

// lines calls f with every line of a file of JSON objects.
func lines[T any](dir, name string, f func(T)) error {
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 4<<20)
	for scanner.Scan() {
		var v T
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		f(v)
	}
	return scanner.Err()
}

type labelled struct {
	Text   string   `json:"text"`
	Intent string   `json:"intent"`
	Orig   string   `json:"orig"`
	Accept []string `json:"accept"`
	Source string   `json:"source"`
}

// readClinc keeps the original labels apart. A routing number is one of the
// customer's account numbers here.
func readClinc(dir string) (list []example, err error) {
	err = lines(dir, "intents/intents_dev.jsonl", func(r labelled) {
		e := example{text: r.Text, class: r.Intent + "/" + r.Orig, source: sourceClinc, accept: r.Accept}
		switch {
		case r.Orig == "routing":
			e.class, e.accept = string(AccountNumbers), append(e.accept, string(AccountNumbers))
		case r.Source == "clinc150/other_domain":
			e.class, e.group = r.Intent+"/other", r.Orig
		case r.Intent == r.Orig || coarseOnly[r.Intent]:
			e.class = r.Intent
		}
		list = append(list, e)
	})
	return list, err
}

// coarseOnly are intents of one label in the data, under another name.
var coarseOnly = map[string]bool{
	"transfer_money": true, "spending_summary": true, "dispute_fraud": true, "thanks": true, "capabilities": true,
	"confirm_yes": true, "confirm_no": true, "unsure": true,
}

// bank77Topics sort the labels of Banking77 by what stands in their names.
var bank77Topics = []struct{ name, pattern string }{
	{"topup", `top`},
	{"exchange", `exchange|currenc|country|fiat`},
	{"pin", `pin|passcode`},
	{"identity", `identity|age_limit|personal|source_of_funds|terminate`},
	{"pending", `pending|Refund|revert|wrong|balance_not|not_received|timing`},
	{"transfer", `transfer|beneficiary|receiving`},
	{"fees", `charge|fee`},
	{"failing", `declin|failed|not_working|swallowed|acceptance|atm`},
	{"cards", ``},
}

func readBanking77(dir string) (list []example, err error) {
	err = lines(dir, "intents/banking77_dev.jsonl", func(r labelled) {
		e := example{text: r.Text, source: sourceBank77, accept: r.Accept}
		if e.accept == nil {
			e.accept = []string{"knowledge", "human_handoff"}
		}
		switch {
		case r.Orig == "lost_or_stolen_phone":
			e.class = "knowledge/phone"
		case r.Intent == "transfer_limits":
			e.class = string(Limits)
		case r.Intent != "" && r.Intent != "knowledge":
			e.class = r.Intent
		default:
			e.class = "knowledge/" + topic(r.Orig)
		}
		list = append(list, e)
	})
	return list, err
}

func topic(label string) string {
	for _, t := range bank77Topics {
		if regexp.MustCompile(t.pattern).MatchString(label) {
			return t.name
		}
	}
	return "other"
}

// readNLUpp keeps the sentences whose combination of labels has one meaning
// here.
func readNLUpp(dir string) (list []example, err error) {
	err = lines(dir, "intents/nlupp_banking_dev.jsonl", func(r struct {
		Text    string   `json:"text"`
		Intents []string `json:"intents"`
		Fold    int      `json:"fold"`
	},
	) {
		if class := nluppClass(r.Intents); class != "" {
			list = append(list, example{text: r.Text, class: class, source: sourceNLUpp, group: fmt.Sprint("fold", r.Fold), accept: []string{string(coarse(class))}})
		}
	})
	return list, err
}

func nluppClass(labels []string) string {
	has := func(name string) bool { return slices.Contains(labels, name) }
	any := func(names ...string) bool { return slices.ContainsFunc(names, has) }
	single := map[string]Intent{
		"affirm": Yes, "deny": No, "dont_know": Unsure, "greet": Greeting, "thank": Thanks, "end_call": Goodbye, "repeat": Repeat,
	}
	switch {
	case len(labels) == 1 && single[labels[0]] != "":
		return string(single[labels[0]])
	case has("handoff"):
		return string(Human)
	case any("wrong_notworking_notshowing", "why", "how", "how_long", "fees_interests", "international", "mortgage", "loan", "overdraft", "pin",
		"contactless", "appointment", "arrival", "refund", "business", "cheque", "withdrawal", "direct_debit", "standing_order") && !any("balance", "lost_stolen", "limits"):
		return "knowledge/nlupp"
	case has("balance") && any("how_much", "request_info") && !any("why", "wrong_notworking_notshowing", "overdraft", "limits"):
		return string(Balance)
	case any("lost_stolen", "cancel_close_leave_freeze") && has("card") && len(labels) <= 4:
		return string(FreezeCard)
	}
	return ""
}

func readSGD(dir string) (list []example, err error) {
	type turn struct {
		Speaker, Utterance, Intent string
		Acts                       []string
	}
	seen := map[string]bool{}
	err = lines(dir, "intents/sgd_banks_dev.jsonl", func(d struct {
		Turns []turn `json:"turns"`
	},
	) {
		for _, t := range d.Turns {
			class := sgdClass(t.Intent, t.Acts)
			if t.Speaker == "USER" && class != "" && !seen[t.Utterance] {
				seen[t.Utterance] = true
				list = append(list, example{text: t.Utterance, class: class, source: sourceSGD, accept: []string{class}})
			}
		}
	})
	return list, err
}

func sgdClass(intent string, acts []string) string {
	key := strings.Join(acts, " ")
	switch {
	case (intent == "balance" || intent == "transfer_money") && slices.Contains(acts, "INFORM_INTENT"):
		return intent
	case key == "AFFIRM":
		return string(Yes)
	case key == "NEGATE":
		return string(No)
	case key == "THANK_YOU":
		return string(Thanks)
	}
	return ""
}

// bankish are words of sentences about other things that a bank may still have
// to answer; they teach nothing about what is out of scope.
var bankish = regexp.MustCompile(`deposit|401|tax|exchange|conver|bank|pay|currenc|income|salary|travel(l?ing)|abroad|credit|card|insurance|account|money|dollar|name|repeat`)

// readOther takes harmless sentences of the guardrails' data that are about
// anything but banking.
func readOther(dir string) (list []example, err error) {
	known := map[string]bool{}
	if err := lines(dir, "intents/intents_dev.jsonl", func(r labelled) { known[r.Text] = true }); err != nil {
		return nil, err
	}
	err = lines(dir, "guardrails/injection_dev.jsonl", func(r struct {
		Text   string `json:"text"`
		Label  int    `json:"label"`
		Source string `json:"source"`
	},
	) {
		if r.Label != 0 || known[r.Text] || bankish.MatchString(r.Text) || len(r.Text) > 200 {
			return
		}
		if r.Source == "clinc150" || r.Source == "wildguard_benign" || r.Source == "cyberseceval_frr" {
			list = append(list, example{text: r.Text, class: string(OutOfScope) + "/other", source: sourceOther, group: "extra"})
		}
	})
	return list, err
}

func readAskCFPB(dir string) (list []example, err error) {
	err = lines(dir, "rag/askcfpb/queries.jsonl", func(r labelled) {
		list = append(list, example{text: r.Text, class: "knowledge/consumer", source: sourceAskCFPB, accept: []string{"knowledge"}})
	})
	return list, err
}
