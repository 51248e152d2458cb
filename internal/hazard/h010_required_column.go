package hazard

import (
	"fmt"
	"strings"
)

// h010 is a new column that must not be null and has nothing to put into the rows that are there.
func h010(v *view) []Finding {
	s := v.failed()
	if s == nil || v.explained[s.Number] || s.Error.SQLState != "23502" {
		return nil
	}
	a, ok := alters(s)
	column, definition, adds := a.addedColumn()
	if !ok || !adds {
		return nil
	}
	table := v.failedTable(s)
	f := v.refused("H010", s)
	f.Title = fmt.Sprintf("fails on %s of %s: the new column `%s` must not be null and has no default", v.offenders(), plainTable(table), column)
	f.Why = "It works on an empty table only. Production has rows, and the upgrade would stop there as it did here."
	f.Advice = "add the column without NOT NULL, fill it in batches, then let a check constraint prove it"
	kind := requiredFirst.ReplaceAllString(definition, "")
	f.Fix = code(firstRevision, execute("ALTER TABLE %s ADD COLUMN %s %s", a.name(), quote(column), kind),
		laterRevision+", once every row has a value") + laterSteps(notNull(a.name(), column))
	return []Finding{f}
}

// laterSteps is a fix whose first revision is not the first one any more.
func laterSteps(fix string) string { return strings.TrimPrefix(fix, firstRevision+"\n") }
