package hazard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h032 are rules that the database does not keep any longer.
func h032(v *view) []Finding {
	var all []Finding
	for _, c := range v.Changes {
		if c.Action == catalog.Added || c.Action == catalog.Removed || v.rowsBefore(was(c.Object, c.Was)) == 0 {
			continue
		}
		for _, d := range c.Details {
			var what string
			switch {
			case d.Object.Kind == catalog.Constraint && d.Action == catalog.Removed && !d.Follows && !v.kept(d.Object, c):
				what = fmt.Sprintf("the constraint `%s` of `%s` is gone", d.Object.Name, plainName(c.Object.Schema, c.Object.Name))
			case d.Object.Kind == catalog.Column && d.Attribute == "not_null" && d.After == "":
				what = fmt.Sprintf("`%s` may be null now", plainName(d.Object.Schema, d.Object.Parent+"."+d.Object.Name))
			case d.Object.Kind == catalog.Column && d.Attribute == "default" && d.After == "":
				what = fmt.Sprintf("`%s` has no default any longer", plainName(d.Object.Schema, d.Object.Parent+"."+d.Object.Name))
			default:
				continue
			}
			f := finding("H032", Info, v.about(c.Object.Name, d.Object.Name), d.Object.String())
			f.Title, f.Known, f.Evidence = what, recorder.Measured, "the catalog before and after the upgrade"
			f.Why = "Rows that break the rule may come from now on, and stand in the way if it is to return."
			all = append(all, f)
		}
	}
	return all
}

var notNullCheck = regexp.MustCompile(`^CHECK \(\("?(.+?)"? IS NOT NULL\)\)$`)

// kept tells whether a constraint went for a reason: NOT NULL is there, for which it was the proof; its columns or
// the table that it refers to are gone too; or another one says the same.
func (v *view) kept(id catalog.Identity, c catalog.Change) bool {
	old, found := find(v.Before, func(o catalog.Object) bool { return o.Identity == id })
	if !found {
		return false
	}
	column := func(name string) (catalog.Object, bool) {
		return find(v.After, func(o catalog.Object) bool {
			return o.Kind == catalog.Column && o.Schema == c.Object.Schema && o.Parent == c.Object.Name && o.Name == name
		})
	}
	if proves := notNullCheck.FindStringSubmatch(old.Get("definition")); proves != nil {
		if o, there := column(proves[1]); !there || o.Has("not_null") {
			return true
		}
	}
	for name := range wordsOf(old.Get("definition") + " " + strings.Join(old.List("column"), " ")) {
		id := catalog.Identity{Kind: catalog.Column, Schema: id.Schema, Parent: id.Parent, Name: name}
		if _, there := column(name); !there && v.there(id) {
			return true
		}
	}
	if target := old.Get("references"); target != "" {
		if _, there := table(v.After, nameOf(target)); !there {
			return true
		}
	}
	_, found = find(v.After, func(o catalog.Object) bool {
		same := o.Kind == catalog.Constraint && o.Get("definition") == old.Get("definition") && o.Get("references") == old.Get("references") && o.Get("type") == old.Get("type")
		unique := o.Kind == catalog.Index && old.Get("type") == "unique" && noted(o, "unique") != nil && noted(o, "partial") == nil
		return o.Schema == c.Object.Schema && o.Parent == c.Object.Name &&
			(same && slices.Equal(o.List("column"), old.List("column")) || unique && slices.Equal(noted(o, "column"), old.List("column")))
	})
	return found
}
