package drift

import (
	"strings"
	"unicode/utf8"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// sentence says how an attribute differs.
func (c *comparison) sentence(d catalog.Detail, wanted, found catalog.Object, group string) string {
	of, in := upper(name(d.Object)), " in "+c.sides.found
	switch field := strings.TrimSuffix(d.Attribute, " order"); {
	case field == "invalid":
		return of + " is not valid" + in + ": a build of it failed, and no query uses it."
	case field == "not_null" && wanted.Has(field):
		return of + " is NOT NULL in " + c.sides.wanted + " and may be NULL" + in + "."
	case field == "not_null":
		return of + " may be NULL in " + c.sides.wanted + " and is NOT NULL" + in + "."
	case field == "not_null_name":
		return "The NOT NULL constraint of " + name(d.Object) + " has another name" + in + "."
	case field == "not_valid" || field == "definition" && found.Get(field) == wanted.Get(field)+" NOT VALID":
		return of + " is NOT VALID" + in + ": rows from before it were never checked."
	case field == "label" && d.Attribute != field || field == "label" && sameSet(wanted.List(field), found.List(field)):
		return of + " has its values in another order" + in + "."
	case field == "label":
		return of + " has other values" + in + "."
	case field == "enabled":
		return of + " is switched otherwise" + in + ": " + orElse(found.Get(field), "enabled") + "."
	case field == "owner":
		return of + " has another owner" + in + "."
	case group == "privileges":
		return of + " has other privileges" + in + "."
	case wanted.Get("type") == "primary key" && d.Object.Kind == catalog.Constraint:
		return "Table " + tableName(d.Object) + " has another primary key" + in + "."
	case group == "definition":
		return of + " is defined otherwise" + in + "."
	case !found.Has(field):
		return of + " has " + article(field) + " in " + c.sides.wanted + " alone."
	case !wanted.Has(field):
		return of + " has " + article(field) + in + " alone."
	default:
		return of + " has another " + noun(field) + in + "."
	}
}

// noun is the word for an attribute.
func noun(field string) string {
	switch field {
	case "generated":
		return "generation expression"
	case "option", "toast_option":
		return "storage parameter"
	case "statistics":
		return "statistics target"
	case "partition_by":
		return "partition key"
	case "inherits", "partition_of":
		return "parent"
	case "server_option":
		return "option"
	case "force_row_security":
		return "forced row-level security"
	case "row_security":
		return "row-level security"
	}
	return strings.ReplaceAll(field, "_", " ")
}

func article(field string) string {
	word := noun(field)
	switch {
	case field == "unlogged":
		return "no write-ahead log (UNLOGGED)"
	case strings.HasSuffix(word, "security") || field == "storage" || field == "compression":
		return word
	case strings.ContainsRune("aeiou", rune(word[0])):
		return "an " + word
	}
	return "a " + word
}

// valueOf is what one side says of an attribute; "" for nothing.
func valueOf(o catalog.Object, field, group string) string {
	switch {
	case field == "not_null" && o.Has(field):
		return "NOT NULL"
	case field == "not_null":
		return "NULL"
	case group == "privileges":
		var all []string
		for _, item := range o.List("grant") {
			all = append(all, "GRANT "+item)
		}
		for _, item := range o.List("revoke") {
			all = append(all, "REVOKE "+strings.Replace(item, " TO ", " FROM ", 1))
		}
		return clipped(strings.Join(all, "\n"))
	case group == "definition":
		return clipped(o.Text())
	case o.Get(field) == "true":
		return noun(field)
	}
	return clipped(strings.Join(o.List(field), ", "))
}

// clipped keeps long texts readable: the whole of a definition is in the statements.
func clipped(s string) string {
	const most = 2000
	s = strings.TrimSpace(s)
	if len(s) <= most {
		return s
	}
	at := most
	for !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at] + " …"
}

// name is kind and qualified name; of what belongs to a table its own name and the table's.
func name(id catalog.Identity) string {
	switch id.Kind {
	case catalog.Constraint, catalog.Index, catalog.Trigger, catalog.Policy, catalog.Rule:
		own := id
		own.Schema, own.Parent = "", ""
		return own.String() + " of " + tableName(id)
	default:
		return id.String()
	}
}

func tableName(id catalog.Identity) string {
	return catalog.Identity{Kind: catalog.Table, Schema: id.Schema, Name: id.Parent}.QualifiedName()
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
