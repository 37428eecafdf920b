package loadtest

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{"ms": milliseconds}).Parse(page))

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }

type reportRow struct {
	Name  string
	Share int
	*Tally
	P50, P90, P95, P99, P999, Slowest time.Duration
}

type reasonRow struct {
	Reason string
	Count  int
}

func row(name string, share int, t *Tally) reportRow {
	return reportRow{name, share, t, t.Quantile(.5), t.Quantile(.9), t.Quantile(.95), t.Quantile(.99), t.Quantile(.999), t.Max()}
}

// Report writes the run as one HTML page that loads nothing from elsewhere.
// verdict is what Judge returned.
func (r *Result) Report(w io.Writer, verdict error) error {
	rows := make([]reportRow, 0, len(Mix)+1)
	for _, s := range Mix {
		rows = append(rows, row(string(s.Operation), s.Percent, r.operations[s.Operation]))
	}
	var verdicts []string
	if verdict != nil {
		verdicts = strings.Split(verdict.Error(), "\n")
	}
	return pageTemplate.Execute(w, map[string]any{
		"Result": r, "Rows": append(rows, row("all", 100, r.all)), "Verdicts": verdicts, "Reasons": r.sortedReasons(),
		"Rate": float64(r.all.Count()) / max(r.Took.Seconds(), 1e-9), "Plots": r.plots(), "Notes": r.Notes(),
	})
}

func (r *Result) sortedReasons() []reasonRow {
	rows := make([]reasonRow, 0, len(r.reasons))
	for reason, n := range r.reasons {
		rows = append(rows, reasonRow{reason, n})
	}
	slices.SortFunc(rows, func(a, b reasonRow) int { return b.Count - a.Count })
	return rows
}

// plot is a chart of some lines over the run's seconds, drawn as SVG.
type plot struct {
	Title, Unit string
	Top         string // what the upper edge means
	Lines       []line
	Seconds     int
}

type line struct{ Name, Color, Points string }

// The plots' size in the units of their SVG.
const plotWidth, plotHeight = 960.0, 180.0

type series struct {
	name, color string
	at          []float64 // seconds
	value       []float64
}

func (r *Result) plots() []plot {
	tallies := map[string]func(*Tally) float64{
		"arrived": func(t *Tally) float64 { return float64(t.Count()) },
		"failed":  func(t *Tally) float64 { return float64(t.Failed + t.Wrong) },
		"refused": func(t *Tally) float64 { return float64(t.Refused) },
		"P50":     func(t *Tally) float64 { return float64(t.Quantile(.5).Microseconds()) / 1000 },
		"P95":     func(t *Tally) float64 { return float64(t.Quantile(.95).Microseconds()) / 1000 },
		"P99":     func(t *Tally) float64 { return float64(t.Quantile(.99).Microseconds()) / 1000 },
	}
	of := func(name, color string) series {
		s := series{name: name, color: color}
		for i, t := range r.seconds {
			s.at, s.value = append(s.at, float64(i)), append(s.value, tallies[name](t))
		}
		return s
	}
	memory, goroutines := series{name: "memory", color: "#2b6cb0"}, series{name: "goroutines", color: "#2b6cb0"}
	for _, s := range r.Samples {
		memory.at, memory.value = append(memory.at, s.At.Seconds()), append(memory.value, s.MemoryMB)
		goroutines.at, goroutines.value = append(goroutines.at, s.At.Seconds()), append(goroutines.value, float64(s.Goroutines))
	}
	seconds := max(1, len(r.seconds))
	return []plot{
		draw("Operations a second", "/s", seconds, of("arrived", "#2b6cb0"), of("refused", "#d69e2e"), of("failed", "#c53030")),
		draw("Latency from the moment of arrival", "ms", seconds, of("P50", "#38a169"), of("P95", "#d69e2e"), of("P99", "#c53030")),
		draw("Memory of the process behind /live", "MB", seconds, memory),
		draw("Goroutines of the process behind /live", "", seconds, goroutines),
	}
}

func draw(title, unit string, seconds int, all ...series) plot {
	top := 0.0
	for _, s := range all {
		for _, v := range s.value {
			top = max(top, v)
		}
	}
	top = round(top)
	p := plot{Title: title, Unit: unit, Seconds: seconds, Top: fmt.Sprintf("%g %s", top, unit)}
	for _, s := range all {
		var points strings.Builder
		for i, v := range s.value {
			fmt.Fprintf(&points, "%.1f,%.1f ", plotWidth*s.at[i]/float64(seconds), plotHeight*(1-v/top))
		}
		p.Lines = append(p.Lines, line{s.name, s.color, points.String()})
	}
	return p
}

// round returns the next larger number of one or two digits and zeros.
func round(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Ceil(v/unit) * unit
}
