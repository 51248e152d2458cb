// Package hazard judges what a rehearsal measured: rules over the changes of the catalog and the
// recording of the statements, one rule a file, each ending in findings with their evidence and
// the safe way.
package hazard

import (
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Severity ranks a finding.
type Severity string

// The severities, mildest first.
const (
	Info  Severity = "info"
	Warn  Severity = "warn"
	Block Severity = "block"
)

// Finding is one judged risk.
type Finding struct {
	// Code is the rule's stable name, such as H016; the numbers are those of docs/risk.md.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Object is what it is about, as a catalog identity prints: "table public.orders".
	Object string `json:"object,omitempty"`
	// Title says it in one sentence, numbers first.
	Title string `json:"title"`
	// Evidence is what was seen, and Known how it is known.
	Evidence string            `json:"evidence,omitempty"`
	Known    recorder.Evidence `json:"known,omitempty"`
	// Why it matters, in two sentences at most.
	Why string `json:"why,omitempty"`
	// Advice is the safe way in words; Fix is the same as Alembic code for this very object.
	Advice string `json:"advice,omitempty"`
	Fix    string `json:"fix,omitempty"`
	// Statement is the number in the recording, 0 where there is none; the other three are that
	// statement's.
	Statement int    `json:"statement,omitempty"`
	Revision  string `json:"revision,omitempty"`
	Path      string `json:"path,omitempty"`
	Line      int    `json:"line,omitempty"`
	// Allowed is why the finding does not count; nil as a rule.
	Allowed *Allowance `json:"allowed,omitempty"`
}

// Allowance takes a finding out of the verdict.
type Allowance struct {
	Code string `json:"code"`
	// Object is a table's name with or without its schema, or an identity; empty means any.
	Object string `json:"object,omitempty"`
	// Revision limits it to one revision: that of the file the comment stands in.
	Revision string `json:"revision,omitempty"`
	Reason   string `json:"reason"`
	// Where it stands: a path, with the line after a colon.
	Where string `json:"where"`
}

// Limits are the thresholds of the rules; see [DefaultLimits].
type Limits struct {
	// WarnBlocked and StopBlocked are how long a table may be closed to readers or writers before a
	// finding warns and blocks.
	WarnBlocked, StopBlocked time.Duration
	// ManyRows is where one statement that writes data is too large for one transaction.
	ManyRows int64
}

// DefaultLimits are used where nobody said otherwise.
func DefaultLimits() Limits {
	return Limits{WarnBlocked: 500 * time.Millisecond, StopBlocked: 10 * time.Second, ManyRows: 50_000}
}

// Use is one thing that a program's code did with the database, tried out and rolled back.
type Use struct {
	// Class is the mapped class, Table its table with its schema, Operation select, insert or update.
	Class, Table, Operation string
	// SQLState and Message are the failure's; empty where it went well.
	SQLState, Message string
	// Column is the one that the failure names, if it does.
	Column string
}

// Deploy is what was tried out of old code with the new schema and of new code with the old one.
// Each list holds the uses that fail there and do not fail with the schema that the code was written for.
type Deploy struct {
	OldCodeNewSchema, NewCodeOldSchema []Use
	// Tried tells how many uses were tried on each side.
	Tried int
}

// Input is all that the rules look at.
type Input struct {
	Before, After *catalog.Snapshot
	Changes       []catalog.Change
	// Recording is nil where nothing was measured.
	Recording *recorder.Recording
	Limits    Limits
	// Offenders is how many rows stand in the way of the statement that failed; -1 where unknown.
	Offenders int64
	// Deploy is nil where it was not tried.
	Deploy     *Deploy
	Allowances []Allowance
}
