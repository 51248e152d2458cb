package catalog

import (
	"cmp"
	"strings"
)

// Identity names an object within a database. It is the same in every copy of it.
type Identity struct {
	Kind Kind `json:"kind"`
	// Schema is empty for schemas and extensions.
	Schema string `json:"schema,omitempty"`
	// Name is the bare name; for functions, procedures and aggregates the quoted name with
	// the types of the arguments, as in `total(integer, text)`.
	Name string `json:"name"`
	// Parent is the bare name of the table, view or type that the object belongs to, in
	// the same schema. Empty for objects that stand alone.
	Parent string `json:"parent,omitempty"`
}

// rank is the place of a kind in snapshots and, where nothing else decides, in changes;
// unknown kinds come last. A switch, because sorting a large snapshot asks it often.
func (k Kind) rank() int {
	switch k {
	case Schema, Extension:
		return 0
	case Table, ForeignTable:
		return 1
	case Sequence:
		return 2
	case Enum, Domain, Composite, Range:
		return 3
	case View, MaterializedView:
		return 4
	case Function, Procedure, Aggregate:
		return 5
	case Column:
		return 6
	case Constraint:
		return 7
	case Index:
		return 8
	case Trigger, Policy, Rule:
		return 9
	}
	return 10
}

// Compare orders identities by kind, schema, parent and name: a total order.
func (id Identity) Compare(other Identity) int {
	if id.Kind != other.Kind {
		return cmp.Or(cmp.Compare(id.Kind.rank(), other.Kind.rank()), strings.Compare(string(id.Kind), string(other.Kind)))
	}
	return cmp.Or(
		strings.Compare(id.Schema, other.Schema),
		strings.Compare(id.Parent, other.Parent),
		strings.Compare(id.Name, other.Name),
	)
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

// quotedName is the bare name, quoted; names with arguments are quoted already.
func (id Identity) quotedName() string {
	switch id.Kind {
	case Function, Procedure, Aggregate:
		return id.Name
	default:
		return quote(id.Name)
	}
}
