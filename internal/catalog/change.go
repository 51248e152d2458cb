package catalog

import "slices"

// Action is what happened to an object or to an attribute.
type Action string

// The actions. Of two snapshots of one lineage ([Snapshot.Lineage]) OIDs say exactly what was
// renamed, recreated and rewritten; of two others a rename is at most suspected.
const (
	Added   Action = "added"
	Removed Action = "removed"
	Changed Action = "changed"
	// Renamed has another name or is in another schema; Details may say what else changed.
	Renamed Action = "renamed"
	// Recreated was dropped and made again under the same name: a table's rows are gone,
	// even if its definition is the same. Told of what holds data: tables, materialized
	// views, sequences and columns.
	Recreated Action = "recreated"
	// Rewritten is the same object with other files: every row was copied, or truncated.
	// Told of tables, materialized views, and indexes whose table kept its files.
	Rewritten Action = "rewritten"
)

// Change is the difference of one object that stands alone, together with all that belongs
// to it: a table with its columns, constraints, indexes, triggers, policies, rules and the
// sequences it owns.
//
// What differs only because something that it names was renamed has no change of its own: it
// is a detail of the change that tells the rename, with Follows set. So are the partitions
// of a table that do nothing but what their parent does.
type Change struct {
	Action Action   `json:"action"`
	Object Identity `json:"object"`
	// Was is the identity before, if it was another one: the action is [Renamed], or the object
	// changed otherwise and moved with its schema. Else nil.
	Was *Identity `json:"was,omitempty"`
	// Suspected tells that a rename, of the object or of one of its parts, is a guess:
	// something of the same shape went, and the two snapshots are of different lineages.
	Suspected bool `json:"suspected,omitempty"`
	// Details are the smallest differences, most important first. Empty when the object as
	// a whole was added or removed, and when it was only renamed, recreated or rewritten.
	Details []Detail `json:"details,omitempty"`
	// Before and After are the canonical text of the object with all that belongs to it;
	// empty where it does not exist. They read like SQL and are meant for the eye. What no
	// SQL tells, such as rows that are gone, is a comment at the head of After.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Detail is one smallest difference: a column, a default, a value of an enum.
type Detail struct {
	Action Action `json:"action"`
	// Object is what differs: the object of the change itself or a part of it; of a detail
	// that follows also an object that stands alone.
	Object Identity `json:"object"`
	// Was is the identity before of what was renamed, else nil. A renamed value of an enum
	// is an attribute: its old name is Before.
	Was *Identity `json:"was,omitempty"`
	// Follows tells that the text changed only because something that it names was renamed,
	// or that a partition did what its parent did. There is one such detail for each object.
	Follows bool `json:"follows,omitempty"`
	// Attribute is the field that differs, such as "type", "default", "label", "grant"; of a
	// detail that follows it may be several, "default, type". Empty when the part as a whole
	// was added, removed, renamed, recreated or rewritten; Before or After of one that was
	// added or removed is its text.
	Attribute string `json:"attribute,omitempty"`
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
	// Place tells where in an ordered list an item was added or removed: "after 'open'",
	// "first". Empty for everything else.
	Place string `json:"place,omitempty"`
}

// Physical tells that the definition is what it was and only rows or files are not: the
// object or parts of it were recreated or rewritten. The fingerprints of two snapshots are
// equal exactly when all their changes are physical.
func (c Change) Physical() bool {
	if c.Action == Added || c.Action == Removed || c.Was != nil {
		return false
	}
	return !slices.ContainsFunc(c.Details, func(d Detail) bool { return !d.Physical() })
}

// Physical tells that rows or files differ, and the definition does not.
func (d Detail) Physical() bool { return d.Action == Recreated || d.Action == Rewritten }
