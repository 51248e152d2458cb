package catalog

import (
	"strings"
)

// Identity names an object within a database. It is the same in every copy of it.
type Identity struct {
	Kind Kind `json:"kind"`
	// Schema is empty for what is in none: schemas, extensions, casts, publications.
	Schema string `json:"schema,omitempty"`
	// Name is the bare name; for functions, procedures and aggregates the quoted name with
	// the types of the arguments, as in `total(integer, text)`. Where SQL needs more than a
	// name, it is that: `=== (integer, integer)`, `x_ops USING btree`, `(text AS public.x)`,
	// `FOR ROLE admin IN SCHEMA public ON TABLES`.
	Name string `json:"name"`
	// Parent is the bare name of the table, view or type that the object belongs to, in
	// the same schema. Empty for objects that stand alone.
	Parent string `json:"parent,omitempty"`
}

// Compare orders identities by kind, schema, parent and name: a total order.
func (id Identity) Compare(other Identity) int {
	if order := id.compareFamily(other); order != 0 {
		return order
	}
	return strings.Compare(id.Name, other.Name)
}

// compareFamily is Compare without the name.
func (id *Identity) compareFamily(other Identity) int {
	if order := id.Kind.compare(other.Kind); order != 0 {
		return order
	}
	if order := strings.Compare(id.Schema, other.Schema); order != 0 {
		return order
	}
	return strings.Compare(id.Parent, other.Parent)
}

// String gives the kind and the qualified name, quoted where SQL needs it:
// "column public.users.email".
func (id Identity) String() string { return string(id.Kind) + " " + id.QualifiedName() }

// QualifiedName gives schema, parent and name as one would write them in SQL.
func (id Identity) QualifiedName() string {
	var parts []string
	if id.Schema != "" {
		parts = append(parts, quote(id.Schema))
	}
	if id.Parent != "" {
		parts = append(parts, quote(id.Parent))
	}
	return strings.Join(append(parts, id.quotedName()), ".")
}

// quotedName is the bare name, quoted; names that are more than one word are quoted already.
func (id Identity) quotedName() string {
	if id.Kind.spelled() {
		return id.Name
	}
	return quote(id.Name)
}
