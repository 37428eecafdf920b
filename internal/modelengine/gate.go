package modelengine

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/grounding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// gate stands between a model and the customer. Text goes in as it comes, is
// held until a sentence is whole, judged, and only then accepted and shown. After
// the first sentence that doesn't pass, nothing more of that answer does.
type gate struct {
	t   *turn
	ctx context.Context // of the step: the judges ask the guardrails

	held     string          // not judged yet
	accepted strings.Builder // judged, with placeholders; what steps before said included
	shown    strings.Builder // the same as the customer sees it, where it is shown
	atStep   int             // length of accepted when the step began

	shownInStep bool
	problem     string // why the first sentence didn't pass, in words for the model
	kind        string // the same for the log
	err         error  // a judge that couldn't be asked
	cites       []int
}

func newGate(t *turn) *gate { return &gate{t: t} }

// begin starts an answer of the model.
func (g *gate) begin(ctx context.Context) {
	g.ctx, g.held, g.problem, g.kind, g.err = ctx, "", "", "", nil
	g.atStep, g.shownInStep = g.accepted.Len(), false
}

// Text takes the next piece; it implements llm.Sink.
func (g *gate) Text(delta string) {
	if g.closed() {
		return
	}
	g.held += delta
	for !g.closed() {
		end := sentenceEnd(g.held)
		if end == 0 {
			return
		}
		sentence := g.held[:end]
		g.held = g.held[end:]
		g.judge(sentence)
	}
}

func (g *gate) closed() bool { return g.problem != "" || g.err != nil }

// Restart implements llm.Sink: an answer of which a part is shown can't begin
// anew.
func (g *gate) Restart() bool {
	if g.shownInStep {
		return false
	}
	g.abandon()
	g.problem, g.kind, g.err = "", "", nil
	return true
}

// abandon drops what the step accepted, unless it is shown.
func (g *gate) abandon() {
	g.held = ""
	if !g.shownInStep {
		kept := g.accepted.String()[:g.atStep]
		g.accepted.Reset()
		g.accepted.WriteString(kept)
	}
}

// end judges what is left at the end of an answer. Of one that was cut off by the
// limit of tokens, the torn last sentence is dropped.
func (g *gate) end(truncated bool) {
	rest := strings.TrimRightFunc(g.held, unicode.IsSpace)
	g.held = ""
	if rest != "" && !g.closed() && !truncated {
		g.judge(rest)
	}
}

// pause ends an answer that goes on with tools. What it says before them is kept
// only where it is shown already.
func (g *gate) pause() {
	if !g.shownInStep {
		g.abandon()
	}
	g.held = ""
}

// citation is how a model names an article.
var citation = regexp.MustCompile(`(?i)\s?\[(?:source\s*|article\s*)?(\d{1,2})\]`)

// judge accepts a sentence, drops it, or notes why it doesn't pass.
func (g *gate) judge(sentence string) {
	sentence = citation.ReplaceAllStringFunc(sentence, g.cite)
	if strings.TrimSpace(sentence) == "" || g.t.proposal != nil && grounding.SpeaksOfOrder(sentence) {
		return // what an order is about, the customer reads in our own summary
	}
	if claims := g.t.facts.Unsupported(sentence); len(claims) > 0 {
		g.kind, g.problem = "ungrounded "+string(claims[0].Kind), complaint(claims)
		return
	}
	if g.t.e.leak.in(tail(g.accepted.String(), 200)+sentence, g.t.sources.String()) {
		g.kind, g.problem = "instructions leaked", "it repeated confidential instructions."
		return
	}
	if kind, err := g.guarded(tail(g.accepted.String(), 400) + sentence); kind != "" || err != nil {
		g.kind, g.err = kind, err
		g.problem = "it contained something that may not be shown."
		return
	}
	g.accept(sentence)
}

func (g *gate) accept(sentence string) {
	switch {
	case g.accepted.Len() == 0:
		sentence = strings.TrimLeftFunc(sentence, unicode.IsSpace)
	case g.accepted.Len() == g.atStep: // a step's own paragraph
		sentence = "\n\n" + strings.TrimLeftFunc(sentence, unicode.IsSpace)
	}
	g.accepted.WriteString(sentence)
	if g.t.in.Show == nil {
		return
	}
	readable := g.t.in.Vault.Unmask(sentence)
	g.shown.WriteString(readable)
	g.shownInStep = true
	g.t.in.Show(readable)
}

