package migrate

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// answer is what the helper wrote; its fields are the helper's own names.
type answer struct {
	Python         string             `json:"python"`
	Packages       map[string]string  `json:"packages"`
	Versions       Versions           `json:"versions"`
	Graph          Graph              `json:"graph"`
	Before         []string           `json:"before"`
	After          []string           `json:"after"`
	Applied        []step             `json:"applied"`
	Reverted       []step             `json:"reverted"`
	AfterDowngrade []string           `json:"after_downgrade"`
	Drift          *driftAnswer       `json:"drift"`
	Models         *scratchAnswer     `json:"models"`
	History        *scratchAnswer     `json:"history"`
	Stairs         []stairAnswer      `json:"stairs"`
	Spans          []spanAnswer       `json:"spans"`
	Rounds         []roundAnswer      `json:"rounds"`
	VersionTables  []VersionTable     `json:"version_tables"`
	Warnings       []string           `json:"warnings"`
	Timings        map[string]float64 `json:"timings"`
	Scheme         string             `json:"scheme"`
	// OtherScheme fits an env.py of the other kind, sync or async; empty without a driver for it.
	OtherScheme string   `json:"other_scheme"`
	Interrupted bool     `json:"interrupted"`
	Error       *failure `json:"error"`
}

type step struct {
	Revision   string  `json:"revision"`
	Seconds    float64 `json:"seconds"`
	Statements int     `json:"statements"`
	Done       bool    `json:"done"`
}

type driftAnswer struct {
	Operations []string      `json:"operations"`
	Body       string        `json:"body"`
	Down       string        `json:"down"`
	Imports    []string      `json:"imports"`
	Tables     []string      `json:"tables"`
	File       *RevisionFile `json:"file"`
	Rejected   []Rejected    `json:"rejected"`
	Unjudged   *failure      `json:"unjudged"`
}

type scratchAnswer struct {
	Seconds float64  `json:"seconds"`
	Heads   []string `json:"heads"`
	Error   *failure `json:"error"`
}

type stairAnswer struct {
	Revision     string   `json:"revision"`
	Direction    string   `json:"direction"`
	Seconds      float64  `json:"seconds"`
	Irreversible bool     `json:"irreversible"`
	Error        *failure `json:"error"`
}

// spanAnswer has its times in nanoseconds since 1970.
type spanAnswer struct {
	Start     int64  `json:"start"`
	End       int64  `json:"end"`
	Revision  string `json:"revision"`
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Operation string `json:"operation"`
}

func spans(told []spanAnswer) []Span {
	var out []Span
	for _, s := range told {
		out = append(out, Span{
			Start: time.Unix(0, s.Start), End: time.Unix(0, s.End),
			Revision: s.Revision, Path: s.Path, Line: s.Line, Operation: s.Operation,
		})
	}
	return out
}

func (s *scratchAnswer) scratch() *Scratch {
	if s == nil {
		return nil
	}
	return &Scratch{Took: seconds(s.Seconds), Heads: s.Heads, Err: s.Error.explained()}
}

func (s stairAnswer) stair() Stair {
	return Stair{
		Revision: s.Revision, Direction: s.Direction, Took: seconds(s.Seconds),
		Irreversible: s.Irreversible, Err: s.Error.explained(),
	}
}

// explained finds the words; nil where nothing failed.
func (f *failure) explained() *Error {
	if f == nil {
		return nil
	}
	return newError(*f, nil)
}

// failure is an exception as the helper describes it: without row data.
type failure struct {
	Phase      string  `json:"phase"`
	Revision   string  `json:"revision"`
	Touched    bool    `json:"touched"`
	Chain      []cause `json:"chain"`
	Where      string  `json:"where"`
	SQLState   string  `json:"sqlstate"`
	Message    string  `json:"message"`
	Hint       string  `json:"hint"`
	Schema     string  `json:"schema"`
	Table      string  `json:"table"`
	Column     string  `json:"column"`
	Constraint string  `json:"constraint"`
	Statement  string  `json:"statement"`
	Missing    *module `json:"missing"`
}

// cause is one exception of a chain: the names of its class and base classes, and its text.
type cause struct {
	Types   []string `json:"types"`
	Message string   `json:"message"`
}

// module is one that could not be imported; Here tells that the project's directory has it.
type module struct {
	Name string `json:"name"`
	Here bool   `json:"here"`
}

func readAnswer(path string) (answer, error) {
	var a answer
	data, err := os.ReadFile(path)
	if err != nil {
		return a, fmt.Errorf("reading the answer of the Alembic helper: %w", err)
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return a, fmt.Errorf("reading the answer of the Alembic helper: %w", err)
	}
	return a, nil
}

// result turns the answer into the value that callers see.
func (a answer) result() Result {
	r := Result{
		Versions: a.Versions, Graph: a.Graph, Before: a.Before, After: a.After, Applied: applied(a.Applied),
		Reverted: applied(a.Reverted), AfterDowngrade: a.AfterDowngrade, Warnings: a.Warnings, Scheme: a.Scheme,
		VersionTables: a.VersionTables, Models: a.Models.scratch(), History: a.History.scratch(),
		Spans: spans(a.Spans), Timings: map[string]time.Duration{},
	}
	for name, s := range a.Timings {
		r.Timings[name] = seconds(s)
	}
	for _, s := range a.Stairs {
		r.Stairs = append(r.Stairs, s.stair())
	}
	if d := a.Drift; d != nil {
		r.Drift = &Drift{Operations: d.Operations, Body: d.Body, Down: d.Down, Imports: d.Imports, Tables: d.Tables}
		r.Drift.File, r.Drift.Rejected, r.Drift.Unjudged = d.File, d.Rejected, d.Unjudged.explained()
	}
	return r
}

// applied sums up steps: a project with a schema for each customer runs a revision many times.
func applied(steps []step) []Applied {
	var out []Applied
	at := map[string]int{}
	for _, s := range steps {
		i, known := at[s.Revision]
		if !known {
			i = len(out)
			at[s.Revision] = i
			out = append(out, Applied{Revision: s.Revision, Done: true})
		}
		out[i].Took += seconds(s.Seconds)
		out[i].Statements += s.Statements
		out[i].Done = out[i].Done && s.Done
	}
	return out
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
