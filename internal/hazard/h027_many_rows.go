package hazard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h027 is one statement that writes very many rows of a table that is in use.
func h027(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		if s.Rows <= v.Limits.ManyRows || !tagged(s, dataTags...) {
			return Finding{}, false
		}
		table, found := v.written(s)
		if !found {
			return Finding{}, false
		}
		f := finding("H027", Warn, s, "table "+table.Schema+"."+table.Name)
		f.Title = fmt.Sprintf("writes %s of %s in one transaction, in %s", count(s.Rows, "row"), described(table, 0), duration(s.Took))
		f.Known, f.Evidence = recorder.Measured, "the command tag"
		if s.WAL > 0 {
			f.Evidence += "; " + size(s.WAL) + " of write-ahead log"
		}
		f.Why = "All these rows are locked until the transaction ends, and their old versions stay in the table afterwards. Replicas fall behind by as much."
		f.Advice = "write them in batches, each a transaction of its own, beside the migration or in an autocommit block"
		f.Fix = inBatches(s.Text)
		return f, true
	})
}

// written is the table that a statement writes to, if it was there before and has rows.
func (v *view) written(s *recorder.Statement) (recorder.Relation, bool) {
	named := v.named(s)
	for _, other := range v.statements {
		for _, l := range slices.Concat(other.Locks, other.Under) {
			if other.Session == s.Session && named[l.Relation.Name] && v.used(l.Relation) && l.Mode != recorder.AccessShare {
				return l.Relation, true
			}
		}
	}
	return recorder.Relation{}, false
}

var updateAll = pattern(`UPDATE (?:ONLY )?NAME SET (.+?)(?: WHERE (.+))?$`)

// inBatches is the same UPDATE, some pages at a time. A text of which literals were taken out
// cannot be written again, and what is computed from its own old value must not be done twice: a row's new
// version may come to lie in a page of a later batch.
func inBatches(text string) string {
	found := updateAll.FindStringSubmatch(one(text))
	if found == nil || strings.Contains(text, "?") || !repeatable(found[2]) {
		return ""
	}
	where := ""
	if found[3] != "" {
		where = "\n              AND (" + found[3] + ")"
	}
	return code(autocommit(execute(`DO $$
    DECLARE
        pages bigint := pg_relation_size('%s') / current_setting('block_size')::bigint;
    BEGIN
        FOR page IN 0..pages BY 200 LOOP
            UPDATE %s SET %s
            WHERE ctid >= format('(%%s,0)', page)::tid AND ctid < format('(%%s,0)', page + 200)::tid%s;
            COMMIT;
        END LOOP;
    END
    $$`, strings.ReplaceAll(found[1], "'", "''"), found[1], found[2], where)))
}

// repeatable tells whether assignments give the same when they are done twice: no value is made of
// a column that is assigned, or by a call, and none comes from another table.
func repeatable(assignments string) bool {
	tokens, ok := lex(assignments)
	if !ok {
		return false
	}
	var values []token
	assigned := map[string]bool{}
	for _, p := range (phrase{assignments, tokens}).split(",") {
		column, ok := p.bare()
		if !ok || len(p.tokens) < 2 || p.tokens[0].text != "=" {
			return false
		}
		assigned[column] = true
		values = append(values, p.tokens[1:]...)
	}
	return !slices.ContainsFunc(values, func(t token) bool {
		n, named := t.name()
		return named && assigned[n] || t.is("(") || t.is("FROM")
	})
}
