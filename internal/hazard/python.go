package hazard

import (
	"fmt"
	"strings"
)

// The safe ways are Alembic code that can be pasted: op calls where Alembic has one, else
// op.execute with SQL. Where more than one revision is needed, these lines part them.
const (
	firstRevision = "# first revision"
	laterRevision = "# a later revision"
)

// execute is SQL as an op call.
func execute(format string, args ...any) string {
	sql := fmt.Sprintf(format, args...)
	if strings.Contains(sql, "\n") {
		return "op.execute(\n    " + triple(sql) + "\n)"
	}
	return "op.execute(" + python(sql) + ")"
}

// autocommit runs lines outside of the revision's transaction, one at a time.
func autocommit(lines ...string) string {
	body := strings.Join(lines, "\n")
	return "with op.get_context().autocommit_block():\n    " + strings.ReplaceAll(body, "\n", "\n    ")
}

// code joins lines.
func code(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

// python is a string of Python. A colon before a word would be a parameter to SQLAlchemy.
func python(s string) string {
	s = bound(s)
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	return `"` + s + `"`
}

func triple(s string) string {
	s = bound(s)
	s = strings.NewReplacer(`\`, `\\`, `"""`, `\"\"\"`).Replace(s)
	return `"""` + s + `"""`
}

// bound escapes what SQLAlchemy's text() takes for a parameter; casts (::) are none.
func bound(s string) string {
	var b strings.Builder
	for i, r := range s {
		next := i+1 < len(s) && (s[i+1] == '_' || s[i+1] >= 'a' && s[i+1] <= 'z' || s[i+1] >= 'A' && s[i+1] <= 'Z')
		if r == ':' && next && (i == 0 || s[i-1] != ':') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// list is names as a list of Python.
func list(names []string) string {
	var all []string
	for _, n := range names {
		all = append(all, python(n))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// schemaArgument is the keyword for a table that is not in public.
func schemaArgument(schema string) string {
	if schema == "" || schema == "public" {
		return ""
	}
	return ", schema=" + python(schema)
}

// backfill fills a column in batches, each a transaction of its own: no row is locked for long. It must
// not run in a transaction.
func backfill(table, column, value string) string {
	return execute(`DO $$
    DECLARE
        filled bigint;
    BEGIN
        LOOP
            UPDATE %s SET %s = %s
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %s IS NULL LIMIT 5000));
            GET DIAGNOSTICS filled = ROW_COUNT;
            COMMIT;
            EXIT WHEN filled = 0;
        END LOOP;
    END
    $$`, table, column, value, table, column)
}
