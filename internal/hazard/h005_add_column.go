package hazard

import (
	"regexp"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var addColumn = pattern(`ADD (?:COLUMN )?(?:IF NOT EXISTS )?NAME (.*)$`)

// notColumns begin what else can be added.
var notColumns = []string{"constraint", "check", "foreign", "unique", "primary", "exclude"}

// addedColumn reads the column that an ALTER TABLE adds, and its definition.
func (a altering) addedColumn() (column, definition string, ok bool) {
	found := addColumn.FindStringSubmatch(a.action)
	if found == nil || slices.Contains(notColumns, strings.ToLower(found[1])) {
		return "", "", false
	}
	return nameOf(found[1]).table, found[2], true
}

// h005 is a new column whose values are computed for each row, which writes the whole table anew.
func h005(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		column, definition, adds := a.addedColumn()
		worst := v.worst(s)
		if !ok || !adds || worst == nil {
			return Finding{}, false
		}
		known, anew := rewritten(s, worst.table)
		if !anew {
			return Finding{}, false
		}
		f, told := v.closes("H005", s)
		f.Known = known
		f.Evidence += "; the table and its indexes were written anew"
		f.Why = "Each row gets a value of its own (a volatile default, serial, identity or a stored expression), so every row is written again while nobody can use the table. A constant default costs nothing."
		f.Advice = "add the column empty, give it its default for new rows, and fill the others in batches"
		if a.single() {
			f.Fix = volatileDefault(a.name(), column, definition)
		}
		return f, told
	})
}

var (
	columnDefault = regexp.MustCompile(`(?is)^(.*?)\s+DEFAULT\s+(.+?)(\s+NOT\s+NULL)?$`)
	requiredFirst = regexp.MustCompile(`(?is)\s+NOT\s+NULL`)
)

// volatileDefault adds a column with a default of its own for each row. There is none for serial,
// identity and stored columns: they need a second table.
func volatileDefault(table name, column, definition string) string {
	found := columnDefault.FindStringSubmatch(definition)
	if found == nil || strings.Contains(strings.ToUpper(definition), " REFERENCES ") {
		return ""
	}
	kind, value := requiredFirst.ReplaceAllString(found[1], ""), found[2]
	text := code(
		firstRevision,
		execute("ALTER TABLE %s ADD COLUMN %s %s", table, quote(column), kind),
		execute("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s", table, quote(column), value),
		laterRevision,
		autocommit(backfill(table.String(), quote(column), value)),
	)
	if requiredFirst.MatchString(definition) {
		text += strings.Replace(notNull(table, column), firstRevision, laterRevision, 1)
	}
	return text
}
