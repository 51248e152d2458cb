// Package catalog reads what PostgreSQL's system catalogs say a database contains, and
// tells two such readings apart.
//
// [Read] gives a [Snapshot]: objects with a stable identity and ordered fields, free of
// OIDs, creation order, row data and statistics. [Snapshot.Fingerprint] is its hash, and
// [Compare] the list of changes between two of them. The fingerprints of two snapshots are
// equal exactly when Compare finds nothing, or nothing but what only rows and files tell
// ([Change.Physical]).
//
// A new kind of object is a file in queries/ (see queries.go for its column conventions),
// a line in [sources], and, if its text should be nicer than a list of fields, a case in
// the renderer. What has no query is named by queries/not_modelled.sql in every snapshot
// that contains it.
package catalog

import "slices"

// Version is the version of the JSON form of [Snapshot] and [Comparison].
const Version = 1

// Snapshot is the schema of one database at one moment, and the value that everything
// else compares, hashes and renders. It holds no row data and no secret.
type Snapshot struct {
	// Version is the version of the JSON form, always [Version].
	Version int `json:"version"`
	// ServerVersion is PostgreSQL's server_version_num: 150018 is 15.18.
	ServerVersion int `json:"serverVersion"`
	// Database is the name of the database. It is not part of the fingerprint.
	Database string `json:"database"`
	// Environment are facts about the database as a whole that a dump of its schema does
	// not contain: encoding, locale. Not part of the fingerprint.
	Environment []Field `json:"environment,omitempty"`
	// Objects are all objects, in the order of [Identity.Compare].
	Objects []Object `json:"objects"`
	// Lineage names the database that was read, as a hash of the server's address and the
	// database's OID. Snapshots of one lineage share their OIDs, so that a rename is known
	// and not guessed. Empty where it is not known.
	Lineage string `json:"lineage,omitempty"`
	// Gate is the state of the system catalogs when the snapshot was taken (see [Gate]).
	Gate string `json:"gate,omitempty"`
	// Sizes tells that the facts include rows and bytes.
	Sizes bool `json:"sizes,omitempty"`
	// NotModelled names what the database contains and this package does not look into,
	// such as `operator public.===`, sorted. Changes of these are not seen.
	NotModelled []string `json:"notModelled,omitempty"`
}

// Object is one thing with a name of its own, down to a column or a trigger.
type Object struct {
	Identity
	// Fields are what defines the object: hashed, compared and rendered. A field that is
	// not there has PostgreSQL's default; a name that repeats is an ordered list.
	Fields []Field `json:"fields,omitempty"`
	// Notes are worth showing and no part of the definition: an extension's version.
	Notes []Field `json:"notes,omitempty"`
	// Facts are what PostgreSQL keeps about the object in this one database.
	Facts Facts `json:"facts,omitzero"`
	// Tool names the migration tool whose version table this is ("alembic"), else "".
	// Version tables are neither compared nor hashed: their coming and going is no change
	// of the schema. Set on tables only, not on their columns.
	Tool string `json:"tool,omitempty"`
}

// Field is one attribute: its name and its value as PostgreSQL writes it.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Facts identify an object within one lineage (a database and its branches) and tell its
// size. They are neither hashed nor compared: a restored copy has other ones.
type Facts struct {
	// OID is the object's row in its catalog; for a column, that of its table.
	OID uint32 `json:"oid,omitempty"`
	// Number is a column's attnum: it outlives a rename.
	Number int16 `json:"number,omitempty"`
	// File is the relfilenode: it changes when a table or an index is rewritten.
	File uint32 `json:"file,omitempty"`
	// Labels are the OIDs of an enum's labels, in the order of its label fields.
	Labels []uint32 `json:"labels,omitempty"`
	// Rows is the planner's estimate, -1 when the table was never analysed. Rows and Bytes are
	// 0 unless asked for ([ReadOptions.Sizes]).
	Rows int64 `json:"rows,omitempty"`
	// Bytes is the size on disk at the last VACUUM or ANALYZE, without indexes and TOAST.
	Bytes int64 `json:"bytes,omitempty"`
}

// Get returns the value of the first field of that name, or "".
func (o Object) Get(name string) string {
	for _, f := range o.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Has tells whether there is a field of that name.
func (o Object) Has(name string) bool {
	return slices.ContainsFunc(o.Fields, func(f Field) bool { return f.Name == name })
}

// List returns the values of all fields of that name, in their order.
func (o Object) List(name string) []string {
	var values []string
	for _, f := range o.Fields {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// SetTool marks a table as the version table of a migration tool, where the tool itself names
// it; [Read] knows the usual names. It does nothing if there is no such table.
func (s *Snapshot) SetTool(schema, table, tool string) {
	if at, found := s.place(Identity{Kind: Table, Schema: schema, Name: table}); found {
		s.Objects[at].Tool = tool
	}
}

// Find returns the object with that identity.
func (s *Snapshot) Find(id Identity) (Object, bool) {
	at, found := s.place(id)
	if !found {
		return Object{}, false
	}
	return s.Objects[at], true
}

func (s *Snapshot) place(id Identity) (int, bool) {
	return slices.BinarySearchFunc(s.Objects, id, func(o Object, id Identity) int {
		return o.Identity.Compare(id)
	})
}
