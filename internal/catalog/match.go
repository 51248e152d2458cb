package catalog

import "slices"

// pair is one object as it was and as it is; one side is nil where it does not exist.
type pair struct {
	before, after *Object
	// renamed tells that it has another name of its own, or that it alone changed schema.
	renamed bool
	// suspected tells that only the shape says that the two are one.
	suspected bool
}

// match finds which objects are the same and how they differ. Objects that have the same
// identity, OID and fields, which is nearly all of them, cost a comparison and no memory.
func (c *comparer) match() {
	gone, come := c.walk()
	if c.lineage {
		gone, come = c.matchNumbers(gone, come)
	} else {
		gone, come = c.matchShapes(gone, come)
	}
	if c.tables {
		gone, come = c.matchTables(gone, come)
	}
	c.names.learn(c.pairs, c.after)
	gone, come = c.matchNames(gone, come)
	for _, o := range gone {
		c.pairs = append(c.pairs, pair{before: o})
	}
	for _, o := range come {
		c.pairs = append(c.pairs, pair{after: o})
	}
}

// walk goes through both sorted lists at once. It gives the objects that have no partner of
// the same identity, or in one lineage none of the same identity and OID.
func (c *comparer) walk() (gone, come []*Object) {
	b, a := c.before.snapshot.Objects, c.after.snapshot.Objects
	for i, j := c.before.next(0), c.after.next(0); i < len(b) || j < len(a); {
		order := 0
		switch {
		case i == len(b):
			order = 1
		case j == len(a):
			order = -1
		case b[i].Identity != a[j].Identity: // to see that two are equal is faster than their order
			order = b[i].Identity.Compare(a[j].Identity)
		}
		switch {
		case order < 0:
			gone = append(gone, &b[i])
		case order > 0:
			come = append(come, &a[j])
		case c.lineage && b[i].number() != a[j].number():
			gone, come = append(gone, &b[i]), append(come, &a[j])
		default:
			c.add(pair{before: &b[i], after: &a[j]})
		}
		if order <= 0 {
			i = c.before.next(i + 1)
		}
		if order >= 0 {
			j = c.after.next(j + 1)
		}
	}
	return gone, come
}

// add keeps a pair if anything about it is worth a look.
func (c *comparer) add(p pair) {
	if p.before.Identity != p.after.Identity || !slices.Equal(p.before.Fields, p.after.Fields) ||
		c.recreated(p) || c.otherFile(p) {
		c.pairs = append(c.pairs, p)
	}
}

// objectNumber is what makes an object the same within one lineage, whatever its name.
type objectNumber struct {
	kind   Kind
	oid    uint32
	column int16
}

func (o *Object) number() objectNumber { return objectNumber{o.Kind, o.Facts.OID, o.Facts.Number} }

// hasNumber tells objects that have an OID of their own. That of an extension's or the
// system's object stands for each of its columns too.
func (o *Object) hasNumber() bool {
	return o.Facts.OID != 0 && o.Kind != ExtensionMember && o.Kind != SystemObject
}

// matchNumbers pairs the objects that have one OID and two names.
func (c *comparer) matchNumbers(gone, come []*Object) (left, new []*Object) {
	partners := make(map[objectNumber]*Object, len(gone))
	for _, o := range gone {
		if o.hasNumber() {
			partners[o.number()] = o
		}
	}
	for _, o := range come {
		if was := partners[o.number()]; was != nil && o.hasNumber() {
			delete(partners, o.number())
			c.add(pair{before: was, after: o})
		} else {
			new = append(new, o)
		}
	}
	for _, o := range gone {
		if !o.hasNumber() || partners[o.number()] == o {
			left = append(left, o)
		}
	}
	return left, new
}

// matchNames pairs what is left by identity: objects that were dropped and made again.
// What belongs to a renamed table has that table's new name by now.
func (c *comparer) matchNames(gone, come []*Object) (left, new []*Object) {
	if len(gone) == 0 || len(come) == 0 {
		return gone, come
	}
	partners := make(map[Identity]*Object, len(come))
	for _, o := range come {
		partners[o.Identity] = o
	}
	for _, o := range gone {
		is := partners[c.names.forward.of(o.Identity)]
		if is == nil || c.names.back.of(is.Identity) != o.Identity {
			left = append(left, o)
			continue
		}
		delete(partners, is.Identity)
		c.add(pair{before: o, after: is})
	}
	for _, o := range come {
		if partners[o.Identity] == o {
			new = append(new, o)
		}
	}
	return left, new
}

// recreated tells that what holds data was dropped and made again.
func (c *comparer) recreated(p pair) bool {
	was, is := p.before.Facts, p.after.Facts
	if !c.lineage || was.OID == 0 || is.OID == 0 {
		return false
	}
	switch p.after.Kind {
	case Table, MaterializedView, Sequence:
		return was.OID != is.OID
	case Column:
		// The column of a recreated table has another OID, and is no news.
		return was.OID == is.OID && was.Number != is.Number && c.holdsRows(p.after)
	default: // their data, if any, is elsewhere
		return false
	}
}

func (c *comparer) holdsRows(column *Object) bool {
	parent := c.after.root(column)
	return parent.Kind == Table || parent.Kind == Composite
}

// otherFile tells that the rows of the same object are in another file.
func (c *comparer) otherFile(p pair) bool {
	was, is := p.before.Facts, p.after.Facts
	if !c.lineage || was.OID != is.OID || was.File == is.File || was.File == 0 || is.File == 0 {
		return false
	}
	switch p.after.Kind {
	case Table, MaterializedView, Index, Constraint:
		return true
	default: // a restarted sequence has another file too
		return false
	}
}