// guarded asks the guardrails, with the end of what came before, so that nothing
// passes in two halves.
func (g *gate) guarded(text string) (kind string, err error) {
	v, err := g.t.e.o.Guard.Check(g.ctx, guardrails.Request{
		Text: text, Direction: guardrails.Output, UserID: g.t.in.Caller.CustomerID, CheckSafety: true, CheckPII: true,
	})
	if err != nil {
		return "", err
	}
	if !v.IsSafe {
		return "unsafe", nil
	}
	if len(v.PIIMatches) == 0 {
		return "", nil
	}
	points := []rune(text)
	known := plain(g.t.sources.String() + g.t.in.Message.String())
	for _, m := range v.PIIMatches {
		if m.Start < 0 || m.End > len(points) || m.Start > m.End {
			continue
		}
		value := string(points[m.Start:m.End])
		if (m.PIIType != "PERSON" && m.PIIType != "ADDRESS" || m.Confidence >= surelyPersonal) && !strings.Contains(known, plain(value)) {
			return "personal data " + m.PIIType, nil
		}
	}
	return "", nil
}

// surelyPersonal is how sure the guardrails must be of a name or an address from
// nowhere: those of things look like those of people.
const surelyPersonal = 0.8

// plain is a text without what two ways of writing a value differ in.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func (g *gate) cite(marker string) string {
	n, _ := strconv.Atoi(citation.FindStringSubmatch(marker)[1])
	if n >= 1 && n <= len(g.t.in.Passages) && !slices.Contains(g.cites, n-1) {
		g.cites = append(g.cites, n-1)
	}
	return ""
}

// cited are the passages that the answer names, or else the one whose words it
// uses.
func (t *turn) cited() []rag.Passage {
	var list []rag.Passage
	for _, i := range t.out.cites {
		list = append(list, t.in.Passages[i])
	}
	if len(list) > 0 || len(t.runs) > 0 || t.out.accepted.Len() == 0 {
		return list
	}
	for _, p := range t.in.Passages {
		if sharedPhrases(t.out.accepted.String(), p.Content) >= leastShared {
			return []rag.Passage{p}
		}
	}
	return nil
}

// leastShared is how many phrases of three words an answer has in common with
// the article that it rests on.
const leastShared = 4

// complaint tells a model what was wrong.
func complaint(claims []grounding.Claim) string {
	if claims[0].Kind == grounding.Movement {
		return fmt.Sprintf("it says %q, but nothing was carried out: only the customer's own confirmation does that.", claims[0].Text)
	}
	return fmt.Sprintf("the %s %q is in none of the tools' results, the articles or the customer's words.", claims[0].Kind, claims[0].Text)
}

// sentenceEnd returns where the first whole sentence of a text ends, or zero. A
// sentence is whole when white space follows it: then no digit belongs to its
// last figure, and no letter to its last word. White space belongs to the
// sentence after it.
func sentenceEnd(s string) int {
	started := false
	for i, r := range s {
		switch {
		case r == '\n' && started:
			return notInPlaceholder(s, i)
		case unicode.IsSpace(r) && started && endsSentence(s[:i]):
			return notInPlaceholder(s, i)
		case !unicode.IsSpace(r):
			started = true
		}
	}
	return 0
}

// notInPlaceholder holds a sentence back that would end within a placeholder.
func notInPlaceholder(s string, end int) int {
	open := strings.LastIndexByte(s[:end], '[')
	if open >= 0 && end-open < maxPlaceholder && !strings.ContainsRune(s[open:end], ']') {
		return 0
	}
	return end
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’)*_]`)
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…。！？", r)
}

// tail is the end of a text from a word on, of about so many bytes.
func tail(s string, length int) string {
	if len(s) <= length {
		return s
	}
	s = s[len(s)-length:]
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return s[i:]
	}
	return ""
}
