package grounding

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// quantity is a figure that a text states.
type quantity struct {
	kind  Kind
	text  string
	at    int
	value string
	day   day
	other day // the other reading of a date such as 3/4
	// free marks small numbers that people use without stating a figure: "2 ways".
	free bool
}

// What a text is searched for, in this order; what one finds is gone for the next.
var (
	placeholderForm = regexp.MustCompile(`(?i)\[\s*([A-Z]+(?:[_ ][A-Z]+)*)[_ ]?(\d+)\s*\]`)
	isoForm         = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	monthFirst      = regexp.MustCompile(`(?i)\b` + monthNames + `\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(\d{4})\b)?`)
	dayFirst        = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?` + monthNames + `\b(?:,?\s+(?:de\s+)?(\d{4})\b)?`)
	monthAndYear    = regexp.MustCompile(`(?i)\b` + monthNames + `\.?,?\s+(?:of\s+)?(\d{4})\b`)
	slashForm       = regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})(?:/(\d{2}|\d{4}))?\b`)
	endingForm      = regexp.MustCompile(`(?i)(?:\bend(?:s|ing)?\s+(?:in|with)|\bending|\blast\s+(?:four|4)(?:\s+digits?)?(?:\s+(?:are|is|of))?|[•*·…#x]{2,}|\.{3,})\s*[:#]?\s*[•*·x-]*(\d{3,6})\b`)
	amountForm      = regexp.MustCompile(`(?i)(?:(?:us)?[$€£¥₹]|\b(?:usd|eur|gbp|jpy|chf|cad|aud|inr)\s?)\s?[-−]?\s?(` + numeral + `)(\s?(?:k|thousand|million|m)\b)?`)
	amountAfterForm = regexp.MustCompile(`(?i)(` + numeral + `)(\s?(?:k|thousand|million))?\s?(?:[$€£¥₹]|(dollars?|bucks?|usd|euros?|eur|pounds?|gbp|yen|jpy|francs?|chf|dólares|cents?|centavos?)\b)`)
	centsForm       = regexp.MustCompile(`(?i)(?:\d[\d,]*|\b` + inLetters + `)[\s-]*(?:dollars?|bucks?|euros?|pounds?)\s+and\s+(?:\d+|` + inLetters + `)[\s-]*cents?\b`)
	wordsForm       = regexp.MustCompile(`(?i)\b` + inLetters + `[\s-]+(?:dollars?|bucks?|euros?|pounds?|cents?)\b`)
	lettersForm     = regexp.MustCompile(`(?i)\b` + inLetters + `\b`)
	numberForm      = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)
)

