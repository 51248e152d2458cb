package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h011 is a check that is proven for all rows while nobody may use the table.
func h011(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		c, adds := a.adds()
		if !ok || !adds || c.kind != "CHECK" {
			return Finding{}, false
		}
		f, told := v.closes("H011", s)
		f.Why = "All rows are read to see that they pass, and nobody can use the table meanwhile. Added as not valid, it holds for new rows at once and is proven for the old ones beside the users."
		f.Advice = "add it as not valid, and validate it in a later revision"
		if a.single() {
			f.Fix = notValid(s, a, c)
		}
		return f, told
	})
}

// notValid adds a constraint in two steps; it must have a name for the second.
func notValid(s *recorder.Statement, a altering, c constraint) string {
	if c.name == "" {
		return ""
	}
	return code(
		firstRevision,
		execute("%s NOT VALID", one(s.Text)),
		laterRevision,
		execute("ALTER TABLE %s VALIDATE CONSTRAINT %s", a.table, c.name),
	)
}
