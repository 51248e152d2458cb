package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// MapRoles gives roles other names wherever they own something, may do something or are named
// by a policy, so that databases whose roles are called differently can be compared: the keys
// are the names in this snapshot, the values those of the other one.
func (s *Snapshot) MapRoles(roles map[string]string) {
	if len(roles) == 0 {
		return
	}
	for i := range s.Objects {
		o := &s.Objects[i]
		o.Name = mapName(o.Identity, roles)
		fields := slices.Clone(o.Fields) // another object may have the same ones (see keep)
		for j, f := range fields {
			switch f.Name {
			case "owner", "role":
				fields[j].Value = cmp.Or(roles[f.Value], f.Value)
			case "grant", "revoke":
				fields[j].Value = mapPrivilege(f.Value, roles)
			}
		}
		sortRoles(fields)
		o.Fields = fields
	}
	s.sort()
}

// mapName renames the role in the names of those kinds that are named by one.
func mapName(id Identity, roles map[string]string) string {
	var prefix string
	switch id.Kind {
	case DefaultPrivileges:
		prefix = "FOR ROLE "
	case UserMapping:
		prefix = "FOR "
	default:
		return id.Name
	}
	for name, other := range roles {
		if rest, found := strings.CutPrefix(id.Name, prefix+quote(name)+" "); found {
			return prefix + quote(other) + " " + rest
		}
	}
	return id.Name
}

// mapPrivilege renames the roles of a line as queries/grants.sql writes it:
// "SELECT TO reader WITH GRANT OPTION GRANTED BY owner".
func mapPrivilege(line string, roles map[string]string) string {
	const by, option = " GRANTED BY ", " WITH GRANT OPTION"
	privilege, rest, _ := strings.Cut(line, " TO ")
	rest, grantor, granted := strings.Cut(rest, by)
	role, grantable := strings.CutSuffix(rest, option)
	text := privilege + " TO " + mapQuoted(role, roles)
	if grantable {
		text += option
	}
	if granted {
		text += by + mapQuoted(grantor, roles)
	}
	return text
}

// mapQuoted renames a role that is written as in SQL.
func mapQuoted(role string, roles map[string]string) string {
	for name, other := range roles {
		if quote(name) == role {
			return quote(other)
		}
	}
	return role
}

// sortRoles puts the lists that are sorted by their roles' names back in order; the items of a
// list follow each other.
func sortRoles(fields []Field) {
	for start, f := range fields {
		if start > 0 && fields[start-1].Name == f.Name || f.Name != "role" && f.Name != "grant" && f.Name != "revoke" {
			continue
		}
		end := start
		for end < len(fields) && fields[end].Name == f.Name {
			end++
		}
		slices.SortFunc(fields[start:end], func(a, b Field) int { return strings.Compare(a.Value, b.Value) })
	}
}
