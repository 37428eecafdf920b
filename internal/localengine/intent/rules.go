package intent

import "strings"

// asks are the first words of questions: about money that moves, but no orders
// to move it.
var asks = map[string]bool{
	"how": true, "why": true, "what": true, "when": true, "where": true, "which": true, "who": true,
	"was": true, "were": true, "did": true, "has": true, "hasn't": true, "does": true, "doesn't": true, "should": true,
}

// govern takes an order to move money for what it is not: a question is one
// about help articles, whatever the model says. A wrong answer is cheap, a wrong
// order isn't.
func govern(normalised string, guesses []Guess) {
	first, _, _ := strings.Cut(normalised, " ")
	if !asks[first] {
		return
	}
	var moved float32
	for i := range guesses {
		if guesses[i].Intent.MovesMoney() {
			moved += guesses[i].Probability
			guesses[i].Probability = 0
		}
	}
	for i := range guesses {
		if guesses[i].Intent == Knowledge {
			guesses[i].Probability += moved
		}
	}
}
