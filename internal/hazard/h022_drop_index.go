package hazard

import (
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var dropIndex = pattern(`DROP INDEX (?:IF EXISTS )?NAME$`)

// h022 is an index that is dropped while its table is in use.
func h022(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		found := dropIndex.FindStringSubmatch(one(s.Text))
		if found == nil || strings.EqualFold(found[1], "concurrently") {
			return Finding{}, false
		}
		f, told := v.closes("H022", s)
		f.Why = "Dropping an index closes its table to everybody."
		f.Advice = "drop it concurrently, outside of the revision's transaction"
		f.Fix = code(autocommit(execute("DROP INDEX CONCURRENTLY %s", found[1])))
		return f, told
	})
}
