package hazard

import (
	"regexp"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// altering is one ALTER TABLE: the table as it was written, and what is done to it.
type altering struct {
	table  string
	action string
}

var alterTable = pattern(`ALTER TABLE (?:IF EXISTS )?(?:ONLY )?NAME (.*)$`)

// alters reads an ALTER TABLE; false for anything else.
func alters(s *recorder.Statement) (altering, bool) {
	found := alterTable.FindStringSubmatch(one(s.Text))
	if found == nil {
		return altering{}, false
	}
	return altering{table: found[1], action: found[2]}, true
}

// name is the table's.
func (a altering) name() name { return nameOf(a.table) }

// constraint is a constraint that an ALTER TABLE adds.
type constraint struct {
	name string // as it was written; empty where it has none
	kind string // CHECK, FOREIGN KEY, UNIQUE, PRIMARY KEY, EXCLUDE
	rest string
}

var addConstraint = pattern(`ADD (?:CONSTRAINT NAME )?(CHECK|FOREIGN KEY|UNIQUE|PRIMARY KEY|EXCLUDE)\b(.*)$`)

// adds reads the constraint that is added; false where none is.
func (a altering) adds() (constraint, bool) {
	found := addConstraint.FindStringSubmatch(a.action)
	if found == nil {
		return constraint{}, false
	}
	kind := strings.ToUpper(strings.Join(strings.Fields(found[2]), " "))
	return constraint{name: found[1], kind: kind, rest: strings.TrimSpace(found[3])}, true
}

// single tells that an ALTER TABLE does one thing only, so that it can be written otherwise.
func (a altering) single() bool {
	depth := 0
	for _, r := range outside.ReplaceAllString(a.action, "''") {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',', ';':
			if depth == 0 {
				return false
			}
		}
	}
	return true
}

// outside are strings and quoted names.
var outside = regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"]|"")*"`)

// each calls a rule for every statement and collects what it finds.
func (v *view) each(look func(*recorder.Statement) (Finding, bool)) []Finding {
	var all []Finding
	for _, s := range v.statements {
		if s.Error != nil {
			continue
		}
		if f, found := look(s); found {
			all = append(all, f)
		}
	}
	return all
}

// dataTags are the command tags of statements that write rows.
var dataTags = []string{"UPDATE", "INSERT", "DELETE", "MERGE", "COPY"}

// tagged tells whether a statement has one of these command tags.
func tagged(s *recorder.Statement, tags ...string) bool {
	for _, t := range s.Tags {
		for _, want := range tags {
			if t == want {
				return true
			}
		}
	}
	return false
}
