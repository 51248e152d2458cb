package catalog

import (
	"fmt"
	"slices"
	"testing"
)

// synthetic makes a snapshot as Read would of that many tables: ten columns each, a key, a
// check and a foreign key, two indexes, a sequence; a view, a function and an enum for every
// twenty. No two strings share their bytes with another snapshot's.
func synthetic(tables int) *Snapshot {
	s := &Snapshot{Version: Version, Lineage: "synthetic"}
	oid := uint32(20000)
	add := func(kind Kind, name, parent string, number int16, fields ...string) {
		o := Object{Identity: Identity{Kind: kind, Schema: "app", Name: name, Parent: parent}}
		if kind == Schema {
			o.Schema = ""
		}
		if number <= 1 {
			oid++
		}
		o.Facts = Facts{OID: oid, Number: number}
		if kind == Table || kind == Index {
			o.Facts.File = oid
		}
		for i := 0; i < len(fields); i += 2 {
			o.Fields = append(o.Fields, Field{fields[i], fields[i+1]})
		}
		s.Objects = append(s.Objects, o)
	}
	add(Schema, "app", "", 0, "owner", "shop")
	for i := range tables {
		t := fmt.Sprintf("table%d", i)
		order := []string{"owner", "shop"}
		for c := range 10 {
			order = append(order, columnList, fmt.Sprintf("column%d", c))
		}
		add(Table, t, "", 0, order...)
		for c := range 10 {
			add(Column, fmt.Sprintf("column%d", c), t, int16(c+1), "type", fmt.Sprintf("numeric(%d,2)", c+10), "not_null", "true", "default", fmt.Sprint(c))
		}
		add(Constraint, t+"_pkey", t, 0, "type", "primary key", "column", "column0")
		add(Constraint, t+"_check", t, 0, "type", "check", "definition", "CHECK ((column1 > 0))")
		add(Constraint, t+"_fkey", t, 0, "type", "foreign key", "column", "column2", "references", fmt.Sprintf("app.table%d", i/2), "references_column", "column0")
		add(Index, t+"_one", t, 0, "definition", "CREATE INDEX "+t+"_one ON app."+t+" USING btree (column3, column4)")
		add(Index, t+"_two", t, 0, "definition", "CREATE INDEX "+t+"_two ON app."+t+" USING btree (lower(column5)) WHERE column6")
		add(Sequence, t+"_column0_seq", "", 0, "owner", "shop", ownerTable, t, ownerColumn, "column0")
		if i%20 == 0 {
			add(View, "view"+t, "", 0, "owner", "shop", "definition", " SELECT "+t+".column0,\n    "+t+".column1\n   FROM app."+t+";")
			add(Function, "f"+t+"(app.e"+t+")", "", 0, "owner", "shop", "arguments", "x app.e"+t, "returns", "integer", "body", "SELECT 1")
			add(Enum, "e"+t, "", 0, "owner", "shop", labelList, "open", labelList, "paid")
		}
	}
	slices.SortFunc(s.Objects, func(a, b Object) int { return a.Identity.Compare(b.Identity) })
	return s
}

// change sets a field of an object.
func (s *Snapshot) change(id Identity, name, value string) {
	at, found := slices.BinarySearchFunc(s.Objects, id, func(o Object, id Identity) int { return o.Identity.Compare(id) })
	if !found {
		panic("there is no " + id.String())
	}
	for i, f := range s.Objects[at].Fields {
		if f.Name == name {
			s.Objects[at].Fields[i].Value = value
		}
	}
}

// BenchmarkCompareMany compares two snapshots of 10,000 tables (175,000 objects), which have
// nothing in memory in common.
func BenchmarkCompareMany(b *testing.B) {
	const tables = 10000
	before := synthetic(tables)
	few := synthetic(tables)
	for i := range 5 {
		few.change(Identity{Kind: Column, Schema: "app", Parent: fmt.Sprintf("table%d", i*1000), Name: "column3"}, "type", "text")
	}
	renamed := synthetic(tables)
	for i := range renamed.Objects {
		if o := &renamed.Objects[i]; o.Kind == Schema {
			o.Name = "shop"
		} else {
			o.Schema = "shop"
		}
	}
	unrelated := synthetic(tables)
	unrelated.Lineage = ""
	for _, bench := range []struct {
		name  string
		after *Snapshot
		want  int
	}{{"equal", synthetic(tables), 0}, {"few differences", few, 5}, {"a schema renamed", renamed, 1}, {"another lineage", unrelated, 0}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(Compare(before, bench.after)); n != bench.want {
					b.Fatalf("%d changes, want %d", n, bench.want)
				}
			}
		})
	}
}
