package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// row is one row of a source, taken apart by its column names (see [source]).
type row struct {
	object Object
	// of, ofType, namespace, relation, index, constraint and target are OIDs; 0 is none.
	of, ofType, namespace, relation, index, constraint, target uint32
	// width is how many columns a relation has, or had.
	width int16
	// attached is where the fields of an attachment belong; its class is 0 for objects.
	attached address
	// raw are the columns named raw_, without that prefix.
	raw []Field
}

// address is how PostgreSQL refers to any object: its catalog, its row there, and the
// number of a column or 0.
type address struct {
	class uint32
	oid   uint32
	sub   int16
}

// setter stores one value of a row. The value lives until the next row only.
type setter func(into *row, value []byte) error

// layout reads the rows of one result. What each column means is found out once.
type layout struct {
	kind    Kind
	names   []string
	setters []setter
}

// The prefixes of column names that are no fields.
const (
	notePrefix = "note_"
	rawPrefix  = "raw_"
)

func (r *reading) layout(kind Kind, columns []resultColumn) layout {
	l := layout{kind: kind}
	for _, c := range columns {
		set := r.identitySetter(c.name)
		if set == nil {
			set = numberSetter(c.name)
		}
		if set == nil {
			set = r.fieldSetter(c.name, c.typeOID)
		}
		l.names = append(l.names, c.name)
		l.setters = append(l.setters, set)
	}
	return l
}

// read takes one row apart. The fields of the row before are overwritten.
func (l layout) read(values [][]byte, into *row) error {
	*into = row{object: Object{Identity: Identity{Kind: l.kind}, Fields: into.object.Fields[:0]}, raw: into.raw[:0]}
	for i, value := range values {
		if value == nil {
			continue
		}
		if err := l.setters[i](into, value); err != nil {
			return fmt.Errorf("reading column %q: %w", l.names[i], err)
		}
	}
	return nil
}

func (r *reading) identitySetter(name string) setter {
	switch name {
	case "kind":
		return func(to *row, v []byte) error { to.object.Kind = Kind(r.texts.of(v)); return nil }
	case "schema":
		return func(to *row, v []byte) error { to.object.Schema = r.texts.of(v); return nil }
	case "name":
		return func(to *row, v []byte) error { to.object.Name = r.texts.of(v); return nil }
	}
	return nil
}

// numberSetter is for the columns that hold an OID, a number or a size.
func numberSetter(name string) setter {
	switch name {
	case "oid":
		return number(func(to *row) *uint32 { return &to.object.Facts.OID })
	case "number":
		return number(func(to *row) *int16 { return &to.object.Facts.Number })
	case "file":
		return number(func(to *row) *uint32 { return &to.object.Facts.File })
	case "labels":
		return func(to *row, value []byte) error {
			return eachNumber(value, func(n int) { to.object.Facts.Labels = append(to.object.Facts.Labels, uint32(n)) }) //nolint:gosec // an OID
		}
	case "rows":
		return number(func(to *row) *int64 { return &to.object.Facts.Rows })
	case "bytes":
		return number(func(to *row) *int64 { return &to.object.Facts.Bytes })
	case "of":
		return number(func(to *row) *uint32 { return &to.of })
	case "of_type":
		return number(func(to *row) *uint32 { return &to.ofType })
	case "namespace":
		return number(func(to *row) *uint32 { return &to.namespace })
	case "relation":
		return number(func(to *row) *uint32 { return &to.relation })
	case "width":
		return number(func(to *row) *int16 { return &to.width })
	case "index":
		return number(func(to *row) *uint32 { return &to.index })
	case "constraint":
		return number(func(to *row) *uint32 { return &to.constraint })
	case "target":
		return number(func(to *row) *uint32 { return &to.target })
	case "class":
		return number(func(to *row) *uint32 { return &to.attached.class })
	case "on":
		return number(func(to *row) *uint32 { return &to.attached.oid })
	case "sub":
		return number(func(to *row) *int16 { return &to.attached.sub })
	}
	return nil
}

func number[T uint32 | int16 | int64](place func(*row) *T) setter {
	return func(to *row, value []byte) error {
		n, err := strconv.ParseInt(string(value), 10, 64)
		*place(to) = T(n)
		return err
	}
}

// fieldSetter is for all other columns: by their type they give no field, one, or several.
func (r *reading) fieldSetter(column string, oid uint32) setter {
	list := func(to *row) *[]Field { return &to.object.Fields }
	name := column
	if note, found := strings.CutPrefix(column, notePrefix); found {
		name, list = note, func(to *row) *[]Field { return &to.object.Notes }
	}
	if raw, found := strings.CutPrefix(column, rawPrefix); found {
		name, list = raw, func(to *row) *[]Field { return &to.raw }
	}
	add := func(to *row, value string) { *list(to) = append(*list(to), Field{Name: name, Value: value}) }
	switch oid {
	case pgtype.OIDOID:
		if name == "inherits" || name == parentTable {
			return func(to *row, value []byte) error {
				oid, err := strconv.ParseUint(string(value), 10, 32)
				for _, parent := range r.parents[uint32(oid)] {
					add(to, parent)
				}
				return err
			}
		}
	case pgtype.BoolOID:
		return func(to *row, value []byte) error {
			if string(value) == "t" {
				add(to, "true")
			}
			return nil
		}
	case pgtype.TextArrayOID:
		if name == optionList {
			return func(to *row, value []byte) error { return r.eachOption(value, func(s string) { add(to, s) }) }
		}
		return func(to *row, value []byte) error { return r.eachText(value, func(s string) { add(to, s) }) }
	case pgtype.Int2ArrayOID:
		return func(to *row, value []byte) error {
			t := r.relations[to.of]
			if to.of == 0 || strings.HasPrefix(name, "references_") {
				t = r.relations[to.target]
			}
			return eachColumn(t, value, func(s string) { add(to, s) })
		}
	}
	return func(to *row, value []byte) error { add(to, r.texts.of(value)); return nil }
}

func (r *reading) eachText(array []byte, do func(string)) error {
	var elements []string
	if err := r.types.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, array, &elements); err != nil {
		return err
	}
	for _, element := range elements {
		do(element)
	}
	return nil
}

// eachColumn takes an array of column numbers of a relation and gives their names; the name
// of number 0, an expression, is empty.
func eachColumn(t *relation, array []byte, do func(string)) error {
	return eachNumber(array, func(n int) { do(t.column(n).name) })
}

func eachNumber(array []byte, do func(int)) error {
	text := string(array)
	// A vector that was cast to an array counts from zero, and says so: [0:1]={1,2}.
	if _, items, found := strings.Cut(text, "="); found {
		text = items
	}
	for item := range strings.SplitSeq(strings.Trim(text, "{}"), ",") {
		n, err := strconv.Atoi(item)
		if err != nil {
			return err
		}
		do(n)
	}
	return nil
}
