package hazard

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var (
	dropping   = pattern(`(?:DROP (?:TABLE|SCHEMA|COLUMN|MATERIALIZED VIEW)|DROP (?:IF EXISTS )?NAME)`)
	truncating = pattern(`TRUNCATE\b`)
)

// h030 are rows and values that are gone after the upgrade.
func h030(v *view) []Finding {
	var all []Finding
	gone := map[string]bool{}
	for _, c := range v.Changes {
		if c.Object.Kind == catalog.Table && (c.Action == catalog.Removed || c.Action == catalog.Recreated) {
			gone[plainName(c.Object.Schema, c.Object.Name)] = true
			all = v.lost(all, c.Object, c.Object, c.Action)
		}
		for _, d := range c.Details {
			if d.Object.Kind == catalog.Column && (d.Action == catalog.Removed || d.Action == catalog.Recreated) && !d.Follows {
				all = v.lost(all, d.Object, was(c.Object, c.Was), d.Action)
			}
		}
	}
	return append(all, v.truncated(gone)...)
}

// lost adds the finding about a table or column that held something.
func (v *view) lost(all []Finding, id, table catalog.Identity, action catalog.Action) []Finding {
	rows, bytes := v.rowsBefore(table), v.bytesBefore(table)
	if o, found := v.tableBefore(table); rows == 0 || found && o.Get("server") != "" { // a foreign table's rows stay
		return all
	}
	severity, how := Warn, "drops"
	if action == catalog.Recreated {
		severity, how = Block, "drops and creates again"
	}
	s := v.saying(dropping, id.Name)
	if s == nil {
		s = v.saying(dropping, id.Schema)
	}
	f := finding("H030", severity, s, id.String())
	f.Known, f.Evidence = recorder.Measured, "the catalog before and after the upgrade; rows and bytes as of the last ANALYZE"
	if id.Kind == catalog.Column {
		f.Title = fmt.Sprintf("%s the column `%s`: its values in %s of %s go", how, plainName(id.Schema, id.Parent+"."+id.Name), rowsOf(rows), size(bytes))
	} else {
		f.Title = fmt.Sprintf("%s the table `%s`: %s, %s go", how, plainName(id.Schema, id.Name), rowsOf(rows), size(bytes))
	}
	if victims := v.victims(s, id); len(victims) > 0 {
		f.Title += ", and with it " + and(victims)
		f.Evidence += "; CASCADE"
	}
	f.Why = "What is dropped is gone for good: going back brings the definition again and not the data."
	f.Advice = "let a release pass in which no code uses it, then drop it; keep a Neon branch of before for as long as somebody may ask"
	return append(all, f)
}

var cascading = pattern(`.*\bCASCADE\b`)

// victims are what CASCADE took along: what is gone, stood outside of the table, and is named in no statement.
func (v *view) victims(s *recorder.Statement, id catalog.Identity) []string {
	if s == nil || !cascading.MatchString(s.Text) {
		return nil
	}
	var all []string
	add := func(gone catalog.Identity) {
		if gone != id && v.saying(anyStatement, gone.Name) == nil {
			all = append(all, fmt.Sprintf("%s `%s`", gone.Kind, plainName(gone.Schema, strings.TrimPrefix(gone.Parent+"."+gone.Name, "."))))
		}
	}
	for _, c := range v.Changes {
		if c.Action == catalog.Removed {
			add(c.Object)
		}
		for _, d := range c.Details {
			outside := c.Object.Name != id.Name && c.Object.Name != id.Parent
			if d.Action == catalog.Removed && !d.Follows && outside {
				add(d.Object)
			}
		}
	}
	return all
}

// truncated are tables that a statement emptied and that are still there.
func (v *view) truncated(gone map[string]bool) []Finding {
	var all []Finding
	for _, s := range v.statements {
		if s.Error != nil || !truncating.MatchString(s.Text) {
			continue
		}
		for _, c := range v.closings(s) {
			if gone[wholeName(c.table)] {
				continue
			}
			f := finding("H030", Warn, s, c.object())
			f.Title = "empties " + described(c.table, c.partitions)
			if named := v.named(s); !named[c.table.Name] && !named[parentName(c.table)] {
				f.Title += ", by CASCADE"
			}
			f.Known, f.Evidence = c.known, "TRUNCATE; rows as of the last ANALYZE"
			f.Why = "All rows go, those of tables that refer to it too where CASCADE is given."
			f.Advice = "keep a Neon branch of before for as long as somebody may ask for them"
			all = append(all, f)
		}
	}
	return all
}
