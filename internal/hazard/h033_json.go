package hazard

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h033 is a new column of the type json, which cannot be compared.
func h033(v *view) []Finding {
	var all []Finding
	for _, o := range v.newColumns() {
		if o.Get("type") != "json" {
			continue
		}
		f := finding("H033", Info, v.about(o.Parent, o.Name), o.Identity.String())
		f.Title = fmt.Sprintf("`%s` is json, which has no equality and no index: SELECT DISTINCT, UNION and GROUP BY fail on it", plainName(o.Schema, o.Parent+"."+o.Name))
		f.Known, f.Evidence = recorder.Measured, "the catalog after the upgrade"
		f.Why = "jsonb holds the same, can be compared and indexed, and is parsed once. Only the order and the repetition of keys are lost."
		f.Advice = "take jsonb, which is sqlalchemy.dialects.postgresql.JSONB"
		f.Fix = v.asJSONB(o)
		all = append(all, f)
	}
	return all
}

// asJSONB is the op call that made the column, with the other type; none for a column of a new table, which
// has no call of its own, and for one with a default.
func (v *view) asJSONB(o catalog.Object) string {
	const imports = "from sqlalchemy.dialects import postgresql\n"
	switch {
	case o.Has("default"), o.Has("generated"), v.added(catalog.Identity{Kind: catalog.Table, Schema: o.Schema, Name: o.Parent}):
		return ""
	case v.there(o.Identity):
		return imports + code(fmt.Sprintf("op.alter_column(%s, %s, type_=postgresql.JSONB(), postgresql_using=%s%s)",
			python(o.Parent), python(o.Name), python(quote(o.Name)+"::jsonb"), schemaArgument(o.Schema)))
	}
	required := ""
	if o.Has("not_null") {
		required = ", nullable=False"
	}
	return imports + code(fmt.Sprintf("op.add_column(%s, sa.Column(%s, postgresql.JSONB()%s)%s)",
		python(o.Parent), python(o.Name), required, schemaArgument(o.Schema)))
}

// newColumns are columns of tables, not of partitions, that were not there before, and those that have another type now.
func (v *view) newColumns() []catalog.Object {
	if v.After == nil {
		return nil
	}
	fresh := map[catalog.Identity]bool{}
	for _, c := range v.Changes {
		for _, d := range c.Details {
			if d.Object.Kind == catalog.Column && !d.Follows && (d.Attribute == "type" || d.Attribute == "" && (d.Action == catalog.Added || d.Action == catalog.Recreated)) {
				fresh[d.Object] = true
			}
		}
	}
	var all []catalog.Object
	for _, o := range v.After.Objects {
		table := catalog.Identity{Kind: catalog.Table, Schema: o.Schema, Name: o.Parent}
		if o.Kind == catalog.Column && (fresh[o.Identity] || v.added(table) && !v.partition(table)) {
			all = append(all, o)
		}
	}
	return all
}

// partition tells whether a table of after is a part of another one.
func (v *view) partition(id catalog.Identity) bool {
	o, _ := find(v.After, func(o catalog.Object) bool { return o.Identity == id })
	return o.Has("partition_of")
}
