package hazard

import (
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h021 is an index that an interrupted CREATE INDEX CONCURRENTLY left behind.
func h021(v *view) []Finding {
	if v.After == nil {
		return nil
	}
	var all []Finding
	for _, o := range v.After.Objects {
		if o.Kind != catalog.Index || !o.Has("invalid") {
			continue
		}
		f := finding("H021", Warn, v.saying(anyStatement, o.Name), o.Identity.String())
		f.Title = "the index `" + plainName(o.Schema, o.Name) + "` is not valid: it slows every write and serves no query"
		f.Known, f.Evidence = recorder.Measured, "pg_index.indisvalid after the upgrade"
		f.Why = "A concurrent build that fails leaves its index behind, and the next try does not touch it."
		f.Advice = "drop it, and build it again"
		f.Fix = code(autocommit(execute("DROP INDEX CONCURRENTLY %s", quoted(o.Schema, o.Name))))
		all = append(all, f)
	}
	return all
}
