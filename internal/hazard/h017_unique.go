package hazard

import (
	"regexp"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var usingIndex = regexp.MustCompile(`(?i)^\s*USING\s+INDEX\b`)

// h017 is a unique or primary key that builds its index while nobody may use the table.
func h017(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		c, adds := a.adds()
		if !ok || !adds || c.kind != "UNIQUE" && c.kind != "PRIMARY KEY" || usingIndex.MatchString(c.rest) {
			return Finding{}, false
		}
		f, told := v.closes("H017", s)
		f.Why = "The constraint builds its index first, and nobody can read or write the table meanwhile. Of an index that is there already, it is made at once."
		f.Advice = "build a unique index concurrently, and make the constraint of it"
		if a.single() && c.name != "" {
			f.Fix = uniqueOf(a, c)
		}
		return f, told
	})
}

func uniqueOf(a altering, c constraint) string {
	_, key := parts(c.name)
	return code(
		autocommit(execute("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s", quote(key), a.table, c.rest)),
		execute("ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s", a.table, c.name, c.kind, quote(key)),
	)
}
