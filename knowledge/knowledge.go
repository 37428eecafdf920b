// Package knowledge holds the help articles that the concierge answers from,
// embedded in the program so that it can answer without any file beside it.
//
// It owns the texts and their front matter, and knows nothing of how they are
// cut, indexed or searched. _FACTS.md beside the articles is the writers' sheet
// of shared figures; it isn't an article and isn't embedded.
package knowledge

import "embed"

// Articles is the root folder of the help articles: one Markdown file each,
// named for its id. Every file opens with YAML front matter between "---"
// lines, with the keys id, title, category and url, all of them set; the body
// is Markdown in UTF-8, without raw HTML. The value is never changed.
//
//go:embed [a-z]*.md
var Articles embed.FS
