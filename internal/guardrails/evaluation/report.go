package evaluation

import (
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Report is what was measured, for people.
type Report struct {
	Title  string
	Tables []Table
}

// Table is a part of a report.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
}

func (t *Table) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// figure writes a share; a dash where there is nothing to have one of.
func figure(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", ratio(part, whole))
}

// WriteMarkdown writes reports as Markdown.
func WriteMarkdown(w io.Writer, reports []Report) error {
	var b strings.Builder
	for _, r := range reports {
		fmt.Fprintf(&b, "# %s\n", r.Title)
		for _, t := range r.Tables {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n%s\n", t.Title, markdownRow(t.Head), strings.Repeat("| --- ", len(t.Head))+"|")
			for _, row := range t.Rows {
				b.WriteString(markdownRow(row) + "\n")
			}
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownRow keeps what a labelled file calls its sources from breaking the
// table.
func markdownRow(cells []string) string {
	clean := make([]string, len(cells))
	for i, c := range cells {
		clean[i] = strings.NewReplacer("|", "\\|", "\n", " ", "\r", " ").Replace(c)
	}
	return "| " + strings.Join(clean, " | ") + " |"
}

// WriteHTML writes reports as one page without scripts.
func WriteHTML(w io.Writer, reports []Report) error { return page.Execute(w, reports) }

var page = template.Must(template.New("report").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Guardrails evaluation</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin-bottom: 2rem; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
</style>
{{range .}}<h1>{{.Title}}</h1>
{{range .Tables}}<h2>{{.Title}}</h2>
<table>
<thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody>
</table>
{{end}}{{end}}</html>
`))
