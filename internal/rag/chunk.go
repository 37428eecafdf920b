package rag

import (
	"fmt"
	"strings"
)

// maxChunk is the length in bytes from which a section is split at its
// paragraphs: about 250 words, which is one thought and fits any prompt.
const maxChunk = 1500

// chunk is a part of a document that can be found by itself.
type chunk struct {
	id      string
	heading string
	text    string
}

// split cuts a document at its headings, and long sections at their paragraphs.
// Lists and tables stay whole, because no blank line stands inside them.
func split(d Document) []chunk {
	var chunks []chunk
	add := func(heading, text string) {
		if text = strings.TrimSpace(text); text != "" {
			chunks = append(chunks, chunk{id: fmt.Sprintf("%s#%d", d.ID, len(chunks)+1), heading: heading, text: text})
		}
	}
	for _, s := range sections(d.Content) {
		part := ""
		for paragraph := range strings.SplitSeq(s.text, "\n\n") {
			if part != "" && len(part)+len(paragraph) > maxChunk {
				add(s.heading, part)
				part = ""
			}
			part += paragraph + "\n\n"
		}
		add(s.heading, part)
	}
	return chunks
}

type section struct{ heading, text string }

func sections(content string) []section {
	var list []section
	var current section
	fenced := false
	for line := range strings.Lines(content) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if title, ok := heading(line); ok && !fenced {
			list = append(list, current)
			current = section{heading: title}
			continue
		}
		current.text += line
	}
	return append(list, current)
}

func heading(line string) (string, bool) {
	title := strings.TrimLeft(line, "#")
	if level := len(line) - len(title); level == 0 || level > 6 || !strings.HasPrefix(title, " ") {
		return "", false
	}
	return strings.TrimSpace(title), true
}
