package rag

import (
	"fmt"
	"strings"
)

const (
	// chunkTokens is up to where paragraphs, lists and tables are put together: about
	// 250 words, which is one thought and fits any prompt.
	chunkTokens = 430
	// wholeTokens is up to where a single one stays whole, as half of it answers half
	// a question. It bounds every passage. On the public sets twice chunkTokens loses
	// 0.003 of nDCG@10 and no bound at all gains nothing.
	wholeTokens = 3 * chunkTokens
	// pathSeparator stands between the headings above a passage.
	pathSeparator = " > "
)

// tokens estimates how many tokens of a model a text takes.
func tokens(text string) int { return int(float64(len(text))/bytesPerToken) + 1 }

// chunk is a part of a document that can be found by itself.
type chunk struct {
	id      string
	path    string // the headings above its own, outermost first
	heading string
	text    string
}

// context is the headings that a chunk stands under, its own last.
func (c chunk) context() string {
	if c.path == "" {
		return c.heading
	}
	return c.path + pathSeparator + c.heading
}

// content is what a reader gets of a chunk: its text below its headings.
func (c chunk) content() string {
	if c.heading == "" {
		return c.text
	}
	return c.context() + "\n\n" + c.text
}

// split cuts a document along its structure: at every heading, and long sections
// between their paragraphs, lists and tables. A heading without text below it makes
// no chunk: it would be the best match of a question that it doesn't answer.
func split(d Document) []chunk {
	var chunks []chunk
	add := func(path, heading string, texts []string) {
		for _, text := range texts {
			chunks = append(chunks, chunk{fmt.Sprintf("%s#%d", d.ID, len(chunks)+1), path, heading, text})
		}
	}
	for _, s := range sections(d.Content) {
		path := s.above
		if len(path) > 0 && strings.EqualFold(path[0], d.Title) { // the title is searched anyway
			path = path[1:]
		}
		add(strings.Join(path, pathSeparator), s.heading, pack(s.blocks))
	}
	if len(chunks) == 0 { // nothing but headings
		add("", "", pack([]block{{paragraph, strings.Split(strings.TrimSpace(d.Content), "\n")}}))
	}
	return chunks
}

// pack joins blocks to texts of at most chunkTokens, and cuts those that are longer
// than wholeTokens themselves.
func pack(blocks []block) []string {
	var texts []string
	current := ""
	for _, b := range withLeads(blocks) {
		for _, piece := range b.pieces() {
			if current != "" && tokens(current)+tokens(piece) > chunkTokens {
				texts = append(texts, current)
				current = ""
			}
			if current != "" {
				current += "\n\n"
			}
			current += piece
		}
	}
	if current != "" {
		texts = append(texts, current)
	}
	return texts
}

// withLeads joins a list or table to the sentence that announces it ("You need:"),
// where both fit into one chunk.
func withLeads(blocks []block) []block {
	var joined []block
	for _, b := range blocks {
		last := len(joined) - 1
		if last >= 0 && b.kind != paragraph && joined[last].kind == paragraph {
			lead := joined[last].text()
			if strings.HasSuffix(lead, ":") && tokens(lead)+tokens(b.text()) <= chunkTokens {
				joined[last] = block{b.kind, append(append(joined[last].lines, ""), b.lines...)}
				continue
			}
		}
		joined = append(joined, b)
	}
	return joined
}

// pieces cuts a block into texts of at most chunkTokens each, unless it may stay
// whole.
func (b block) pieces() []string {
	text := b.text()
	switch {
	case isBlank(text):
		return nil
	case tokens(text) <= wholeTokens:
		return []string{text}
	case b.kind == table:
		return b.tablePieces()
	case b.kind == list:
		return fill(b.items(), "\n", chunkTokens)
	case b.kind == code:
		return fill(b.lines, "\n", chunkTokens)
	}
	return fill(sentences(text), " ", chunkTokens)
}

// tablePieces cuts a table between its rows. Each piece gets the table's head,
// without which cells mean nothing.
func (b block) tablePieces() []string {
	head, rows := "", b.lines
	if len(rows) > 2 && isDelimiterRow(rows[1]) && tokens(rows[0])+tokens(rows[1]) < chunkTokens/2 {
		head, rows = rows[0]+"\n"+rows[1]+"\n", rows[2:]
	}
	pieces := fill(rows, "\n", chunkTokens-tokens(head))
	for i := range pieces {
		pieces[i] = head + pieces[i]
	}
	return pieces
}

// items are a list's entries with what belongs to them.
func (b block) items() []string {
	var items []string
	first := indent(b.lines[0])
	for _, line := range b.lines {
		if n := len(items); n > 0 && (!isItem(line) || indent(line) > first+1) {
			items[n-1] += "\n" + line
			continue
		}
		items = append(items, line)
	}
	return items
}

// fill joins units to texts of at most bound tokens. A unit that is longer alone
// is cut between its words, and a word that is longer within it.
func fill(units []string, separator string, bound int) []string {
	var texts []string
	current := ""
	flush := func() {
		if current = strings.Trim(current, "\n"); !isBlank(current) {
			texts = append(texts, current)
		}
		current = ""
	}
	for _, unit := range units {
		if current != "" && tokens(current)+tokens(separator+unit) > bound {
			flush()
		}
		if current != "" {
			current += separator
		}
		for current += unit; tokens(current) > bound; {
			var rest string
			current, rest = cut(current, int(float64(bound-1)*bytesPerToken))
			flush()
			current = rest
		}
	}
	flush()
	return texts
}

// cut divides a text after at most size bytes, between words where it can. size
// must be at least the length of a character.
func cut(text string, size int) (head, rest string) {
	if len(text) <= size {
		return text, ""
	}
	if space := strings.LastIndexAny(text[:size+1], " \t\n"); space > 0 {
		return text[:space], text[space+1:]
	}
	for size > 1 && text[size]&0xC0 == 0x80 { // within a character
		size--
	}
	return text[:size], text[size:]
}

// sentences divides a paragraph after the marks that end sentences.
func sentences(text string) []string {
	var list []string
	start := 0
	for i := 0; i+1 < len(text); i++ {
		if strings.IndexByte(".!?:;", text[i]) >= 0 && (text[i+1] == ' ' || text[i+1] == '\n') {
			list = append(list, text[start:i+1])
			start = i + 2
		}
	}
	return append(list, text[start:])
}
