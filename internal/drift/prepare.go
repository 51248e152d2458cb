package drift

import (
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// prepare gives a copy of a snapshot without what does not count.
func (f Filter) prepare(s *catalog.Snapshot, words sides) *catalog.Snapshot {
	kept := *s
	kept.Lineage = "" // numbers of the one database mean nothing in the other
	kept.Objects = nil
	left := map[[2]string]bool{}
	for _, o := range s.Objects {
		if o.Kind == catalog.Table && (o.Tool != "" || f.rejects("table", o.Schema, o.Name, o.Name)) {
			left[[2]string{o.Schema, o.Name}] = true
		}
	}
	for _, table := range f.VersionTables {
		if table[0] == "" {
			table[0] = "public"
		}
		left[table] = true
	}
	for _, o := range s.Objects {
		if !left[[2]string{o.Schema, tableOf(o)}] && !f.leavesOut(o) {
			o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), func(field catalog.Field) bool { return ignored(o, field.Name, words) })
			kept.Objects = append(kept.Objects, o)
		}
	}
	return &kept
}

// tableOf is the name of the table that an object is or belongs to; "" for what stands elsewhere.
func tableOf(o catalog.Object) string {
	switch o.Kind {
	case catalog.Table:
		return o.Name
	case catalog.Sequence:
		return o.Get("owned_by_table")
	default:
		return o.Parent
	}
}

func (f Filter) leavesOut(o catalog.Object) bool {
	if o.Schema != "" && f.rejects("schema", o.Schema, "", o.Schema) || o.Kind == catalog.Schema && f.rejects("schema", o.Name, "", o.Name) {
		return true
	}
	switch o.Kind {
	case catalog.Column:
		return f.rejects("column", o.Schema, o.Parent, o.Name)
	case catalog.Index:
		return f.rejects("index", o.Schema, o.Parent, o.Name)
	case catalog.Constraint:
		kind := strings.ReplaceAll(o.Get("type"), " ", "_") + "_constraint"
		return f.rejects(kind, o.Schema, o.Parent, o.Name)
	default:
		return false
	}
}

func (f Filter) rejects(kind, schema, table, name string) bool {
	return f.Rejected != nil && (f.Rejected(kind, schema, table, name) || schema == "public" && f.Rejected(kind, "", table, name))
}

// ignored tells fields that say nothing of drift.
func ignored(o catalog.Object, field string, words sides) bool {
	switch field {
	case "owner":
		return !words.production
	case "comment":
		return o.Kind == catalog.Extension || o.Kind == catalog.Schema && o.Name == "public"
	case "not_null_name", "not_null_inherited":
		return !words.production // SQLAlchemy has no names for them
	case "unlogged":
		return o.Has("owned_by_table") // a sequence is as its table
	case "in_schema":
		return o.Kind == catalog.Extension
	}
	return false
}

// alignOwners takes for granted that revisions are run by one role here and by another one there: it leaves the owners
// out of all objects whose owner on one side stands for the owner on the other nearly everywhere.
func alignOwners(wanted, found *catalog.Snapshot) {
	type couple struct{ wanted, found string }
	times := map[couple]int{}
	each := func(do func(a, b *catalog.Object)) {
		for i := range wanted.Objects {
			a := &wanted.Objects[i]
			at, same := slices.BinarySearchFunc(found.Objects, a.Identity, func(o catalog.Object, id catalog.Identity) int { return o.Compare(id) })
			if same {
				do(a, &found.Objects[at])
			}
		}
	}
	each(func(a, b *catalog.Object) { times[couple{a.Get("owner"), b.Get("owner")}]++ })
	usual := map[string]string{}
	for c, n := range times {
		if other, known := usual[c.wanted]; !known || n > times[couple{c.wanted, other}] || n == times[couple{c.wanted, other}] && c.found < other {
			usual[c.wanted] = c.found
		}
	}
	each(func(a, b *catalog.Object) {
		if usual[a.Get("owner")] == b.Get("owner") || a.Kind == catalog.Sequence {
			withoutField(a, "owner")
			withoutField(b, "owner")
		}
	})
	only := func(s, other *catalog.Snapshot) { // who owns what the other side lacks is no difference of its own
		for i := range s.Objects {
			if _, both := other.Find(s.Objects[i].Identity); !both {
				withoutField(&s.Objects[i], "owner")
			}
		}
	}
	only(wanted, found)
	only(found, wanted)
}

func withoutField(o *catalog.Object, name string) {
	o.Fields = slices.DeleteFunc(o.Fields, func(f catalog.Field) bool { return f.Name == name })
}
