package catalog

import "strings"

// explanation is a statement after which a snapshot and a dump disagree, on purpose.
type explanation struct {
	script, statement string // how the script is called, and what the statement contains
	why               string
}

// explanations are all there are. They are listed in docs/regress.md.
var explanations []explanation

func explained(at place, _ []Change) bool {
	for _, e := range explanations {
		if e.script == at.script && strings.Contains(at.statement, e.statement) {
			return true
		}
	}
	return false
}

// unrestored are objects of PostgreSQL's tests that pg_dump and psql make otherwise than they were.
var unrestored []explanation

func whyUnrestored(known []explanation, c Change) (string, bool) {
	return "", false
}
