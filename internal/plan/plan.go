// Package plan holds what a rehearsal promises and a promotion keeps: which revisions lead
// production from where to where, and what they change. Its digest identifies it, its seal proves who
// made it, and two of them can be compared.
package plan

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// Version grows when the same rehearsal would get another digest. A plan of another version is no plan.
const Version = 2

// Plan is what a rehearsal promises.
type Plan struct {
	Version int `json:"version"`
	// Project is Neon's id of the project, Database the database's name in it.
	Project  string `json:"project"`
	Database string `json:"database"`
	// From and To are Alembic's revisions before and after.
	From []string `json:"from"`
	To   []string `json:"to"`
	// Revisions are those that ran, in their order.
	Revisions []Revision `json:"revisions"`
	// Before and After are the catalog's fingerprints.
	Before string `json:"before"`
	After  string `json:"after"`
	// Changes are what the revisions did to the catalog.
	Changes []Change `json:"changes"`
	// Target tells one part of a plan for several databases or configurations from the others, Parts are all of them
	// in their order. A plan that has parts says nothing of a database itself.
	Target string `json:"target,omitempty"`
	Parts  []Plan `json:"parts,omitempty"`
}

// Every gives the plan's parts in their order; the plan itself where it has none.
func (p Plan) Every() []Plan {
	if len(p.Parts) > 0 {
		return p.Parts
	}
	return []Plan{p}
}

// Empty tells that nothing would run.
func (p Plan) Empty() bool {
	return !slices.ContainsFunc(p.Every(), func(one Plan) bool { return len(one.Revisions) > 0 })
}

// Revision is one pending revision and the hash of its file.
type Revision struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Change is one change of the catalog: in words, and as a hash of all that it does. What was
// there before and stays is not part of the hash.
type Change struct {
	What string `json:"what"`
	Hash string `json:"hash"`
}

// hashBytes of a change's hash are kept: enough for two of one database never to be equal by chance.
const hashBytes = 12

// ChangesOf gives the changes in the form of a plan, in their order.
func ChangesOf(changes []catalog.Change) []Change {
	planned := make([]Change, len(changes))
	for i, c := range changes {
		planned[i] = Change{What: string(c.Action) + " " + c.Object.String(), Hash: hashOf(c)}
	}
	return planned
}

func hashOf(c catalog.Change) string {
	if c.Action != catalog.Added && c.Action != catalog.Removed {
		c.Before, c.After = "", "" // the details tell what differs, these all the rest as well
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(encoded)
	return base64.RawURLEncoding.EncodeToString(sum[:hashBytes])
}

// Digest identifies the plan: "sha256:" and the hash of its JSON form, whose fields have a fixed order.
func (p Plan) Digest() string {
	p.Version = Version
	encoded, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers
	}
	sum := sha256.Sum256(encoded)
	return "sha256:" + hex.EncodeToString(sum[:])
}
