package localengine

import (
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// maxQuote is how many bytes of a passage are quoted at the most; longer ones
// end at a paragraph.
const maxQuote = 900

// Quote answers a question with the best of the passages found for it, which
// come best first, in its own words and with its source. Without a passage it
// is not ok.
func (e *Engine) Quote(passages []rag.Passage) (text string, source rag.Passage, ok bool) {
	if len(passages) == 0 {
		return "", rag.Passage{}, false
	}
	best := passages[0]
	return trim(best.Content) + "\n\nSource: " + best.Title, best, true
}

// trim shortens a passage at the last paragraph or line that fits.
func trim(content string) string {
	content = strings.TrimSpace(content)
	if len(content) <= maxQuote {
		return content
	}
	cut := content[:maxQuote]
	for _, end := range []string{"\n\n", "\n", ". "} {
		if i := strings.LastIndex(cut, end); i > maxQuote/3 {
			return strings.TrimSpace(cut[:i+1])
		}
	}
	return strings.TrimSpace(strings.ToValidUTF8(cut, "")) + "..."
}
