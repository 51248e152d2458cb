package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var changeType = pattern(`ALTER (?:COLUMN )?NAME (?:SET DATA )?TYPE (.+?)(?: USING (.+))?$`)

// h006 is a change of type that writes the whole table anew.
func h006(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		found := changeType.FindStringSubmatch(a.action)
		worst := v.worst(s)
		if !ok || found == nil || worst == nil {
			return Finding{}, false
		}
		known, anew := rewritten(s, worst.table)
		if !anew {
			return Finding{}, false
		}
		f, told := v.closes("H006", s)
		f.Known = known
		f.Evidence += "; the table and its indexes were written anew"
		f.Why = "The new type is stored otherwise, so every row is written again while nobody can use the table. For that time, the disk holds the table twice."
		f.Advice = "add a column of the new type, let a trigger fill it for new rows, fill the others in batches, then swap the names; what belongs to the old column (indexes, constraints, defaults) is made for the new one first"
		if a.single() {
			f.Fix = otherType(a.name(), nameOf(found[1]).table, found[2], found[3])
		}
		return f, told
	})
}

// otherType gives a column another type by way of a second one.
func otherType(table name, column, kind, using string) string {
	second, function := shortName(column, "_new"), shortName(table.table+"_"+column, "_sync")
	value := func(of string) string {
		if using == "" {
			return of + quote(column) + "::" + kind
		}
		return of + using
	}
	if using != "" {
		return "" // an expression of the column cannot be moved into a trigger blindly
	}
	return code(
		firstRevision,
		execute("ALTER TABLE %s ADD COLUMN %s %s", table, quote(second), kind),
		execute(`CREATE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.%s = %s; RETURN NEW; END'`, quote(function), quote(second), value("NEW.")),
		execute("CREATE TRIGGER %s BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s()", quote(function), table, quote(function)),
		laterRevision,
		autocommit(backfill(table.String(), quote(second), value(""))),
		laterRevision,
		execute("DROP TRIGGER %s ON %s", quote(function), table),
		execute("DROP FUNCTION %s()", quote(function)),
		execute("ALTER TABLE %s DROP COLUMN %s", table, quote(column)),
		execute("ALTER TABLE %s RENAME COLUMN %s TO %s", table, quote(second), quote(column)),
	)
}
