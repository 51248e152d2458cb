package hazard

import (
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// failed is the statement of a revision that PostgreSQL refused; nil where none was. What says nothing
// about the revision is left out: lost connections and a lack of resources.
func (v *view) failed() *recorder.Statement {
	for _, s := range v.statements {
		if s.Error == nil || s.Error.SQLState == "25P02" { // which follows a failure
			continue
		}
		for _, class := range []string{"08", "53", "57P", "58", "XX"} {
			if strings.HasPrefix(s.Error.SQLState, class) {
				return nil
			}
		}
		return s
	}
	return nil
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

// failedTable is the table that an error is about: it says so itself, or the statement does.
func (v *view) failedTable(s *recorder.Statement) string {
	if s.Error.Table != "" {
		return s.Error.Schema + "." + s.Error.Table
	}
	named := name{}
	if a, ok := alters(s); ok {
		named = a.name()
	} else if found := createIndex.FindStringSubmatch(one(s.Text)); found != nil {
		named = nameOf(found[3])
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
