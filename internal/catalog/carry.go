package catalog

import (
	"slices"
	"strings"
)

// The fields that say which column owns a sequence: bare names in the sequence's schema.
const (
	ownerTable  = "owned_by_table"
	ownerColumn = "owned_by_column"
)

// notNullField is the name of a column's NOT NULL constraint, where it is not the usual one.
const notNullField = "not_null_name"

// carry puts the values that a field had into today's names, as far as renames explain its
// new ones. by is the first object whose rename was needed; it is nil where the rename is
// told right beside: the order of columns, and the names that a sequence or a NOT NULL
// constraint has from its column.
func (r *renames) carry(p pair, name string, was, is []string) (carried []string, by *Object) {
	if r.none() && !p.renamed || verbatim(name) {
		return was, nil
	}
	if name == notNullField {
		return carryNotNull(p, was, is), nil
	}
	carried = slices.Clone(was)
	names, gone, open := r.namesOf(p, name), without(was, is), without(is, was)
	for i, item := range was {
		var of *Object
		switch {
		case names != nil:
			if to, found := names(item); found {
				carried[i], of = to.to.name, to.by
			}
		case len(gone) > 0 && item == gone[0]:
			carried[i], of = r.carryText(p, name, item, candidatesFor(open, len(gone)))
			gone = gone[1:]
		}
		if by == nil && of != p.after {
			by = of
		}
	}
	if name == columnList || name == ownerTable || name == ownerColumn || name == labelList {
		by = nil
	}
	return carried, by
}

// verbatim tells texts that people wrote, and names of roles. PostgreSQL does not touch them
// when something is renamed: if such a text names the new name, somebody changed it.
func verbatim(name string) bool {
	switch name {
	case "body", "owner", "grant", "revoke", "role", "options", "tag", "publication":
		return true
	}
	return isOption(name) || strings.HasSuffix(name, "comment") || strings.HasSuffix(name, "security_label")
}

// candidatesFor gives the new values that one of the old ones may be by now, likeliest first:
// lists keep their order through most renames. left is the number of old values from this
// one on.
func candidatesFor(open []string, left int) []string {
	const few = 32 // each is read word by word
	likeliest := max(0, len(open)-left)
	list := open[min(likeliest, len(open)):min(likeliest+1, len(open))]
	if len(open) <= few {
		list = append(slices.Clone(list), open...)
	}
	return list
}

// carryText puts a text into today's names, if it is one of the new values but for names.
func (r *renames) carryText(p pair, name, was string, candidates []string) (string, *Object) {
	for _, is := range candidates {
		if to, found := r.columns[p.table()][was]; found && to.to.name == is {
			return is, to.by
		}
		if by := r.global(kindNamedBy(name), plain(was), plain(is)); by != nil {
			return is, by
		}
		if by, ok := r.explain(p, was, is); ok {
			return is, by
		}
	}
	return was, nil
}

// kindNamedBy is the kind of object whose name a field is, if it is one without a schema.
func kindNamedBy(field string) Kind {
	switch field {
	case "in_schema", "published_schema":
		return Schema
	case "server":
		return Server
	case "wrapper":
		return DataWrapper
	case "language":
		return Language
	}
	return ""
}

// plain is a name without its quotes.
func plain(name string) string {
	if list := tokens(name); len(list) == 1 && list[0].kind == wordToken {
		return list[0].value
	}
	return name
}

// namesOf gives the translation of a field that holds bare names and nothing else; nil for
// all other fields.
func (r *renames) namesOf(p pair, field string) func(string) (renamed, bool) {
	of := func(names map[string]renamed) func(string) (renamed, bool) {
		return func(name string) (renamed, bool) { to, found := names[name]; return to, found }
	}
	switch field {
	case columnList, "column", "include", "on_delete_column":
		return of(r.columns[p.table()])
	case "references_column":
		table, _ := qualifiedAt(tokens(p.before.Get("references")), 0)
		return of(r.columns[table])
	case labelList:
		return of(r.labels[p.table()])
	case ownerColumn:
		return of(r.columns[qualified{p.before.Schema, p.before.Get(ownerTable)}])
	case ownerTable:
		return func(name string) (renamed, bool) {
			return renamed{to: r.forward.parent(qualified{p.before.Schema, name})}, true
		}
	}
	return nil
}

// carryNotNull drops the name of a NOT NULL constraint that only shows now, or no longer,
// because its table or column has another name: a name is told if PostgreSQL would have
// chosen another one.
func carryNotNull(p pair, was, is []string) []string {
	if p.before.Identity != p.after.Identity && p.before.Has("not_null") && p.after.Has("not_null") &&
		notNullName(p.before, was) == notNullName(p.after, is) {
		return is
	}
	return was
}

func notNullName(o *Object, names []string) string {
	switch {
	case len(names) > 0:
		return names[0]
	case o.Parent == "":
		return o.Name + "_not_null"
	}
	return o.Parent + "_" + o.Name + "_not_null"
}

// renamedLabels are the values of an enum that have another name.
func (r *renames) renamedLabels(p pair, name string, was []string) []Detail {
	if name != labelList {
		return nil
	}
	var details []Detail
	for _, label := range was {
		if to, found := r.labels[p.table()][label]; found {
			details = append(details, Detail{Action: Renamed, Attribute: labelList, Before: label, After: to.to.name})
		}
	}
	return details
}
