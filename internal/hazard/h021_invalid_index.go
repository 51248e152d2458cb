package hazard

import (
	"regexp"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// leftBehind are the names that REINDEX CONCURRENTLY gives to what it builds (PostgreSQL's
// documentation, "Rebuilding Indexes Concurrently"): another one serves the queries.
var leftBehind = regexp.MustCompile(`_cc(?:new|old)\d*$`)

// h021 is an index that an interrupted CREATE INDEX CONCURRENTLY left behind, now or long ago.
func h021(v *view) []Finding {
	if v.After == nil {
		return nil
	}
	var all []Finding
	for _, o := range v.After.Objects {
		if o.Kind != catalog.Index || !o.Has("invalid") {
			continue
		}
		severity, when := Warn, "after the upgrade"
		if was, there := find(v.Before, func(b catalog.Object) bool { return b.Identity == o.Identity }); there && was.Has("invalid") {
			severity, when = Info, "before the upgrade, and after it"
		}
		f := finding("H021", severity, v.saying(anyStatement, o.Name), o.Identity.String())
		f.Title = "the index `" + plainName(o.Schema, o.Name) + "` of `" + plainName(o.Schema, o.Parent) + "` is not valid: it slows every write and serves no query"
		f.Known, f.Evidence = recorder.Measured, "pg_index.indisvalid is false "+when
		f.Why = "A concurrent build that fails leaves its index behind. With IF NOT EXISTS, the next try takes it for done."
		f.Advice = "build it again, once what stopped it is gone"
		f.Fix = code(autocommit(execute("REINDEX INDEX CONCURRENTLY %s", quoted(o.Schema, o.Name))))
		if leftBehind.MatchString(o.Name) {
			f.Advice = "drop it: it is the rest of a REINDEX CONCURRENTLY"
			f.Fix = code(autocommit(execute("DROP INDEX CONCURRENTLY %s", quoted(o.Schema, o.Name))))
		}
		all = append(all, f)
	}
	return all
}
