package catalog

import "cmp"

// alignment reads two texts of one field side by side. Both must be equal but for names that
// were renamed; the difference is then no more than a consequence.
//
// A name is looked for where PostgreSQL writes it: schema.name for what stands alone, and a
// bare name for a column of a table that the text is about or mentions.
type alignment struct {
	names *renames
	// own is the object whose field it is.
	own     pair
	was, is []token
	i, j    int
	// by is the first object whose new name explained something.
	by       *Object
	mentions *mentions
}

// explain tells whether renames alone make the one text of the other, and the first object
// whose rename it took; nil if that is the object itself.
func (r *renames) explain(own pair, was, is string) (by *Object, ok bool) {
	if r.none() && !own.renamed {
		return nil, false
	}
	a := alignment{names: r, own: own, was: tokens(was), is: tokens(is)}
	ok = a.run()
	return a.by, ok
}

func (a *alignment) run() bool {
	for a.i < len(a.was) && a.j < len(a.is) {
		if !a.step() {
			return false
		}
	}
	return a.i == len(a.was) && a.j == len(a.is)
}

// step goes past what corresponds next in both texts.
func (a *alignment) step() bool {
	was, is := a.was[a.i], a.is[a.j]
	switch {
	case was.gap != is.gap || was.kind != is.kind:
		return false
	case was.kind == wordToken && a.qualifiedName():
		return true
	case was.text == is.text, was.kind == textToken && a.literal(was.value, is.value):
		a.i++
		a.j++
		return true
	case was.kind == wordToken:
		return a.bareName(was.value, is.value)
	}
	return false
}

// took notes that a rename explained something.
func (a *alignment) took(by *Object) bool {
	if a.by == nil && by != a.own.after {
		a.by = by
	}
	return true
}

// qualifiedName goes past "schema.name" if it was renamed.
func (a *alignment) qualifiedName() bool {
	was, found := qualifiedAt(a.was, a.i)
	is, also := qualifiedAt(a.is, a.j)
	if !found || !also || was == is || isSign(a.was, a.i-1, ".") {
		return false
	}
	by := a.names.renamed(was, is)
	if by == nil {
		return false
	}
	a.i += 3
	a.j += 3
	a.passAlias(was.name, is.name)
	return a.took(by)
}

// passAlias goes past a name that a renamed table keeps within a query: PostgreSQL writes
// "FROM s.old", and after the rename "FROM s.new old" where the query has that alias.
func (a *alignment) passAlias(was, is string) {
	switch hadAlias, hasAlias := isWord(a.was, a.i, is), isWord(a.is, a.j, was); {
	case hasAlias && !isWord(a.was, a.i, was):
		a.j++
	case hadAlias && !isWord(a.is, a.j, is):
		a.i++
	}
}

// renamed gives the object that has one name before and the other after.
func (r *renames) renamed(was, is qualified) *Object {
	for _, to := range r.names[was] {
		if to.to == is {
			return to.by
		}
	}
	if schema, found := r.schemas[was.schema]; found && schema.to.name == is.schema && was.name == is.name {
		return schema.by
	}
	return nil
}

// bareName goes past a name without a schema: a column, an alias, or the object's own name.
func (a *alignment) bareName(was, is string) bool {
	by := a.column(was, is)
	switch {
	case by != nil:
	case a.ownName(was, is):
		by = a.own.after
	default:
		by = cmp.Or(a.announced(was, is), a.relation(was, is))
	}
	if by == nil {
		return false
	}
	a.i++
	a.j++
	if by.Kind == Column {
		a.passOutputName(was, is)
	}
	return a.took(by)
}

// passOutputName goes past the name that a view keeps for a renamed column: "t.old", and
// after the rename "t.new AS old".
func (a *alignment) passOutputName(was, is string) {
	names := func(list []token, at int, name string) bool {
		return isWord(list, at, "AS") && isWord(list, at+1, name)
	}
	switch {
	case names(a.is, a.j, was) && !isWord(a.was, a.i, "AS"):
		a.j += 2
	case names(a.was, a.i, is) && !isWord(a.is, a.j, "AS"):
		a.i += 2
	}
}

// ownName tells the object's own name, which is in the definition of indexes, triggers and
// rules and of nothing else.
func (a *alignment) ownName(was, is string) bool {
	if !a.own.renamed || a.own.before.Name != was || a.own.after.Name != is || a.i == 0 {
		return false
	}
	switch a.was[a.i-1].text {
	case "INDEX", "TRIGGER", "RULE":
		return true
	}
	return false
}
