package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// row is one row of a source, taken apart by its column names (see [source]).
type row struct {
	object Object
	// of, ofType, relation, index and constraint are OIDs; 0 is none.
	of, ofType, relation, index, constraint uint32
	// attached is where the fields of an attachment belong; its class is 0 for objects.
	attached address
}

// address is how PostgreSQL refers to any object: its catalog, its row there, and the
// number of a column or 0.
type address struct {
	class uint32
	oid   uint32
	sub   int16
}

// layout reads the rows of one result.
type layout struct {
	kind    Kind
	columns []pgconn.FieldDescription
	types   *pgtype.Map
}

// read takes one row apart. The strings are copies: the values live until the next row only.
func (l layout) read(values [][]byte) (row, error) {
	r := row{object: Object{Identity: Identity{Kind: l.kind}}}
	for i, value := range values {
		if value == nil {
			continue
		}
		name := l.columns[i].Name
		known, err := r.set(name, string(value))
		if err != nil {
			return row{}, fmt.Errorf("reading column %q: %w", name, err)
		}
		if known {
			continue
		}
		fields, err := l.fields(i, value)
		if err != nil {
			return row{}, fmt.Errorf("reading column %q: %w", name, err)
		}
		if strings.HasPrefix(name, notePrefix) {
			r.object.Notes = append(r.object.Notes, fields...)
		} else {
			r.object.Fields = append(r.object.Fields, fields...)
		}
	}
	return r, nil
}

const notePrefix = "note_"

// fields makes the fields of one value: none for false, one for each element of an array.
func (l layout) fields(i int, value []byte) ([]Field, error) {
	name := strings.TrimPrefix(l.columns[i].Name, notePrefix)
	switch l.columns[i].DataTypeOID {
	case pgtype.BoolOID:
		if string(value) != "t" {
			return nil, nil
		}
		return []Field{{Name: name, Value: "true"}}, nil
	case pgtype.TextArrayOID:
		var elements []string
		if err := l.types.Scan(pgtype.TextArrayOID, pgtype.TextFormatCode, value, &elements); err != nil {
			return nil, err
		}
		fields := make([]Field, len(elements))
		for i, element := range elements {
			fields[i] = Field{Name: name, Value: element}
		}
		return fields, nil
	}
	return []Field{{Name: name, Value: string(value)}}, nil
}

// set stores a column that is not a field, and tells whether it was one.
func (r *row) set(name, value string) (known bool, err error) {
	o := &r.object
	switch name {
	case "kind":
		o.Kind = Kind(value)
	case "schema":
		o.Schema = value
	case "name":
		o.Name = value
	default:
		return r.setNumber(name, value)
	}
	return true, nil
}

func (r *row) setNumber(name, value string) (known bool, err error) {
	switch name {
	case "oid":
		err = parse(&r.object.Facts.OID, value)
	case "number":
		err = parse(&r.object.Facts.Number, value)
	case "file":
		err = parse(&r.object.Facts.File, value)
	case "rows":
		err = parse(&r.object.Facts.Rows, value)
	case "bytes":
		err = parse(&r.object.Facts.Bytes, value)
	case "of":
		err = parse(&r.of, value)
	case "of_type":
		err = parse(&r.ofType, value)
	case "relation":
		err = parse(&r.relation, value)
	case "index":
		err = parse(&r.index, value)
	case "constraint":
		err = parse(&r.constraint, value)
	case "class":
		err = parse(&r.attached.class, value)
	case "on":
		err = parse(&r.attached.oid, value)
	case "sub":
		err = parse(&r.attached.sub, value)
	default:
		return false, nil
	}
	return true, err
}

func parse[T uint32 | int16 | int64](into *T, value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	*into = T(n)
	return err
}
