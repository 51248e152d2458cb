package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Error is a failure of Alembic, of the project's code or of the database, without row data.
type Error struct {
	// Code names the kind of failure, for code that decides by it: the Code constants, and
	// more that are listed in the table of advice.
	Code string
	// What names the step that failed, Why the cause, Do the next step.
	What, Why, Do string
	// Phase is "load", "upgrade", "drift", "current" or "downgrade".
	Phase string
	// Revision is the one that was running, if any.
	Revision string
	// Type is the qualified name of the Python exception, Message its text. Where the text
	// may hold row data it is withheld.
	Type, Message string
	// SQLState is PostgreSQL's code of the error, and the names are the objects it is about;
	// all empty for other failures.
	SQLState, Hint                    string
	Schema, Table, Column, Constraint string
	// Statement is the SQL that failed, with the values of data statements cut.
	Statement string
	// Where is the project's line that it went through, as path:line relative to [Project.Dir].
	Where string
	// Output is the end of what the project printed.
	Output []string
	// Err is the cause, if it is one of this program's.
	Err error
}

// Codes that a story decides by.
const (
	CodeUnknownRevision   = "unknown-revision"
	CodeSeveralHeads      = "several-heads"
	CodeNoMetadata        = "no-metadata"
	CodeModelsNotImported = "models-not-imported"
	CodeNotUpToDate       = "not-up-to-date"
	CodeIrreversible      = "irreversible"
	CodeForeignConnection = "foreign-connection"
	CodeNothingCommitted  = "nothing-committed"
	CodeNeverRan          = "env-runs-no-migrations"
	CodeModuleMissing     = "module-missing"
	CodeDriverMissing     = "driver-missing"
	CodeSyncDriver        = "sync-driver-in-async-env"
	CodeAsyncDriver       = "async-driver-in-sync-env"
	CodeLockTimeout       = "lock-timeout"
	CodeDatabase          = "database-error"
	CodePython            = "python-error"
	CodeDied              = "python-died"
)

// Error implements error: the step and the cause in one line.
func (e *Error) Error() string {
	text := e.What
	if e.Type != "" {
		short := e.Type[strings.LastIndex(e.Type, ".")+1:]
		text += ": " + short + ": " + firstLine(e.Message)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Explain implements [fault.Explainer].
func (e *Error) Explain() fault.Explanation { return fault.Explanation{Why: e.Why, Do: e.Do} }

// newError finds the words for a failure that the helper described.
func newError(f failure, output []string) *Error {
	e := &Error{
		Phase: f.Phase, Revision: f.Revision, SQLState: f.SQLState, Hint: f.Hint, Schema: f.Schema, Table: f.Table,
		Column: f.Column, Constraint: f.Constraint, Statement: f.Statement, Where: f.Where, Output: output, What: what(f),
	}
	e.Type, e.Message = f.root()
	a := adviceFor(f)
	e.Code, e.Why, e.Do = a.code, a.why, a.do
	return e
}

// root picks the exception that says most: the server's own, else the outermost that is not a wrapper.
func (f failure) root() (kind, message string) {
	if len(f.Chain) == 0 {
		return "", ""
	}
	first := f.Chain[0]
	if f.SQLState != "" {
		// The innermost class is the driver's own name of the error: UniqueViolation.
		return f.Chain[len(f.Chain)-1].name(), f.Message
	}
	return first.name(), first.Message
}

func (c cause) name() string {
	if len(c.Types) == 0 {
		return "Exception"
	}
	return c.Types[0]
}

// is tells whether the exception is of a class, by its name or its qualified name's end.
func (c cause) is(name string) bool {
	return slices.ContainsFunc(c.Types, func(t string) bool { return t == name || strings.HasSuffix(t, "."+name) })
}

func what(f failure) string {
	switch {
	case f.Revision != "" && f.Phase == "downgrade":
		return fmt.Sprintf("downgrading revision %s", f.Revision)
	case f.Revision != "" && f.Phase == "history":
		return fmt.Sprintf("running revision %s on an empty database", f.Revision)
	case f.Revision != "":
		return fmt.Sprintf("running revision %s", f.Revision)
	}
	words := map[string]string{
		"load": "loading the Alembic project", "upgrade": "upgrading the database",
		"drift": "comparing the models with the database", "downgrade": "downgrading the database",
		"models": "creating the models in an empty database", "history": "running the revisions from base",
		"current": "reading the current revision", "downgraded": "reading the current revision",
	}
	if w, ok := words[f.Phase]; ok {
		return w
	}
	return "starting Alembic"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
