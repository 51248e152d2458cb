package hazard

import (
	"fmt"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// h031 is what running code still uses and finds changed: tried out where it could be, else as
// the catalog shows it.
func h031(v *view) []Finding {
	if v.Deploy != nil {
		return v.broken()
	}
	var all []Finding
	for _, c := range v.Changes {
		if c.Object.Kind == catalog.Table && (c.Action == catalog.Removed || c.Action == catalog.Renamed) {
			if o, _ := v.tableBefore(was(c.Object, c.Was)); !o.Has("partition_of") { // code uses the whole
				all = append(all, v.unusable(was(c.Object, c.Was), "is "+gone(c.Action)))
			}
		}
		if c.Action == catalog.Added {
			continue
		}
		for _, d := range c.Details {
			if d.Object.Kind != catalog.Column || d.Follows {
				continue
			}
			switch {
			case d.Action == catalog.Removed, d.Action == catalog.Renamed && d.Attribute == "":
				all = append(all, v.unusable(was(d.Object, d.Was), "is "+gone(d.Action)))
			case v.required(d):
				all = append(all, v.demanding(d))
			}
		}
	}
	return all
}

// required tells whether a column must be given now by whoever inserts a row, and had not to be before.
func (v *view) required(d catalog.Detail) bool {
	now, found := find(v.After, func(o catalog.Object) bool { return o.Identity == d.Object })
	if !found || !now.Has("not_null") || now.Has("default") || now.Has("identity") || now.Has("generated") {
		return false
	}
	return d.Action == catalog.Added && d.Attribute == "" || d.Attribute == "not_null" || d.Attribute == "default"
}

// demanding is the finding about a column that must be given now. If it was there before, every row has a
// value in it, as the upgrade went well; whether some code leaves it out, the catalog does not know.
func (v *view) demanding(d catalog.Detail) Finding {
	f := v.unusable(d.Object, "must not be null and has no default")
	if d.Attribute == "not_null" {
		f.Severity = Info
		f.Title = strings.Replace(f.Title, "uses it", "leaves it out", 1)
	}
	return f
}

func (v *view) unusable(id catalog.Identity, how string) Finding {
	s := v.saying(anyStatement, id.Name)
	if id.Parent != "" {
		s = v.about(id.Parent, id.Name)
	}
	f := finding("H031", Warn, s, id.String())
	f.Title = fmt.Sprintf("`%s` %s: code that runs now and uses it fails", plainName(id.Schema, strings.TrimPrefix(id.Parent+"."+id.Name, ".")), how)
	f.Known, f.Evidence = recorder.Measured, "the catalog before and after the upgrade"
	f.Why = "The old code runs until the deployment is over, and again after it was taken back."
	f.Advice = "do it in two steps: first let the code do without, then change the schema"
	return f
}

// broken are the uses by the code of the base commit that fail with the new schema, one for each table,
// column and kind of error.
func (v *view) broken() []Finding {
	var all []Finding
	seen := map[string]int{}
	for _, u := range v.Deploy.OldCodeNewSchema {
		key := strings.Join([]string{u.Table, u.Column, u.SQLState}, "|")
		if at, found := seen[key]; found {
			all[at].Evidence += "; " + u.said()
			continue
		}
		seen[key] = len(all)
		schema, table := parts(u.Table)
		f := finding("H031", Warn, v.about(table, u.Column), "table "+schema+"."+table)
		f.Title = fmt.Sprintf("breaks the running version during deploy: %s of `%s` fails on `%s`", u.Operation, u.Class, plainName(schema, table))
		if u.Column != "" {
			f.Title += ", column `" + u.Column + "`"
		}
		f.Title += ": " + u.Message
		f.Known, f.Evidence = recorder.Measured, u.said()
		f.Why = "The models of the base commit were tried on the upgraded branch, and rolled back. Instances with that code run until the deployment is over."
		f.Advice = "do it in two steps: first let the code do without, then change the schema"
		all = append(all, f)
	}
	return all
}

func (u Use) said() string {
	return fmt.Sprintf("%s of %s: SQLSTATE %s, %s", u.Operation, u.Class, u.SQLState, u.Message)
}

// about is the statement about a column, or else about its table.
func (v *view) about(table, column string) *recorder.Statement {
	if column != "" {
		if s := v.saying(anyStatement, table, column); s != nil {
			return s
		}
	}
	return v.saying(anyStatement, table)
}

var anyStatement = pattern(`\w`)

func gone(a catalog.Action) string {
	if a == catalog.Renamed {
		return "renamed"
	}
	return "gone"
}
