package catalog

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mutate changes a snapshot as the bytes say: fields, names, OIDs, files, whole objects.
// The result is one that Read could give, as far as Compare relies on it: sorted, without
// two objects of one identity, and with tables for all parts.
func mutate(s *Snapshot, steps []byte) {
	for ; len(steps) >= 3; steps = steps[3:] {
		at := (int(steps[1])*256 + int(steps[2])) % len(s.Objects)
		o := &s.Objects[at]
		o.Fields = slices.Clone(o.Fields)
		word := fmt.Sprintf("word%d", steps[2]%8)
		switch steps[0] % 12 {
		case 0, 1:
			if len(o.Fields) == 0 {
				continue
			}
			i := int(steps[2]) % len(o.Fields)
			switch f := &o.Fields[i]; {
			case f.Name == columnList: // told by the columns
			case steps[0]%12 == 0:
				f.Value = word
			default:
				o.Fields = slices.Delete(o.Fields, i, i+1)
			}
		case 2:
			o.Fields = append(o.Fields, Field{[]string{"comment", "grant", "from the future", notNullField, ownerTable}[steps[1]%5], word})
		case 3:
			gone := o.Identity
			s.Objects = slices.DeleteFunc(s.Objects, func(o Object) bool {
				return o.Identity == gone || gone.Kind == Table && o.Schema == gone.Schema && (o.Parent == gone.Name || o.Get(ownerTable) == gone.Name)
			})
		case 4, 5:
			s.rename(at, word)
		case 6:
			s.recreate(at, uint32(1000000+len(steps)))
		case 7:
			o.Facts.File++
		case 8:
			if o.Kind == Column {
				o.Facts.Number = int16(20 + len(steps))
			}
		case 9:
			s.rename(slices.IndexFunc(s.Objects, func(o Object) bool { return o.Kind == Schema }), word)
		case 10:
			if o.Kind == Table {
				o.Fields = append(o.Fields, Field{parentTable, "app.table" + fmt.Sprint(steps[2]%4)})
			}
		case 11:
			if o.Kind != Table {
				continue
			}
			s.add(Object{Identity: Identity{Column, o.Schema, word, o.Name}, Fields: []Field{{"type", "text"}}, Facts: Facts{OID: o.Facts.OID, Number: int16(20 + len(steps))}})
		}
		if len(s.Objects) == 0 {
			return
		}
	}
}

// recreate gives an object another OID, and a table's columns with it.
func (s *Snapshot) recreate(at int, oid uint32) {
	root := s.Objects[at].Identity
	if root.Kind == Column {
		return
	}
	s.Objects[at].Facts.OID = oid
	for i := range s.Objects {
		if o := &s.Objects[i]; root.Kind == Table && o.Kind == Column && o.Schema == root.Schema && o.Parent == root.Name {
			o.Facts.OID = oid
		}
	}
}

func (s *Snapshot) add(o Object) {
	if _, found := s.Find(o.Identity); !found {
		s.Objects = append(s.Objects, o)
		s.sort()
	}
}

// rename gives an object another name, and with it another parent or schema to its parts.
func (s *Snapshot) rename(at int, name string) {
	if at < 0 {
		return
	}
	was := s.Objects[at].Identity
	is := was
	is.Name = name
	if was.Kind == Function {
		is.Name += "(integer)"
	}
	taken := func(o Object) bool {
		return o.Schema == is.Schema && o.Parent == is.Parent && o.Name == is.Name || was.Kind == Schema && o.Schema == name
	}
	if slices.ContainsFunc(s.Objects, taken) {
		return
	}
	for i := range s.Objects {
		o := &s.Objects[i]
		o.Fields = slices.Clone(o.Fields)
		for f := range o.Fields {
			o.Fields[f].follow(was, is)
		}
		switch {
		case i == at:
			o.Identity = is
		case was.Kind == Schema && o.Schema == was.Name:
			o.Schema = name
		case was.Kind == Table && o.Schema == was.Schema && o.Parent == was.Name:
			o.Parent = name
		}
	}
	s.sort()
}

// follow changes the fields that name what was renamed.
func (f *Field) follow(was, is Identity) {
	switch f.Name {
	case "references", parentTable:
		if rest, found := strings.CutPrefix(f.Value, was.Name+"."); found && was.Kind == Schema {
			f.Value = is.Name + "." + rest
		} else if was.Kind == Table && f.Value == was.QualifiedName() {
			f.Value = is.QualifiedName()
		}
	case ownerTable:
		if was.Kind == Table && f.Value == was.Name {
			f.Value = is.Name
		}
	}
}

// FuzzCompare holds what is true of every comparison over mutations of a snapshot, within
// one lineage and between two.
func FuzzCompare(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		steps := make([]byte, 1+3*(1+random.IntN(10)))
		for i := range steps {
			steps[i] = byte(random.Uint32())
		}
		f.Add(steps)
	}
	f.Fuzz(func(t *testing.T, steps []byte) {
		if len(steps) == 0 {
			return
		}
		before, after := synthetic(4), synthetic(4)
		mutate(after, steps[1:])
		if steps[0]%2 == 0 {
			after.Lineage = ""
		}
		sound(t, before, after)
		if steps[0]%8 == 0 {
			wantSameWhenShuffled(t, before, after)
		}
	})
}

func wantSameWhenShuffled(t *testing.T, before, after *Snapshot) {
	t.Helper()
	want := Compare(before, after)
	shuffled := *after
	shuffled.Objects = slices.Clone(after.Objects)
	rand.Shuffle(len(shuffled.Objects), func(i, j int) {
		shuffled.Objects[i], shuffled.Objects[j] = shuffled.Objects[j], shuffled.Objects[i]
	})
	data, err := json.Marshal(shuffled)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseSnapshot(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, Compare(before, parsed)); diff != "" {
		t.Errorf("another order of the file gives other changes:\n%s", diff)
	}
}