const (
	inLetters  = numberWord + `(?:[\s-]+(?:and[\s-]+)?` + numberWord + `)*`
	numberWord = `(?:an?|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|` +
		`twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)`
	numeral    = `\d+(?:[.,]\d+)*`
	monthNames = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|` +
		`enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)`
)

// form is a way in which a text states a figure.
type form struct {
	// hints are what the text must contain for it, in small letters; none for any
	// text with digits. They spare most texts most of the searching.
	hints []string
	expr  *regexp.Regexp
	read  func(s *search, groups []string) (quantity, bool)
}

var (
	units      = []string{"dollar", "buck", "euro", "pound", "cent", "quid"}
	monthHints = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "ene", "abr", "ago", "dic"}
	forms      = []form{
		{[]string{"["}, placeholderForm, func(_ *search, g []string) (quantity, bool) { return placeholder(g) }},
		{[]string{"-"}, isoForm, func(_ *search, g []string) (quantity, bool) { return date(g[1], g[2], g[3]) }},
		{monthHints, monthFirst, func(_ *search, g []string) (quantity, bool) { return date(g[3], month(g[1]), g[2]) }},
		{monthHints, dayFirst, func(_ *search, g []string) (quantity, bool) { return date(g[3], month(g[2]), g[1]) }},
		{monthHints, monthAndYear, func(_ *search, g []string) (quantity, bool) { return date(g[2], month(g[1]), "0") }},
		{[]string{"/"}, slashForm, func(_ *search, g []string) (quantity, bool) { return slashDate(g) }},
		{[]string{"end", "last", "•", "*", "·", "…", "#", "xx", "..."}, endingForm, func(_ *search, g []string) (quantity, bool) {
			return quantity{kind: Ending, value: g[1]}, true
		}},
		{units, centsForm, func(_ *search, g []string) (quantity, bool) { return inWords(g[0]) }},
		{[]string{"$", "€", "£", "¥", "₹", "usd", "eur", "gbp", "jpy", "chf", "cad", "aud", "inr"}, amountForm, func(_ *search, g []string) (quantity, bool) {
			return scaled(g[1], g[2]), true
		}},
		{append([]string{"$", "€", "£", "¥", "₹", "usd", "eur", "gbp", "yen", "jpy", "franc", "chf", "dólar"}, units...), amountAfterForm, amountAfter},
		{units, wordsForm, func(_ *search, g []string) (quantity, bool) { return inWords(g[0]) }},
		{nil, numberForm, (*search).number},
	}
)

func amountAfter(_ *search, g []string) (quantity, bool) {
	if strings.HasPrefix(strings.ToLower(g[3]), "cent") {
		return inWords(g[0])
	}
	return scaled(g[1], g[2]), true
}

// find returns the figures of a text in their order.
func find(text string) []quantity {
	small := strings.ToLower(text)
	digits := strings.ContainsAny(text, "0123456789")
	if !digits && !containsAny(small, units) {
		return nil
	}
	s := &search{rest: []byte(text), text: text}
	for _, f := range forms {
		if f.hints == nil && digits || containsAny(small, f.hints) {
			s.each(f)
		}
	}
	slices.SortFunc(s.found, func(a, b quantity) int { return a.at - b.at })
	return s.found
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// search is one pass over a text. What is found is blanked out in rest.
type search struct {
	text  string
	rest  []byte
	found []quantity
	at    int // of the match that is being read
}

func (s *search) each(f form) {
	for _, m := range f.expr.FindAllSubmatchIndex(s.rest, -1) {
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = string(s.rest[m[2*i]:m[2*i+1]])
			}
		}
		s.at = m[0]
		q, ok := f.read(s, groups)
		if !ok {
			continue
		}
		q.text, q.at = groups[0], m[0]
		s.found = append(s.found, q)
		for i := m[0]; i < m[1]; i++ {
			s.rest[i] = ' '
		}
	}
}

func placeholder(g []string) (quantity, bool) {
	name := strings.ToUpper(strings.ReplaceAll(g[1], " ", "_")) + "_" + g[2]
	return quantity{kind: Unknown, value: name}, true
}

var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"ene": 1, "abr": 4, "ago": 8, "dic": 12,
}

func month(name string) string { return strconv.Itoa(months[strings.ToLower(name)[:3]]) }

func date(year, month, dayOfMonth string) (quantity, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(dayOfMonth)
	return quantity{kind: Date, day: day{y, m, d}}, m >= 1 && m <= 12 && d >= 0 && d <= 31
}

// slashDate reads 3/4/2026 both ways. 24/7 and fractions are no dates.
func slashDate(g []string) (quantity, bool) {
	year := g[3]
	if len(year) == 2 {
		year = "20" + year
	}
	american, isAmerican := date(year, g[1], g[2])
	european, isEuropean := date(year, g[2], g[1])
	switch {
	case g[0] == "24/7" || g[3] == "" && (g[1] == "1" && len(g[2]) == 1):
		return quantity{kind: Number, value: g[0], free: true}, true
	case isAmerican && isEuropean:
		american.other = european.day
		return american, true
	case isAmerican:
		return american, true
	}
	return european, isEuropean
}

// scaled is an amount in digits, perhaps in thousands.
func scaled(digits, scale string) quantity {
	value := canonical(digits)
	zeros := map[string]int{"k": 3, "thousand": 3, "m": 6, "million": 6}[strings.ToLower(strings.TrimSpace(scale))]
	if zeros > 0 {
		whole, fraction, _ := strings.Cut(value, ".")
		fraction += strings.Repeat("0", max(0, zeros-len(fraction)))
		value = canonical(whole + fraction[:zeros] + "." + fraction[zeros:])
	}
	return quantity{kind: Amount, value: value}
}

func inWords(text string) (quantity, bool) {
	m, err := money.Parse(text, "USD")
	if err != nil {
		euros := strings.NewReplacer("euros", "dollars", "euro", "dollars", "pounds", "dollars", "pound", "dollars").Replace(strings.ToLower(text))
		if m, err = money.Parse(euros, "USD"); err != nil {
			return quantity{}, false
		}
	}
	return quantity{kind: Amount, value: canonical(m.Decimal())}, true
}

// numberWords are the words that begin every number in words.
var numberWords = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve teen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million")

// largestFree is the largest number that needs no source where it isn't an
// amount: a day, an hour, a handful of things.
const largestFree = 31

// beforeAmount ends a text after which even a small number is an amount.
var beforeAmount = regexp.MustCompile(`(?i)\b(?:balances?|totals?|amounts?|available|owe|spent|costs?|fee|worth|saldo)\b[^.!?\d]{0,25}$`)

func (s *search) number(g []string) (quantity, bool) {
	q := quantity{kind: Number, value: canonical(g[0])}
	n, err := strconv.Atoi(g[0])
	q.free = err == nil && n <= largestFree && !beforeAmount.MatchString(s.text[:s.at])
	return q, true
}

// canonical writes a number in the one way in which numbers are compared:
// without grouping, sign and needless zeros. 12,50 and 1.234,50 are read as
// Europeans write them.
func canonical(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	dot, comma := strings.LastIndex(s, "."), strings.LastIndex(s, ",")
	if comma > dot && len(s)-comma-1 == 2 {
		s = strings.ReplaceAll(s, ".", "")
		s = strings.Replace(s, ",", ".", 1)
	}
	s = strings.ReplaceAll(s, ",", "")
	s = strings.TrimLeft(s, "-−0")
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	return s
}
