package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var setNotNull = pattern(`ALTER (?:COLUMN )?NAME SET NOT NULL$`)

// h009 is SET NOT NULL, which reads the whole table while nobody may use it.
func h009(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		found := setNotNull.FindStringSubmatch(a.action)
		if !ok || found == nil {
			return Finding{}, false
		}
		f, told := v.closes("H009", s)
		f.Why = "All rows are read to see that none is null, and nobody can use the table meanwhile. A check constraint that is valid already spares the reading."
		f.Advice = "let a check constraint prove it first, which is validated beside the users"
		table, column := a.name(), nameOf(found[1]).table
		f.Fix = notNull(table, column)
		return f, told
	})
}

// notNull makes a column NOT NULL without closing its table for the reading.
func notNull(table name, column string) string {
	check := shortName("ck_"+table.table+"_"+column, "_not_null")
	// A name that is final: the models' naming convention would put its own prefix before it, and VALIDATE find nothing.
	args := "op.f(" + python(check) + "), " + python(table.table)
	schema := schemaArgument(table.schema)
	return code(
		firstRevision,
		fmt.Sprintf("op.create_check_constraint(%s, %s%s, postgresql_not_valid=True)", args, python(quote(column)+" IS NOT NULL"), schema),
		laterRevision,
		execute("ALTER TABLE %s VALIDATE CONSTRAINT %s", table, quote(check)),
		laterRevision,
		fmt.Sprintf("op.alter_column(%s, %s, nullable=False%s)", python(table.table), python(column), schema),
		fmt.Sprintf("op.drop_constraint(%s%s)", args, schema),
	)
}

// maxName is the longest name that PostgreSQL keeps whole (NAMEDATALEN less one).
const maxName = 63

// shortName cuts a made-up name so that its end stays.
func shortName(start, end string) string {
	return start[:min(len(start), maxName-len(end))] + end
}
