package drift

import "github.com/neon-migrations/neon-migrations-action/internal/catalog"

// cure writes the statements for each difference by itself.
func (c *comparison) cure() {
	if len(c.items) == 0 {
		return
	}
	forth := catalog.NewScript(c.found, c.wanted, compared)
	if !c.production {
		for i := range c.items {
			if it := &c.items[i]; c.offered(*it) {
				it.Adopt, _ = forth.Of(it.parts...)
			}
		}
		return
	}
	back := catalog.NewScript(c.wanted, c.found, compared)
	for i := range c.items {
		it := &c.items[i]
		it.Remove, _ = forth.Of(it.parts...)
		it.Adopt, _ = back.Of(it.back...)
	}
}

// offered tells the differences between models and database for which a revision is the cure. What only the database has
// is mostly what metadata cannot express, and it may hold rows: a revision that drops it is for people to write.
func (c *comparison) offered(it item) bool {
	if it.Tier != OnlyDatabase {
		return true
	}
	switch it.Object.Kind {
	case catalog.Constraint, catalog.Index:
		return true
	case catalog.Column:
		return it.attribute == "default" || it.attribute == "comment"
	case catalog.Table:
		return it.attribute == "comment"
	default:
		return false
	}
}
