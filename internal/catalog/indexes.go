package catalog

import (
	"slices"
	"strings"
)

// finishIndex writes the definition of an index for which the server sent none: a plain one
// (see queries/indexes.sql), in the words that pg_get_indexdef() has for it. The index of a
// constraint is told as a part of that.
func finishIndex(r *reading, index *row) bool {
	table := r.relations[index.of]
	if table == nil || table.place < 0 {
		return false
	}
	if at, found := r.addresses[address{classRelation, index.object.Facts.OID, 0}]; found {
		r.finishKey(&r.result.Objects[at.place], index)
		return false
	}
	if !index.object.Has("definition") {
		definition := Field{Name: "definition", Value: plainIndex(index, table)}
		index.object.Fields = slices.Insert(index.object.Fields, 0, definition)
	}
	return true
}

// finishKey adds to a constraint what only its index knows.
func (r *reading) finishKey(constraint *Object, index *row) {
	constraint.Facts.File, constraint.Facts.Bytes = index.object.Facts.File, index.object.Facts.Bytes
	var fields []Field
	for _, f := range index.raw {
		switch kind := constraint.Get("type"); {
		case f.Name == "option",
			f.Name == "include" && kind != "exclude",
			f.Name == "nulls_not_distinct" && kind == "unique":
			fields = append(fields, f)
		}
	}
	for _, f := range index.object.Fields {
		switch f.Name {
		case "tablespace", "clustered", "replica_identity", "partition_of":
			fields = append(fields, f)
		}
	}
	if len(fields) > 0 {
		constraint.Fields = append(constraint.Fields, fields...)
	}
}

func plainIndex(index *row, table *relation) string {
	raw, notes := Object{Fields: index.raw}, Object{Fields: index.object.Notes}
	text := []string{"CREATE"}
	if notes.Has("unique") {
		text = append(text, "UNIQUE")
	}
	text = append(text, "INDEX", quote(index.object.Name), "ON")
	if raw.Has("partitioned") {
		text = append(text, "ONLY")
	}
	keys := indexKeys(table, notes.List("column"), strings.Fields(raw.Get("order")))
	text = append(text, table.qualifiedName(), "USING", raw.Get("method"), "("+strings.Join(keys, ", ")+")")
	if include := raw.List("include"); len(include) > 0 {
		text = append(text, "INCLUDE ("+quoteAll(include)+")")
	}
	if raw.Has("nulls_not_distinct") {
		text = append(text, "NULLS NOT DISTINCT")
	}
	if predicate := raw.Get("predicate"); predicate != "" {
		text = append(text, "WHERE", predicate)
	}
	return strings.Join(text, " ")
}

// indexKeys writes the columns of a plain index, each with its collation, if that is the
// database's and not the column's own, and its direction.
func indexKeys(table *relation, columns, order []string) []string {
	keys := make([]string, len(columns))
	for i, name := range columns {
		keys[i] = quote(name)
		if table.collated(name) {
			keys[i] += ` COLLATE "default"`
		}
		if i < len(order) {
			keys[i] += direction(order[i])
		}
	}
	return keys
}

// direction writes an element of pg_index.indoption: 1 is DESC, 2 NULLS FIRST
// (src/include/catalog/pg_index.h).
func direction(option string) string {
	switch option {
	case "1":
		return " DESC NULLS LAST"
	case "2":
		return " NULLS FIRST"
	case "3":
		return " DESC"
	default:
		return ""
	}
}
