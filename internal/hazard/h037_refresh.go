package hazard

import (
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var refresh = pattern(`REFRESH MATERIALIZED VIEW NAME`)

// h037 is a materialized view that is computed while nobody may read it.
func h037(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		found := refresh.FindStringSubmatch(s.Text)
		if found == nil || strings.EqualFold(found[1], "concurrently") {
			return Finding{}, false
		}
		f, told := v.closes("H037", s)
		f.Why = "Nobody can read the view until it is computed."
		f.Advice = "refresh it concurrently; it needs a unique index on plain columns for that"
		f.Fix = code(execute("REFRESH MATERIALIZED VIEW CONCURRENTLY %s", found[1]))
		return f, told
	})
}
