package catalog

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
	// even if its definition is the same.
	Recreated Action = "recreated"
	// Rewritten is the same object with other files: every row was copied, or truncated.
	Rewritten Action = "rewritten"
)

// Change is the difference of one object that stands alone, together with all that belongs
// to it: a table with its columns, constraints, indexes, triggers, policies, rules and the
// sequences it owns.
type Change struct {
	Action Action   `json:"action"`
	Object Identity `json:"object"`
	// Was is the identity before; nil unless the action is [Renamed].
	Was *Identity `json:"was,omitempty"`
	// Suspected tells that a rename is a guess: something of the same shape went, and the
	// two snapshots are of different lineages.
	Suspected bool `json:"suspected,omitempty"`
	// Details are the smallest differences, most important first. Empty when the object as
	// a whole was added or removed.
	Details []Detail `json:"details,omitempty"`
	// Before and After are the canonical text of the object with all that belongs to it;
	// empty where it does not exist. They read like SQL and are meant for the eye.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Detail is one smallest difference: a column, a default, a value of an enum.
type Detail struct {
	Action Action `json:"action"`
	// Object is what differs: the object of the change itself or a part of it.
	Object Identity `json:"object"`
	// Was is the identity before of a part that was renamed, else nil.
	Was *Identity `json:"was,omitempty"`
	// Follows tells that the text changed only because something that it names was renamed.
	Follows bool `json:"follows,omitempty"`
	// Attribute is the field that differs, such as "type", "default", "label", "grant".
	// Empty when the part as a whole was added or removed; then Before or After is its text.
	Attribute string `json:"attribute,omitempty"`
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
	// Place tells where in an ordered list an item was added or removed: "after 'open'",
	// "first". Empty for everything else.
	Place string `json:"place,omitempty"`
}
