package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// shape is what has to be equal for a suspicion.
type shape struct {
	kind           Kind
	schema, parent string
	place          string // of a column
	sum            [sha256.Size]byte
}

// sum hashes objects without the name of the first.
func sum(objects []*Object) [sha256.Size]byte {
	own := baseName(objects[0].Identity)
	var b []byte
	for i, o := range objects {
		name := o.Name
		if i == 0 {
			// Of a function the types of its arguments stay.
			name = strings.TrimPrefix(strings.TrimPrefix(name, own), quote(own))
		}
		b = appendString(appendString(b, string(o.Kind)), nameless(name, own))
		b = binary.AppendUvarint(b, uint64(len(o.Fields)))
		for _, f := range o.Fields {
			value := f.Value
			if !verbatim(f.Name) {
				value = anonymous(value, own)
			}
			b = appendString(appendString(b, f.Name), value)
		}
	}
	return sha256.Sum256(b)
}

// anonymous takes a name out of SQL, wherever it is part of a name.
func anonymous(sql, own string) string {
	var b strings.Builder
	list := tokens(sql)
	for i, t := range list {
		b.WriteString(t.gap)
		switch {
		case t.kind == wordToken:
			b.WriteString(nameless(t.value, own))
		case t.kind == textToken && isSign(list, i+1, "::") && i+2 < len(list) && strings.HasPrefix(list[i+2].text, "reg"):
			b.WriteString("'" + anonymous(t.value, own) + "'")
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// nameless takes a name out of another that was made from it: "users" out of "users_pkey"
// and "ix_users_email".
func nameless(name, own string) string {
	const hole = "\x00"
	if own == "" || !strings.Contains(name, own) {
		return name
	}
	framed := strings.ReplaceAll("_"+name+"_", "_"+own+"_", "_"+hole+"_")
	return strings.TrimSuffix(strings.TrimPrefix(framed, "_"), "_")
}
