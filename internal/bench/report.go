package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// slack is by how much a goal may be missed before the run fails: figures move from run to run.
const slack = 0.2

// goal is a bound of a figure.
type goal struct {
	Bound   float64 `json:"bound"`
	AtLeast bool    `json:"at_least,omitempty"` // else at most
}

func most(bound float64) goal { return goal{Bound: bound} }

func least(bound float64) goal { return goal{Bound: bound, AtLeast: true} }

func (g goal) holds(measured, slack float64) bool {
	if g.AtLeast {
		return measured >= g.Bound*(1-slack)
	}
	return measured <= g.Bound*(1+slack)
}

// figure is one line of the table.
type figure struct {
	Name     string  `json:"name"`
	Goal     goal    `json:"goal"`
	Measured float64 `json:"measured"`
	Unit     string  `json:"unit"`
	Gated    bool    `json:"gated"` // whether missing it by more than the slack fails the run: of ratios and errors
	Quiet    bool    `json:"quiet"`
	Beside   string  `json:"beside"` // what else the step showed
}

// verdict says in words how the figure stands to its goal.
func (f figure) verdict() string {
	word := "missed"
	if f.Goal.holds(f.Measured, 0) {
		word = "held"
	}
	if !f.Quiet {
		word += ", noisy"
	}
	return word
}

func (f figure) breach() bool { return f.Gated && f.Quiet && !f.Goal.holds(f.Measured, slack) }

func (f figure) value(v float64) string {
	number := fmt.Sprintf("%.3g", v)
	if v >= 100 {
		number = fmt.Sprintf("%.0f", v)
	}
	if f.Unit == "" {
		return number
	}
	return number + " " + f.Unit
}

func (f figure) goal() string {
	if f.Goal.AtLeast {
		return "≥ " + f.value(f.Goal.Bound)
	}
	return "≤ " + f.value(f.Goal.Bound)
}

// report is what a run gives.
type report struct {
	When    time.Time          `json:"when"`
	Go      string             `json:"go"`
	Cores   int                `json:"cores"`
	Figures []figure           `json:"figures"`
	Logins  []step[loginRound] `json:"logins,omitempty"`
	Pages   []step[pageRound]  `json:"pages,omitempty"`
}

func newReport() *report {
	return &report{When: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(), Cores: runtime.NumCPU()}
}

func (r *report) add(figures ...figure) { r.Figures = append(r.Figures, figures...) }

// print writes the figures as a table in Markdown.
func (r *report) print(out io.Writer) {
	fmt.Fprintf(out, "Measured %s, %d cores, %s.\n\n", r.When.Format("2006-01-02 15:04 UTC"), r.Cores, r.Go)
	fmt.Fprintln(out, "| Figure | Goal | Measured | Verdict | Beside it |\n|---|---|---|---|---|")
	for _, f := range r.Figures {
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", f.Name, f.goal(), f.value(f.Measured), f.verdict(), f.Beside)
	}
}

// save writes all that was measured as JSON.
func (r *report) save(path string) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// breaches names the figures that fail the run.
func (r *report) breaches() (names []string) {
	for _, f := range r.Figures {
		if f.breach() {
			names = append(names, fmt.Sprintf("%s: %s, goal %s", f.Name, f.value(f.Measured), f.goal()))
		}
	}
	return names
}
