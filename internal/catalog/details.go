package catalog

import (
	"slices"
	"strings"
)

// fieldDetails tells how the fields of one object differ, attribute by attribute.
func fieldDetails(before, after Object) []Detail {
	var details []Detail
	for _, name := range fieldNames(before, after) {
		was, is := before.List(name), after.List(name)
		if slices.Equal(was, is) {
			continue
		}
		for _, d := range listDetails(name, was, is) {
			d.Object = after.Identity
			details = append(details, d)
		}
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

// listDetails compares the values of one attribute. One value on each side is a change of
// it; else items come and go, each at its place, and those that stay may change their order.
func listDetails(name string, was, is []string) []Detail {
	if len(was) <= 1 && len(is) <= 1 && !alwaysList(name) {
		return []Detail{singleDetail(name, was, is)}
	}
	var details []Detail
	// Of a table's columns each is an object of its own: only their order is told here.
	if name != columnList {
		for _, item := range without(was, is) {
			details = append(details, Detail{Action: Removed, Attribute: name, Before: item})
		}
		for _, item := range without(is, was) {
			details = append(details, Detail{Action: Added, Attribute: name, After: item, Place: placeOf(name, item, is)})
		}
	}
	stayed, stayedNow := without(was, without(was, is)), without(is, without(is, was))
	if !slices.Equal(stayed, stayedNow) {
		details = append(details, Detail{
			Action: Changed, Attribute: strings.TrimSuffix(name, "_order") + " order",
			Before: strings.Join(stayed, ", "), After: strings.Join(stayedNow, ", "),
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

// alwaysList tells attributes whose single value is still an item and not the whole.
func alwaysList(name string) bool {
	switch name {
	case columnList, "label", "grant", "revoke", "role", "option", "inherits":
		return true
	}
	return false
}

// placeOf tells where an item is in a list whose order means something.
func placeOf(name, item string, list []string) string {
	if name != "label" {
		return ""
	}
	at := slices.Index(list, item)
	if at == 0 {
		return "first"
	}
	return "after " + literal(list[at-1])
}

func without(list, other []string) []string {
	var left []string
	for _, item := range list {
		if !slices.Contains(other, item) {
			left = append(left, item)
		}
	}
	return left
}
