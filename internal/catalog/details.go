package catalog

import (
	"slices"
	"strings"
)

// told is a detail, and what it comes from.
type told struct {
	Detail
	pair pair
	// by is the object whose rename the detail follows; its group tells the detail if its
	// own has nothing else to tell.
	by *Object
	// with is the group of the parent table that did the same.
	with *group
}

// fieldDetails tells how the fields of one object differ: attribute by attribute, and what
// only follows from renames as one detail at the end.
func (r *renames) fieldDetails(p pair) []told {
	var details []told
	follows := told{Detail: Detail{Action: Changed, Object: p.after.Identity, Follows: true}, pair: p}
	var attributes, before, after []string
	for _, name := range fieldNames(*p.before, *p.after) {
		was, is := p.before.List(name), p.after.List(name)
		if slices.Equal(was, is) {
			continue
		}
		carried, by := r.carry(p, name, was, is)
		if slices.Equal(carried, is) && by != nil {
			attributes, before, after = append(attributes, name), append(before, was...), append(after, is...)
			if follows.by == nil {
				follows.by = by
			}
			continue
		}
		for _, d := range append(r.renamedLabels(p, name, was), listDetails(name, was, carried, is)...) {
			d.Object = p.after.Identity
			details = append(details, told{Detail: d, pair: p})
		}
	}
	if follows.by != nil {
		follows.Attribute = strings.Join(attributes, ", ")
		follows.Before, follows.After = strings.Join(before, ", "), strings.Join(after, ", ")
		details = append(details, follows)
	}
	return details
}

func fieldNames(objects ...Object) []string {
	var names []string
	for _, o := range objects {
		for _, f := range o.Fields {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// listDetails compares the values of one attribute; carried are those of before in today's
// names. One value on each side is a change of it; else items come and go, each at its
// place, and those that stay may change their order.
func listDetails(name string, was, carried, is []string) []Detail {
	if slices.Equal(carried, is) {
		return nil
	}
	if len(was) <= 1 && len(is) <= 1 && !alwaysList(name) {
		return []Detail{singleDetail(name, was, is)}
	}
	var gone, stayed, stayedWas []string
	now := set(is)
	for i, item := range carried {
		if now[item] {
			stayed, stayedWas = append(stayed, item), append(stayedWas, was[i])
		} else {
			gone = append(gone, was[i])
		}
	}
	come := without(is, carried)
	var details []Detail
	// Of a table's columns each is an object of its own: only their order is told here.
	if name != columnList {
		details = itemDetails(name, gone, come, is)
	}
	if stayedNow := without(is, come); !slices.Equal(stayed, stayedNow) {
		details = append(details, Detail{
			Action: Changed, Attribute: strings.TrimSuffix(name, "_order") + " order",
			Before: strings.Join(stayedWas, ", "), After: strings.Join(stayedNow, ", "),
		})
	}
	return details
}

func singleDetail(name string, was, is []string) Detail {
	d := Detail{Action: Changed, Attribute: name, Before: strings.Join(was, ""), After: strings.Join(is, "")}
	switch {
	case len(was) == 0:
		d.Action = Added
	case len(is) == 0:
		d.Action = Removed
	}
	return d
}

// itemDetails tells which items of a list came and went. Those with one key, such as
// fillfactor=70 and fillfactor=80, are one that changed.
func itemDetails(name string, gone, come, is []string) []Detail {
	was := map[string]string{}
	for _, item := range gone {
		was[key(name, item)] = item
	}
	var details []Detail
	changed := map[string]bool{}
	for _, item := range come {
		before, found := was[key(name, item)]
		if found && !changed[before] {
			changed[before] = true
			details = append(details, Detail{Action: Changed, Attribute: name, Before: before, After: item})
		} else {
			details = append(details, Detail{Action: Added, Attribute: name, After: item, Place: placeOf(name, item, is)})
		}
	}
	for _, item := range gone {
		if !changed[item] {
			details = append(details, Detail{Action: Removed, Attribute: name, Before: item})
		}
	}
	return details
}

// key is what makes an item of a list the same when its value changes; for most lists the
// item is its own key.
func key(name, item string) string {
	switch {
	case isOption(name):
		item, _, _ = strings.Cut(item, "=")
	case name == "grant":
		item, _, _ = strings.Cut(item, " WITH GRANT OPTION")
	case name == "mapping":
		item, _, _ = strings.Cut(item, " WITH ")
	case name == "security_label":
		item, _, _ = strings.Cut(item, " ") // its provider
	case name == "published_table":
		if list := tokens(item); len(list) > 3 {
			item = list[0].text + "." + list[2].text
		}
	}
	return item
}

// isOption tells lists of key=value.
func isOption(name string) bool {
	return name == "option" || name == "setting" || strings.HasSuffix(name, "_option")
}

// alwaysList tells attributes whose single value is still an item and not the whole.
func alwaysList(name string) bool {
	switch name {
	case columnList, labelList, "grant", "revoke", "role", "inherits", "published_table", "published_schema", "mapping",
		"operator", "support_function", "tag", "publication", "depends_on_extension", "security_label":
		return true
	}
	return isOption(name)
}

// labelList is the field with the values of an enum, in their order.
const labelList = "label"

// placeOf tells where an item is in a list whose order means something.
func placeOf(name, item string, list []string) string {
	if name != labelList {
		return ""
	}
	at := slices.Index(list, item)
	if at == 0 {
		return "first"
	}
	return "after " + literal(list[at-1])
}

// without gives the items that are not in another list.
func without(list, other []string) []string {
	known := set(other)
	return slices.DeleteFunc(slices.Clone(list), func(item string) bool { return known[item] })
}

func set(items []string) map[string]bool {
	known := make(map[string]bool, len(items))
	for _, item := range items {
		known[item] = true
	}
	return known
}
