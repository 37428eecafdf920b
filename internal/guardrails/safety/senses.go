package safety

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

//go:embed lexicon.txt
var lexiconText string

// sense is what a word or a phrase means for safety.
type sense uint8

// The senses, in the order of senseNames.
const (
	despair  sense = iota // "end my life"
	goad                  // "kill yourself"
	me                    // "my": whose despair it is
	kill                  // "strangle"
	weapon                // "pipe bomb"
	person                // "my neighbour"
	threat                // "I will"
	howto                 // "step by step"
	crime                 // "launder"
	protect               // "report": a victim or a careful customer speaks
	group                 // "immigrants"
	debase                // "subhuman"
	insult                // "moron"
	slur                  // names for groups that only insult
	stalk                 // "I know where you live"
	porn                  // explicit words
	secretly              // "without getting caught"
	senses
)

var senseNames = [senses]string{
	"despair", "goad", "me", "kill", "weapon", "person", "threat", "howto", "crime", "protect", "group", "debase",
	"insult", "slur", "stalk", "porn", "secretly",
}

// lexicon reads the lexicon, whose lines are "sense: phrase, phrase".
var lexicon = sync.OnceValue(func() *textview.Lexicon {
	lists := make([][]string, senses)
	for line := range strings.Lines(lexiconText) {
		name, phrases, ok := strings.Cut(strings.TrimSpace(line), ": ")
		for s, n := range senseNames {
			if ok && n == name {
				lists[s] = append(lists[s], strings.Split(phrases, ", ")...)
			}
		}
	}
	return textview.NewLexicon(lists)
})
