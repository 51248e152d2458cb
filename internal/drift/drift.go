// Package drift tells where two snapshots that should say the same do not: the models' metadata and the upgraded
// database ([Models]), what the revisions produce and production as it is ([Production]).
//
// It takes plain values and gives plain values, each difference with the statements that cure it.
package drift

import (
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// Tier is how much a difference weighs, by who says something.
type Tier string

// The tiers, most severe first.
const (
	// Contradiction: both sides say something different about the same thing.
	Contradiction Tier = "contradiction"
	// OnlyModels is in the models alone; of production drift that is OnlyRevisions.
	OnlyModels Tier = "only in the models"
	// OnlyRevisions is what the revisions produce and production does not have.
	OnlyRevisions Tier = "only in the revisions"
	// OnlyDatabase is in the upgraded database alone. It is the usual residue of what metadata does not say, such as
	// defaults that filled a new column, triggers, views and privileges: worth knowing, and no fault.
	OnlyDatabase Tier = "only in the database"
	// OnlyProduction is in production alone: made by hand.
	OnlyProduction Tier = "only in production"
	// NameOnly has another name and is the same.
	NameOnly Tier = "name only"
)

func (t Tier) rank() int {
	return slices.Index([]Tier{Contradiction, OnlyModels, OnlyRevisions, OnlyDatabase, OnlyProduction, NameOnly}, t)
}

// Difference is one thing in which the two sides differ.
type Difference struct {
	Tier   Tier             `json:"tier"`
	Object catalog.Identity `json:"object"`
	// What is one plain sentence that a reviewer understands.
	What string `json:"what"`
	// Wanted is what the models or the revisions say, Found what the database or production says.
	Wanted string `json:"wanted,omitempty"`
	Found  string `json:"found,omitempty"`
	// Adopt are statements for a revision: of model drift it makes what is wanted, of production drift what is found.
	// Empty where a revision cannot or should not do it, such as dropping what only the database has with its rows.
	Adopt []string `json:"adopt,omitempty"`
	// Remove makes production what its revisions say; of model drift it is empty.
	Remove []string `json:"remove,omitempty"`
}

// Filter says what is none of the project's business. The zero value leaves out the version tables that are known by
// their names.
type Filter struct {
	// VersionTables are further ones, by schema and name.
	VersionTables [][2]string
	// Rejected tells what env.py's own filters leave out: kind is "schema", "table", "column", "index", "unique_constraint",
	// "foreign_key_constraint" or "check_constraint". The schema public is asked for as "" as well. nil: nothing.
	Rejected func(kind, schema, table, name string) bool
}

// Models compares what the models' metadata creates in an empty database with the database that the revisions were
// run in. The differences are most severe first, and the same for the same snapshots. The order of columns, owners
// and the names of NOT NULL constraints never count.
func Models(models, upgraded *catalog.Snapshot, f Filter) []Difference {
	return compare(models, upgraded, f, modelWords)
}

// Production compares what the revisions produce with production as it is: what was changed there by hand, or in
// revisions after they ran. Owners count where they are not the ones that stand for each other nearly everywhere.
func Production(history, production *catalog.Snapshot, f Filter) []Difference {
	return compare(history, production, f, productionWords)
}

// sides are the words for the two sides.
type sides struct {
	wanted, found         string
	onlyWanted, onlyFound Tier
	production            bool
}

var (
	modelWords      = sides{wanted: "the models", found: "the database", onlyWanted: OnlyModels, onlyFound: OnlyDatabase}
	productionWords = sides{wanted: "the revisions", found: "production", onlyWanted: OnlyRevisions, onlyFound: OnlyProduction, production: true}
)

// compared is how closely the sides are looked at.
var compared = catalog.Options{TableRenames: true}

func compare(wanted, found *catalog.Snapshot, f Filter, words sides) []Difference {
	c := &comparison{sides: words}
	c.wanted, c.found = f.prepare(wanted, words), f.prepare(found, words)
	if words.production {
		alignOwners(c.wanted, c.found)
	}
	for _, change := range catalog.CompareWith(c.found, c.wanted, compared) {
		c.tell(change)
	}
	c.together()
	c.sort()
	c.cure()
	differences := make([]Difference, len(c.items))
	for i, it := range c.items {
		differences[i] = it.Difference
	}
	return differences
}
