package ranking_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// synthetic makes passages of about 150 words whose frequencies follow Zipf's
// law, as in a natural language: that decides how long the postings are.
func synthetic(n, vector int) []ranking.Doc {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	docs := make([]ranking.Doc, n)
	for i := range docs {
		docs[i] = ranking.Doc{
			ID: fmt.Sprint(i), Title: sentence(random, 4), Heading: sentence(random, 7), Text: sentence(random, 150),
			Category: fmt.Sprint("category ", i%8),
		}
		for range vector {
			docs[i].Vector = append(docs[i].Vector, float32(random.NormFloat64()))
		}
	}
	return docs
}

const vocabulary = 30_000

func sentence(random *rand.Rand, words int) string {
	var b strings.Builder
	for range words {
		rank := int(math.Exp(random.Float64() * math.Log(vocabulary)))
		fmt.Fprintf(&b, "%s ", word(rank))
	}
	return b.String()
}

// word spells a number in syllables, so that it looks and stems like a word.
func word(rank int) string {
	const syllables = "balodemiruKasotevinupalirezofu"
	var b strings.Builder
	for n := rank + 15; n > 0; n /= 15 {
		b.WriteString(strings.ToLower(syllables[2*(n%15) : 2*(n%15)+2]))
	}
	return b.String()
}

func BenchmarkSearch(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		x := ranking.Build(synthetic(size, 0))
		for _, words := range []int{2, 8, 20} {
			b.Run(fmt.Sprintf("passages=%d/words=%d", size, words), func(b *testing.B) {
				random := rand.New(rand.NewPCG(2, 2))
				measure(b, x, func() ranking.Query { return ranking.Query{Text: sentence(random, words)} })
			})
		}
	}
}

func BenchmarkSearchSpecial(b *testing.B) {
	random := rand.New(rand.NewPCG(3, 3))
	long := sentence(random, 10_000)
	nonsense := strings.Repeat("qzxwvutaq bcdfghjkm ", 5_000)
	x := ranking.Build(synthetic(10_000, 384))
	vector := make([]float32, 384)
	for i := range vector {
		vector[i] = float32(random.NormFloat64())
	}
	for _, test := range []struct {
		name  string
		query ranking.Query
	}{
		{"ten thousand words", ranking.Query{Text: long}},
		{"ten thousand unknown words", ranking.Query{Text: nonsense}},
		{"typing mistakes", ranking.Query{Text: misspelt(sentence(random, 8))}},
		{"category", ranking.Query{Text: sentence(random, 8), Category: "Category 3"}},
		{"follow-up", ranking.Query{Text: "and " + sentence(random, 3), Context: []string{sentence(random, 8)}}},
		{"vectors", ranking.Query{Text: sentence(random, 8), Vector: vector}},
	} {
		b.Run(test.name, func(b *testing.B) { measure(b, x, func() ranking.Query { return test.query }) })
	}
}

// misspelt leaves out the fourth letter of every word.
func misspelt(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if len(w) > 4 {
			words[i] = w[:3] + w[4:]
		}
	}
	return strings.Join(words, " ")
}

// measure reports the median and the 99th percentile beside the mean.
func measure(b *testing.B, x *ranking.Index, next func() ranking.Query) {
	var took []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		q := next()
		began := time.Now()
		x.Search(q, 10)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkBuild(b *testing.B) {
	for _, size := range []int{1_000, 10_000} {
		docs := synthetic(size, 0)
		b.Run(fmt.Sprintf("passages=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ranking.Build(docs)
			}
		})
	}
}
