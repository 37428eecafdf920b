package evaluation

import (
	_ "embed"
	"hash/fnv"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// trainSeed makes training reproducible.
const trainSeed = 7

// labelOf is what the model of names learns of a labelled type.
var labelOf = map[string]string{
	pii.Person: pii.Person, pii.Address: pii.Address, "LOCATION": "PLACE", "ORGANIZATION": "ORGANIZATION",
}

// NameExamples turns labelled rows into training texts. Texts without labels
// come from ordinary questions and articles.
func NameExamples(rows []PIIRow, ordinary []string) []pii.Example {
	examples := make([]pii.Example, 0, len(rows)+len(ordinary))
	for _, r := range rows {
		e := pii.Example{Text: r.Text}
		points := offsets(r.Text)
		for _, s := range r.Spans {
			if l := labelOf[s.Type]; l != "" {
				e.Labels = append(e.Labels, pii.Label{Start: points[s.Start], End: points[s.End], Type: l})
			}
		}
		examples = append(examples, e)
	}
	examples = append(examples, ownExamples(rows)...)
	for _, text := range ordinary {
		examples = append(examples, pii.Example{Text: text})
	}
	return examples
}

// plainRow is a text without personal data.
type plainRow struct {
	Text   string `json:"text"`
	Label  int    `json:"label"`
	Source string `json:"source"`
}

// ordinaryTexts are texts of the development data in which nobody is named.
func ordinaryTexts(dir string) ([]string, error) {
	questions, err := ReadLines[plainRow](filepath.Join(dir, "guardrails", "benign_banking_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	others, err := ReadLines[plainRow](filepath.Join(dir, "guardrails", "injection_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	var texts []string
	for i, r := range questions {
		if i%4 == 0 {
			texts = append(texts, r.Text)
		}
	}
	for i, r := range others {
		if r.Source == "askcfpb_documents" || r.Source == "clinc150" && i%4 == 0 || r.Source == "cyberseceval_frr" {
			texts = append(texts, r.Text)
		}
	}
	return texts, nil
}

// wordTexts are texts from which common words are learned: all ordinary ones,
// and the passages of the retrieval data beside the folder.
func wordTexts(dir string) ([]string, error) {
	var texts []string
	for _, name := range []string{"guardrails/benign_banking_dev.jsonl", "guardrails/injection_dev.jsonl", "rag/askcfpb/corpus.jsonl", "rag/fiqa/corpus.jsonl"} {
		rows, err := ReadLines[plainRow](filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Label == 0 {
				texts = append(texts, r.Text)
			}
		}
	}
	return texts, nil
}

//go:embed sentences.txt
var sentences string

// copies is how often each of our own sentences is filled in.
const copies = 12

// organizations and places are our own; people and addresses come from the
// labelled texts.
var organizations = strings.Split("Amazon,Whole Foods,Target,Walmart,Starbucks,Netflix,Spotify,Bank of America,Wells Fargo,Chase,Citibank,Capital One,PayPal,Venmo,Zelle,Cash App,Apple Pay,Google Pay,American Express,Trader Joe's,Home Depot,Best Buy,Costco,Uber,Lyft,DoorDash,Delta Air Lines,Marriott,Western Union,Revolut,Blue Door Coffee,Corner Grocer,City Power & Light,Skyline Mobile,Riverside Water,Parkway Fuel,Acme Corp,Northwind Traders,Globex Inc.,Initech LLC,Umbrella Insurance,Stark Industries,State Farm,Best Western,Dunkin' Donuts,Burger King,Old Navy,Dollar General,Verizon,T-Mobile,Comcast", ",")

var places = strings.Split("London,Paris,New York,Los Angeles,Berlin,Tokyo,San Francisco,Chicago,Austin,Boston,Madrid,Rome,Lisbon,Dublin,Toronto,Sydney,Mexico City,Buenos Aires,Cape Town,Singapore,Hong Kong,Germany,France,Spain,Italy,Portugal,Canada,Mexico,Brazil,India,Japan,Texas,California,Florida,Ohio,Munich,Vienna,Zurich,Oslo,Stockholm,Copenhagen,Warsaw,Prague,Budapest,Athens,Istanbul,Dubai,Nairobi,Lagos,New Zealand,South Africa,Puerto Rico,Costa Rica", ",")

// ownExamples fills our sentences with people and addresses of labelled texts.
func ownExamples(rows []PIIRow) []pii.Example {
	random := rand.New(rand.NewPCG(trainSeed, 2))
	people, addresses := valuesOf(rows, pii.Person), valuesOf(rows, pii.Address)
	if len(people) == 0 || len(addresses) == 0 {
		return nil
	}
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	var list []pii.Example
	for line := range strings.Lines(sentences) {
		line = strings.ReplaceAll(strings.TrimSpace(line), `\n`, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		for range copies {
			list = append(list, fill(line, random.IntN(8) == 0, func(slot byte) (string, string) {
				switch slot {
				case 'n':
					return pick(people), pii.Person
				case 'g':
					given, _, _ := strings.Cut(pick(people), " ")
					return strings.Trim(given, ".,"), pii.Person
				case 'a':
					return pick(addresses), pii.Address
				case 'o':
					return pick(organizations), "ORGANIZATION"
				}
				return pick(places), "PLACE"
			}))
		}
	}
	return list
}

func valuesOf(rows []PIIRow, kind string) []string {
	var list []string
	for _, r := range rows {
		points := offsets(r.Text)
		for _, s := range r.Spans {
			if s.Type == kind && !s.Optional {
				list = append(list, r.Text[points[s.Start]:points[s.End]])
			}
		}
	}
	return list
}

// fill puts values into the slots of a sentence, all in lower case if small.
func fill(sentence string, small bool, value func(slot byte) (text, label string)) pii.Example {
	var e pii.Example
	for {
		before, rest, found := strings.Cut(sentence, "{")
		e.Text += before
		if !found {
			break
		}
		text, label := value(rest[0])
		e.Labels = append(e.Labels, pii.Label{Start: len(e.Text), End: len(e.Text) + len(text), Type: label})
		e.Text += text
		sentence = rest[2:]
	}
	if lower := strings.ToLower(e.Text); small && len(lower) == len(e.Text) {
		e.Text = lower
	}
	return e
}

// TrainNames fits the model of names on a folder of development data.
func TrainNames(dir string) (*pii.Names, error) {
	rows, err := ReadLines[PIIRow](filepath.Join(dir, "guardrails", "pii_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	ordinary, err := ordinaryTexts(dir)
	if err != nil {
		return nil, err
	}
	words, err := wordTexts(dir)
	if err != nil {
		return nil, err
	}
	return pii.TrainNames(NameExamples(rows, ordinary), words, trainSeed), nil
}

// templateFold puts rows that are made from one template into one fold, so that
// a model is measured on templates it has never seen.
func templateFold(r PIIRow, folds int) int {
	points := offsets(r.Text)
	spans := slices.Clone(r.Spans)
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	var b strings.Builder
	at := 0
	for _, s := range spans {
		if points[s.Start] < at {
			continue
		}
		b.WriteString(r.Text[at:points[s.Start]])
		b.WriteString("#")
		at = points[s.End]
	}
	b.WriteString(r.Text[at:])
	h := fnv.New32a()
	template := strings.ToLower(strings.Join(strings.Fields(b.String()), " "))
	h.Write([]byte(template[:min(len(template), 24)]))
	return int(h.Sum32()>>8) % folds
}

// CrossValidatePII trains on all folds but one and scores that one, for each.
func CrossValidatePII(dir string, folds int) (map[string]Score, error) {
	rows, err := ReadLines[PIIRow](filepath.Join(dir, "guardrails", "pii_dev.jsonl"))
	if err != nil {
		return nil, err
	}
	ordinary, err := ordinaryTexts(dir)
	if err != nil {
		return nil, err
	}
	words, err := wordTexts(dir)
	if err != nil {
		return nil, err
	}
	total := map[string]Score{}
	for fold := range folds {
		var train, test []PIIRow
		for _, r := range rows {
			if templateFold(r, folds) == fold {
				test = append(test, r)
			} else {
				train = append(train, r)
			}
		}
		model := pii.TrainNames(NameExamples(train, ordinary), words, trainSeed)
		for kind, score := range PII(test, pii.UseNames(model)) {
			sum := total[kind]
			sum.add(score)
			total[kind] = sum
		}
	}
	return total, nil
}
