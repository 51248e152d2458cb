package migrate

import (
	"regexp"
	"strings"
)

// redactor takes row data out of lines of output. It is the second net: the helper already
// cuts values out of the exceptions of SQLAlchemy's engines. What reaches here is printed by
// code that talks to a driver itself, or logs parameters on purpose.
type redactor struct {
	// dropping holds until a line that can only follow a detail: its value may have line
	// ends in it, made by someone who wants to be shown.
	dropping bool
}

var (
	// detailStart begins the parts of an error that quote rows.
	detailStart = regexp.MustCompile(`(?:^|\s)(?:DETAIL|CONTEXT|QUERY|STATEMENT|PL/pgSQL function):\s`)
	// detailEnd follows a detail in SQLAlchemy's and psycopg's texts.
	detailEnd = regexp.MustCompile(`^(?:HINT:  |\(Background on this error at: |The above exception was the direct cause|During handling of the above|INFO  \[|Traceback of the project|Traceback \(most recent call last\))`)
	// parameters in SQLAlchemy's texts, and those that echo=True logs.
	parameters = regexp.MustCompile(`\[parameters: .*`)
	echoed     = regexp.MustCompile(`(\[(?:generated in|cached since|no key|caching disabled|raw sql|dialect \S+)[^\]]*\]).*`)
	excerpt    = regexp.MustCompile(`^(LINE \d+: ).*`)
	// asyncpg quotes the value that it could not encode.
	argument = regexp.MustCompile(`(invalid input for query argument \$\d+: ).*`)
	// pydantic quotes what it was given: for settings that is the environment.
	input  = regexp.MustCompile(`input_value=.*(, input_type=)`)
	quoted = regexp.MustCompile(`(invalid input (?:syntax|value) for [^:]+: |out of range: ).*`)
)

// line returns the line as it may be shown; false means not at all.
func (r *redactor) line(s string) (string, bool) {
	if r.dropping {
		if !detailEnd.MatchString(s) {
			return "", false
		}
		r.dropping = false
	}
	if at := detailStart.FindStringIndex(s); at != nil {
		// Even a line that looks complete may go on: only a known follower ends it.
		r.dropping = true
		s = strings.TrimRight(s[:at[0]], " ")
		return s, s != ""
	}
	for _, one := range []struct {
		find *regexp.Regexp
		with string
	}{
		{parameters, "[parameters: not shown]"},
		{echoed, "$1 (parameters not shown)"},
		{excerpt, "${1}(not shown)"},
		{input, "input_value=(not shown)$1"},
		{argument, "${1}(not shown)"},
		{quoted, "${1}(not shown)"},
	} {
		s = one.find.ReplaceAllString(s, one.with)
	}
	return s, true
}
