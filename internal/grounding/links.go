package grounding

import (
	"regexp"
	"strings"
)

// Link is an address on the web. One that the model made up, or found in somebody's
// memo, may be a trap.
const Link Kind = "link"

// linkForm is what a page or a reader takes for an address.
var linkForm = regexp.MustCompile(`(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>"'()\[\]{}]+`)

// links returns the addresses of a text as they are compared.
func links(text string) []string {
	found := linkForm.FindAllString(text, -1)
	for i, link := range found {
		found[i] = strings.TrimRight(strings.ToLower(link), ".,;:!?*_/")
	}
	return found
}

func (f *Facts) addLinks(text string) {
	for _, link := range links(text) {
		put(&f.links, link)
	}
}
