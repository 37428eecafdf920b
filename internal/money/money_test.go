package money

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestString(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]Amount{
		"$0.00":                       Of(0, "USD"),
		"$0.05":                       Of(5, "USD"),
		"-$12.00":                     Of(-1200, "USD"),
		"$1,234.50":                   Of(123450, "USD"),
		"€1,000,000.00":               Of(100000000, "EUR"),
		"¥1,234":                      Of(1234, "JPY"),
		"KWD 1.005":                   Of(1005, "KWD"),
		"CHF 999.99":                  Of(99999, "CHF"),
		"-$92,233,720,368,547,758.08": Of(math.MinInt64, "USD"),
	} {
		if got := a.String(); got != want {
			t.Errorf("%+v prints %s, want %s", a, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"12": 1200, "$12.5": 1250, " $1,234.50 ": 123450, "1.2k": 120000, "$3k": 300000, "0.01": 1, "1,000,000": 100000000,
		"1.234,50": 123450, "1.000.000,00": 100000000,
	} {
		if got, err := Parse(text, "USD"); err != nil || got != Of(want, "USD") {
			t.Errorf("%q: %+v, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "$", "abc", "-5", "1.234", "12,5", "1,23", ",100", "1e9", "NaN", "Inf", "12 34", "0x10", "٣", "99999999999999999999", "1.5.2", "1.23,50", "1.234,5", "1,234,50", "1.234,567"} {
		if got, err := Parse(text, "USD"); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestParseReadsWhatStringPrints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Of(rapid.Int64Range(0, 999_999_999_999_999).Draw(t, "minor"), rapid.SampledFrom([]string{"USD", "EUR", "JPY", "GBP"}).Draw(t, "currency"))
		if got, err := Parse(a.String(), a.Currency); err != nil || got != a {
			t.Fatalf("%s: %+v, %v", a, got, err)
		}
	})
}

func TestAddIsExactOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		sum, err := Of(a, "USD").Add(Of(b, "USD"))
		fits := !(b > 0 && a > math.MaxInt64-b) && !(b < 0 && a < math.MinInt64-b)
		if fits != (err == nil) || fits && sum.Minor != a+b {
			t.Fatalf("%d + %d: %+v, %v", a, b, sum, err)
		}
	})
	if _, err := Of(1, "USD").Add(Of(1, "EUR")); !errors.Is(err, ErrCurrency) {
		t.Errorf("dollars and euros: %v", err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Of(-123450, "USD"))
	if want := `{"minor":-123450,"currency":"USD","display":"-$1,234.50"}`; err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

func TestParseReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"50 bucks": 5000, "a hundred dollars": 10000, "one hundred and twenty": 12000, "fifty": 5000, "twenty-five dollars": 2500,
		"1.2k": 120000, "2 grand": 200000, "two thousand five hundred": 250000, "$ 7": 700, "7$": 700, "US$5": 500, "5 USD": 500,
		"usd 12.50": 1250, "three million": 300000000, "5 dollars and 20 cents": 520, "99 cents": 99, ".5": 50, "0012": 1200, "a buck": 0,
		"fifty-five dollars and five cents": 5505, "a thousand": 100000, "1.2 thousand": 120000, "100.000": 10000, "0": 0, "12.5 dollars": 1250,
	} {
		got, err := Parse(text, "USD")
		if text == "a buck" { // an article alone is no number
			if err == nil {
				t.Errorf("%q was read as %v", text, got)
			}
			continue
		}
		if err != nil || got.Minor != want {
			t.Errorf("%q = %v, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"€50": ErrCurrency, "50 euros": ErrCurrency, "£1": ErrCurrency, "-5": ErrNegative, "minus five": ErrNegative, "$-5": ErrNegative,
		"1.234": ErrDecimals, "9999999999999999": ErrOverflow, "NaN": ErrNotAmount, "infinity": ErrNotAmount, "two fifty": ErrNotAmount,
		"a few dollars": ErrNotAmount, "1e9": ErrNotAmount, "ten five": ErrNotAmount, "5.": ErrNotAmount, "all of it": ErrNotAmount, "dollars": ErrNotAmount,
		strings.Repeat("one ", 60): ErrNotAmount,
	} {
		if got, err := Parse(text, "USD"); !errors.Is(err, want) {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("$1,234.50")
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := Parse(text, "USD"); err == nil && a.Minor < 0 {
			t.Errorf("%q became negative: %v", text, a)
		}
	})
}
