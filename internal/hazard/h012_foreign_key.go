package hazard

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var foreignKey = pattern(`\(([^)]*)\) REFERENCES NAME ?(?:\(([^)]*)\))?$`)

// h012 is a foreign key, which closes both of its tables to writers while all rows are looked up.
func h012(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		a, ok := alters(s)
		c, adds := a.adds()
		if !ok || !adds || c.kind != "FOREIGN KEY" {
			return Finding{}, false
		}
		f, told := v.closes("H012", s)
		f.Why = "Every row is looked up in the other table, and nobody can write to either of them meanwhile. Added as not valid, it holds for new rows at once and is proven for the old ones beside the users."
		f.Advice = "add it as not valid, and validate it in a later revision"
		if a.single() {
			f.Fix = notValidKey(s, a, c)
		}
		return f, told
	})
}

// notValidKey is a foreign key in two steps, in Alembic's own words where they say all of it.
func notValidKey(s *recorder.Statement, a altering, c constraint) string {
	found := foreignKey.FindStringSubmatch(c.rest)
	target := name{}
	if found != nil {
		target = nameOf(found[2])
	}
	if found == nil || c.name == "" || found[3] == "" || a.name().schema != "" || target.schema != "" {
		return notValid(s, a, c)
	}
	_, key := parts(c.name)
	return code(
		firstRevision,
		fmt.Sprintf("op.create_foreign_key(%s, %s, %s, %s, %s, postgresql_not_valid=True)",
			python(key), python(a.name().table), python(target.table), list(columns(found[1])), list(columns(found[3]))),
		laterRevision,
		execute("ALTER TABLE %s VALIDATE CONSTRAINT %s", a.table, c.name),
	)
}

// columns reads a list of columns.
func columns(text string) []string {
	var all []string
	for c := range strings.SplitSeq(text, ",") {
		_, bare := parts(c)
		all = append(all, bare)
	}
	return all
}
