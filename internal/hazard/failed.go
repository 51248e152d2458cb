package hazard

import (
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Failed is the statement that an upgrade failed on: the last one that PostgreSQL refused, as what the tool
// caught and went on from came before it. It is nil where none was refused, and where the failure says
// nothing about the revision: a lost connection, or a lack of resources.
func Failed(r *recorder.Recording) *recorder.Statement {
	if r == nil {
		return nil
	}
	for i := len(r.Statements) - 1; i >= 0; i-- {
		s := &r.Statements[i]
		if s.Error == nil || s.Housekeeping || s.Error.SQLState == "25P02" { // which follows a failure
			continue
		}
		for _, class := range []string{"08", "53", "57P", "58", "XX"} { // PostgreSQL's appendix A
			if strings.HasPrefix(s.Error.SQLState, class) {
				return nil
			}
		}
		return s
	}
	return nil
}

// failed is the statement that the upgrade failed on; nil where it went well.
func (v *view) failed() *recorder.Statement {
	if v.After != nil {
		return nil
	}
	return Failed(v.Recording)
}

// refused is the finding about the statement that failed.
func (v *view) refused(code string, s *recorder.Statement) Finding {
	v.explained[s.Number] = true
	object := ""
	if table := v.failedTable(s); table != "" {
		object = "table " + table
	}
	f := finding(code, Block, s, object)
	f.Known = recorder.Measured
	f.Evidence = "SQLSTATE " + s.Error.SQLState + ": " + s.Error.Message
	return f
}

// defining tells whether a statement changes a table or builds an index, so that rows which are there
// already stand in its way; and what it does, if it is ALTER TABLE.
func defining(s *recorder.Statement) (altering, bool) {
	a, alters := alters(s)
	return a, alters || anyIndex.MatchString(s.Text)
}

var anyIndex = pattern(`CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?:NAME )??ON (?:ONLY )?NAME`)

// failedTable is the table that an error is about: it says so itself, or the statement does.
func (v *view) failedTable(s *recorder.Statement) string {
	if s.Error.Table != "" {
		return s.Error.Schema + "." + s.Error.Table
	}
	named := name{}
	if a, ok := alters(s); ok {
		named = a.name()
	} else if found := anyIndex.FindStringSubmatch(s.Text); found != nil {
		named = nameOf(found[2])
	}
	if o, found := table(v.Before, named); found {
		return o.Schema + "." + o.Name
	}
	return ""
}

// offenders says how many rows stand in the way.
func (v *view) offenders() string {
	if v.Offenders < 0 {
		return "rows"
	}
	return count(v.Offenders, "row")
}

// plainTable is a table's name for a title.
func plainTable(qualified string) string {
	schema, table, _ := strings.Cut(qualified, ".")
	return "`" + plainName(schema, table) + "`"
}
