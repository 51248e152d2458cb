package migrate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutputLosesRowData(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"ordinary", "INFO  [alembic] Running upgrade a -> b\nhello\n", "INFO  [alembic] Running upgrade a -> b\nhello\n"},
		{
			"detail", "psycopg.errors.UniqueViolation: could not create unique index \"k\"\nDETAIL:  Key (email)=(bob@x) is duplicated.\nHINT:  clean up\n",
			"psycopg.errors.UniqueViolation: could not create unique index \"k\"\nHINT:  clean up\n",
		},
		{
			"detail in the middle", "ERROR: duplicate DETAIL:  Key (email)=(bob)\nmore of bob\n(Background on this error at: https://x)\n",
			"ERROR: duplicate\n(Background on this error at: https://x)\n",
		},
		{"context", "ERROR: x\nCONTEXT:  COPY users, line 1: \"bob\"\n", "ERROR: x\n"},
		{"parameters", "[parameters: {'email': 'bob'}]\n", "[parameters: not shown]\n"},
		{"echo", "INFO sqlalchemy.engine.Engine [generated in 0.0001s] {'email': 'bob'}\n", "INFO sqlalchemy.engine.Engine [generated in 0.0001s] (parameters not shown)\n"},
		{"excerpt", "LINE 1: SELECT 'bob'\n", "LINE 1: (not shown)\n"},
		{"argument", "asyncpg.exceptions.DataError: invalid input for query argument $1: 'bob' (expected str)\n", "asyncpg.exceptions.DataError: invalid input for query argument $1: (not shown)\n"},
		{"cast", "invalid input syntax for type integer: \"bob\"\n", "invalid input syntax for type integer: (not shown)\n"},
		{"settings", "  Field required [type=missing, input_value={'KEY': 'bob'}, input_type=dict]\n", "  Field required [type=missing, input_value=(not shown), input_type=dict]\n"},
		{"last line", "no end", "no end\n"},
	}
	for _, test := range tests {
		for _, chunk := range []int{1, 7, 1000} {
			var out bytes.Buffer
			l := newLines(&out)
			for rest := test.in; rest != ""; rest = rest[min(chunk, len(rest)):] {
				fmt.Fprint(l, rest[:min(chunk, len(rest))])
			}
			l.close()
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("%s, by %d bytes (-want +got):\n%s", test.name, chunk, diff)
			}
		}
	}
}

func TestLinesBoundWhatTheyHold(t *testing.T) {
	var out bytes.Buffer
	l := newLines(&out)
	fmt.Fprint(l, strings.Repeat("x", 3*maxLine))
	if len(l.held) >= maxLine || out.Len() < 2*maxLine {
		t.Errorf("%d bytes held, %d passed on", len(l.held), out.Len())
	}
	for i := range 1000 {
		fmt.Fprintln(l, "line", i)
	}
	if last := l.last(); len(last) != keptLines || last[keptLines-1] != "line 999" {
		t.Errorf("%d lines kept: %q", len(last), last)
	}
}

// FuzzOutput holds that whatever stands before a detail, its value does not pass.
func FuzzOutput(f *testing.F) {
	f.Add("ERROR: x")
	f.Fuzz(func(t *testing.T, before string) {
		var out bytes.Buffer
		l := newLines(&out)
		fmt.Fprintf(l, "%s\nDETAIL:  Key (x)=(%s needle-7f3a\nneedle-7f3a", before, strings.ReplaceAll(before, "\n", ""))
		l.close()
		if strings.Contains(out.String(), "needle-7f3a") {
			t.Errorf("row data passes after %q: %q", before, out.String())
		}
	})
}
