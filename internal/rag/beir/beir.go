// Package beir measures search on collections of questions with judged answers,
// in the folder layout of the BEIR benchmark (Thakur and others 2021). It owns
// reading such a folder and the measures; it doesn't know how anything is found.
package beir

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Doc is one line of corpus.jsonl. Category and Subcategory are an extension
// that some collections have.
type Doc struct {
	ID          string `json:"_id"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	Category    string `json:"category"`
	Subcategory string `json:"subcategory"`
}

// Question is one line of queries.jsonl with its judgements.
type Question struct {
	ID   string `json:"_id"`
	Text string `json:"text"`
	// Answers says how well each document answers, by id: higher is better, and
	// documents that don't are absent.
	Answers map[string]int `json:"-"`
}

// Collection is what a folder holds. Questions without an answer are left out,
// as no measure is defined for them.
type Collection struct {
	Docs      []Doc
	Questions []Question
}

// maxLine bounds a line of a collection's files.
const maxLine = 16 << 20

// Read reads corpus.jsonl, queries.jsonl and qrels.tsv, or qrels/test.tsv, where
// BEIR's own folders keep it.
func Read(folder fs.FS) (Collection, error) {
	var c Collection
	err := readLines(folder, "corpus.jsonl", func(line []byte) error {
		var d Doc
		err := json.Unmarshal(line, &d)
		c.Docs = append(c.Docs, d)
		return err
	})
	if err != nil {
		return Collection{}, err
	}
	answers := map[string]map[string]int{}
	read := func(name string) error {
		return readLines(folder, name, func(line []byte) error { return addJudgement(answers, string(line)) })
	}
	if err = read("qrels.tsv"); errors.Is(err, fs.ErrNotExist) {
		err = read("qrels/test.tsv")
	}
	if err != nil {
		return Collection{}, err
	}
	err = readLines(folder, "queries.jsonl", func(line []byte) error {
		var q Question
		err := json.Unmarshal(line, &q)
		if q.Answers = answers[q.ID]; len(q.Answers) > 0 {
			c.Questions = append(c.Questions, q)
		}
		return err
	})
	return c, err
}

func readLines(folder fs.FS, name string, line func([]byte) error) error {
	f, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return scan(f, name, line)
}

func scan(r io.Reader, name string, line func([]byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	for n := 1; s.Scan(); n++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		if err := line(s.Bytes()); err != nil {
			return fmt.Errorf("%s line %d: %w", name, n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// addJudgement reads "question, document, score", separated by tabs. The header
// is the line whose score is the word.
func addJudgement(answers map[string]map[string]int, line string) error {
	fields := strings.Split(strings.TrimRight(line, "\r"), "\t")
	if len(fields) != 3 {
		return fmt.Errorf("want 3 columns, got %d", len(fields))
	}
	if fields[2] == "score" {
		return nil
	}
	score, err := strconv.Atoi(fields[2])
	if err != nil {
		return errors.New("the score is not a whole number")
	}
	if score <= 0 {
		return nil
	}
	if answers[fields[0]] == nil {
		answers[fields[0]] = map[string]int{}
	}
	answers[fields[0]][fields[1]] = score
	return nil
}

// Measures are means over questions, each between 0 and 1.
type Measures struct {
	Questions int
	NDCG10    float64 // gain of the first ten answers, discounted by rank, over the best possible
	Recall5   float64 // share of the answers that are among the first five
	Recall10  float64
	MRR10     float64 // 1 / rank of the first answer, 0 when it is not among ten
}

// Measure asks every question. search returns the ids of at least the ten best
// documents, best first.
func (c Collection) Measure(search func(q Question) []string) Measures {
	var m Measures
	for _, q := range c.Questions {
		one := judge(q.Answers, search(q))
		m.Questions++
		m.NDCG10 += one.NDCG10
		m.Recall5 += one.Recall5
		m.Recall10 += one.Recall10
		m.MRR10 += one.MRR10
	}
	n := max(1, float64(m.Questions))
	m.NDCG10, m.Recall5, m.Recall10, m.MRR10 = m.NDCG10/n, m.Recall5/n, m.Recall10/n, m.MRR10/n
	return m
}

// judge measures one ranking. A document that is listed twice counts once.
func judge(answers map[string]int, ranking []string) Measures {
	var m Measures
	seen := map[string]bool{}
	for _, id := range ranking {
		rank := len(seen) + 1
		if seen[id] {
			continue
		}
		if rank > 10 {
			break
		}
		seen[id] = true
		score := answers[id]
		if score <= 0 {
			continue
		}
		m.NDCG10 += gain(score, rank)
		m.Recall10++
		if rank <= 5 {
			m.Recall5++
		}
		if m.MRR10 == 0 {
			m.MRR10 = 1 / float64(rank)
		}
	}
	m.NDCG10 /= ideal(answers)
	m.Recall5 /= float64(len(answers))
	m.Recall10 /= float64(len(answers))
	return m
}

// gain is linear in the score, as in trec_eval.
func gain(score, rank int) float64 { return float64(score) / math.Log2(float64(rank)+1) }

func ideal(answers map[string]int) float64 {
	var scores []int
	for _, s := range answers {
		scores = append(scores, s)
	}
	slices.Sort(scores)
	slices.Reverse(scores)
	sum := 0.0
	for i, s := range scores[:min(10, len(scores))] {
		sum += gain(s, i+1)
	}
	return sum
}
