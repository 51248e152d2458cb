package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// The JSON forms of [Snapshot] and [Comparison] are the structs as they are, one key for each
// tag, with "version" first. Keys may be added without a new version; a key that changes its
// meaning makes one. What is read back is equal to what was written.
//
//	{"version": 1, "serverVersion": 150018, "database": "shop",
//	 "objects": [
//	  {"kind": "table", "schema": "public", "name": "users",
//	   "fields": [{"name": "owner", "value": "shop"}, {"name": "column_order", "value": "id"}],
//	   "facts": {"oid": 16385, "file": 16385, "rows": -1}},
//	  {"kind": "column", "schema": "public", "name": "id", "parent": "users",
//	   "fields": [{"name": "type", "value": "bigint"}, {"name": "not_null", "value": "true"}],
//	   "facts": {"oid": 16385, "number": 1}}],
//	 "notModelled": ["statistics object public.s"]}
//
// A field that is missing has PostgreSQL's default, and a name that repeats is a list: the
// labels of an enum, the columns of a key.

// Comparison is what `diff` writes: both sides and their changes.
type Comparison struct {
	// Version is the version of the JSON form, always [Version].
	Version int      `json:"version"`
	Before  Side     `json:"before"`
	After   Side     `json:"after"`
	Changes []Change `json:"changes"`
	// Sizes tell how large the changed tables were before, if that was asked for.
	Sizes []Size `json:"sizes,omitempty"`
	// Diagram shows the tables among them and their neighbours.
	Diagram Diagram `json:"diagram,omitzero"`
}

// Side is one side of a comparison, in short.
type Side struct {
	Database      string   `json:"database"`
	ServerVersion int      `json:"serverVersion"`
	Fingerprint   string   `json:"fingerprint"`
	NotModelled   []string `json:"notModelled,omitempty"`
}

// NewComparison compares two snapshots.
func NewComparison(before, after *Snapshot) Comparison {
	changes := Compare(before, after)
	return Comparison{
		Version: Version,
		Before:  before.side(),
		After:   after.side(),
		Changes: changes,
		Sizes:   SizesOf(before, changes),
		Diagram: NewDiagram(before, after, changes),
	}
}

// NotModelled names what either side contains and nothing was looked into, sorted.
func (c Comparison) NotModelled() []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Before.NotModelled, c.After.NotModelled))))
}

func (s *Snapshot) side() Side {
	return Side{Database: s.Database, ServerVersion: s.ServerVersion, Fingerprint: s.Fingerprint(), NotModelled: s.NotModelled}
}

// ParseSnapshot reads the JSON form of a snapshot. What is no snapshot, or one of a newer
// version of this program, is a fault of the caller's with advice.
func ParseSnapshot(data []byte) (*Snapshot, error) {
	var s Snapshot
	if err := parseVersioned(data, &s, &s.Version); err != nil {
		return nil, err
	}
	// Find and Compare rely on the order, which a file from elsewhere need not keep.
	s.sort()
	return &s, nil
}

// ParseComparison reads the JSON form of a comparison, with the same faults.
func ParseComparison(data []byte) (*Comparison, error) {
	var c Comparison
	if err := parseVersioned(data, &c, &c.Version); err != nil {
		return nil, err
	}
	return &c, nil
}

func parseVersioned(data []byte, into any, version *int) error {
	const what = "reading a snapshot file"
	if err := json.Unmarshal(data, into); err != nil {
		return fault.Usage(what, "it is not the JSON that this program writes",
			"write it with: neon-migrations snapshot --database-url URL --format json").Because(err)
	}
	switch {
	case *version == 0:
		return fault.Usage(what, `it has no "version", so it is some other JSON`,
			"write it with: neon-migrations snapshot --database-url URL --format json")
	case *version > Version:
		return fault.Usage(what, fmt.Sprintf("it is of version %d, and this program knows versions up to %d", *version, Version),
			"use a newer neon-migrations, or take the snapshot again with this one")
	}
	return nil
}
