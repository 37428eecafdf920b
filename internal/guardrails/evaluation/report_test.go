package evaluation

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

var rows = []PIIRow{
	{Text: "é card 4539148803436467", Spans: []Span{{Start: 7, End: 23, Type: pii.CreditCard}}, Source: "a"},
	{Text: "account of <b>|Zz", Spans: []Span{{Start: 15, End: 17, Type: pii.Person}}, Source: "<b>|x"},
}

func TestPIIReport(t *testing.T) {
	t.Parallel()
	r := PIIReport(rows, pii.Find)
	var b strings.Builder
	if err := WriteMarkdown(&b, []Report{r}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Personal data: 2 texts", "| CREDIT_CARD | 1 | 1.000 | 1.000 | 1.000 | 0 | 0.000 |",
		"| PERSON | 1 | - | 0.000 | 0.000 | 0 | 1.000 |", `| <b>\|x | 1 |`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, b.String())
		}
	}
}

func TestHTMLShowsSourcesAsText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := WriteHTML(&b, []Report{PIIReport(rows, pii.Find)}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "<td>&lt;b&gt;|x</td>") || !strings.Contains(b.String(), "<th>still visible</th>") {
		t.Errorf("the page is\n%s", b.String())
	}
}

func TestSpansMustFit(t *testing.T) {
	t.Parallel()
	for _, s := range []Span{{-1, 2, "X", false}, {2, 2, "X", false}, {0, 4, "X", false}, {0, 1, "", false}} {
		if err := (PIIRow{Text: "abc", Spans: []Span{s}}).Check(); err == nil {
			t.Errorf("%+v fits", s)
		}
	}
	if err := rows[0].Check(); err != nil {
		t.Error(err)
	}
}

func TestInjectionReport(t *testing.T) {
	t.Parallel()
	c := Counts{}
	c.add("forum", "explicit", true)
	c.add("forum", "explicit", false)
	c.add("forum", "harmless", true)
	c.add("mail", "harmless", false)
	var b strings.Builder
	if err := WriteMarkdown(&b, []Report{c.Report()}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| forum | 2 | 1 | 0.500 | 0 | - | 1 | 1 | 1.000 |", "| all | 2 | 1 | 0.500 | 0 | - | 2 | 1 | 0.500 |", "| 0.500 | 0.500 | 0.500 | 0.500 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, b.String())
		}
	}
}
