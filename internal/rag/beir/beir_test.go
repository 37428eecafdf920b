package beir

import (
	"errors"
	"io/fs"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func folder(qrels, name string) fstest.MapFS {
	return fstest.MapFS{
		"corpus.jsonl":  {Data: []byte(`{"_id":"a","title":"A","text":"one"}` + "\n\n" + `{"_id":"b","text":"two","category":"x"}` + "\n")},
		"queries.jsonl": {Data: []byte(`{"_id":"1","text":"which?"}` + "\n" + `{"_id":"2","text":"unjudged"}` + "\n")},
		name:            {Data: []byte(qrels)},
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	want := Collection{
		Docs:      []Doc{{ID: "a", Title: "A", Text: "one"}, {ID: "b", Text: "two", Category: "x"}},
		Questions: []Question{{ID: "1", Text: "which?", Answers: map[string]int{"b": 2}}},
	}
	for _, name := range []string{"qrels.tsv", "qrels/test.tsv"} {
		got, err := Read(folder("query-id\tcorpus-id\tscore\n1\tb\t2\r\n2\ta\t0\n", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	broken := folder("", "qrels.tsv")
	broken["corpus.jsonl"] = &fstest.MapFile{Data: []byte("{}\n{")}
	for _, test := range []struct {
		name   string
		folder fs.FS
		want   string
	}{
		{"two columns", folder("1\tb\n", "qrels.tsv"), "qrels.tsv line 1: want 3 columns"},
		{"a score in words", folder("1\tb\t1\n1\tb\tgood\n", "qrels.tsv"), "qrels.tsv line 2: the score"},
		{"broken JSON", broken, "corpus.jsonl line 2"},
	} {
		if _, err := Read(test.folder); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
	if _, err := Read(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: got %v", err)
	}
}

func TestMeasures(t *testing.T) {
	t.Parallel()
	long := []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "a"}
	for _, test := range []struct {
		name    string
		answers map[string]int
		ranking []string
		want    Measures
	}{
		{"the answer first", map[string]int{"a": 1}, []string{"a", "b"}, Measures{1, 1, 1, 1, 1}},
		{"the answer second", map[string]int{"a": 1}, []string{"b", "a"}, Measures{1, 1 / math.Log2(3), 1, 1, 0.5}},
		{"listed twice", map[string]int{"a": 1, "c": 1}, []string{"a", "a"}, Measures{1, 1 / (1 + 1/math.Log2(3)), 0.5, 0.5, 1}},
		{"sixth", map[string]int{"6": 1}, long, Measures{1, 1 / math.Log2(7), 0, 1, 1. / 6}},
		{"eleventh", map[string]int{"a": 1}, long, Measures{Questions: 1}},
		{"nothing found", map[string]int{"a": 1}, nil, Measures{Questions: 1}},
		{
			"the better answer second",
			map[string]int{"a": 2, "b": 1},
			[]string{"b", "a"},
			Measures{1, (1 + 2/math.Log2(3)) / (2 + 1/math.Log2(3)), 1, 1, 1},
		},
	} {
		c := Collection{Questions: []Question{{ID: "1", Answers: test.answers}}}
		got := c.Measure(func(Question) []string { return test.ranking })
		if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if got := (Collection{}).Measure(nil); got != (Measures{}) {
		t.Errorf("no questions: got %+v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("1\tb\t2\n", `{"_id":"1"}`)
	f.Add("query-id\tcorpus-id\tscore\n", "{")
	f.Fuzz(func(t *testing.T, qrels, queries string) {
		folder := folder(qrels, "qrels.tsv")
		folder["queries.jsonl"] = &fstest.MapFile{Data: []byte(queries)}
		c, err := Read(folder)
		if err != nil {
			return
		}
		m := c.Measure(func(q Question) []string { return []string{"a", "b"} })
		if m.Questions != len(c.Questions) || !(m.NDCG10 >= 0 && m.NDCG10 <= 1+1e-9) {
			t.Errorf("got %+v", m)
		}
	})
}
