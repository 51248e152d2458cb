package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// finishPrivileges tells the privileges on an object as their difference from those that would
// be there had nobody granted or revoked any (queries/grants.sql). Nothing is left of a row
// without a difference, and none comes of another owner. Neon's own roles have privileges
// everywhere by Neon's doing: left out.
func finishPrivileges(r *reading, g *row) bool {
	raw := Object{Fields: g.raw}
	owner, base := raw.Get("owner"), raw.List("base")
	if g.object.Kind == DefaultPrivileges && owner == cloudAdmin {
		return false
	}
	if g.attached.class == classNamespace && r.namespaces[g.attached.oid].name == "public" {
		base = publicDefault(owner)
	}
	is, was := privilegeLines(raw.List("privilege"), owner), privilegeLines(base, owner)
	for _, line := range without(is, was) {
		g.object.Fields = append(g.object.Fields, Field{Name: "grant", Value: line})
	}
	for _, line := range without(was, is) {
		g.object.Fields = append(g.object.Fields, Field{Name: "revoke", Value: line})
	}
	return len(g.object.Fields) > 0
}

// columnGrant makes of the privileges on a column what queries/grants.sql tells of other objects.
// Nobody has any by default.
func columnGrant(column *row, granted []string) row {
	raw := []Field{{Name: "owner", Value: granted[0]}}
	for _, item := range granted[1:] {
		raw = append(raw, Field{Name: "privilege", Value: item})
	}
	return row{attached: address{classRelation, column.of, column.object.Facts.Number}, raw: raw}
}

// endPrivileges tells those on columns, which came with the columns, where those on all else are told:
// so fields have the same order everywhere.
func endPrivileges(r *reading) {
	for i := range r.columnPrivileges {
		if g := &r.columnPrivileges[i]; finishPrivileges(r, g) {
			r.attach(*g)
		}
	}
}

// publicDefault is what pg_dump takes for the default of the schema public: initdb lets
// everybody use it.
func publicDefault(owner string) []string {
	id := aclName(owner)
	return []string{id + "=UC/" + id, "=U/" + id}
}

// aclName writes a role as aclitem's output function does.
func aclName(role string) string { return `"` + strings.ReplaceAll(role, `"`, `""`) + `"` }

// privilegeLines writes aclitems out, one line for each privilege, sorted. That the owner granted
// something goes without saying.
func privilegeLines(items []string, owner string) []string {
	var lines []string
	for _, item := range items {
		grantee, rest := cutRole(item)
		letters, grantor, _ := strings.Cut(strings.TrimPrefix(rest, "="), "/")
		grantor, _ = cutRole(grantor)
		if neonRole(grantee) {
			continue
		}
		for i, letter := range letters {
			if letter == '*' {
				continue
			}
			line := privilegeName(letter) + " TO " + roleName(grantee)
			if strings.HasPrefix(letters[i+1:], "*") {
				line += " WITH GRANT OPTION"
			}
			if grantor != owner && !neonRole(grantor) {
				line += " GRANTED BY " + quote(grantor)
			}
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// cutRole takes the role at the beginning of an aclitem or of what is left of one. Its name is
// in double quotes where it needs them.
func cutRole(text string) (role, rest string) {
	if !strings.HasPrefix(text, `"`) {
		at := strings.IndexAny(text, "=/")
		if at < 0 {
			at = len(text)
		}
		return text[:at], text[at:]
	}
	var name strings.Builder
	for rest = text[1:]; rest != ""; {
		before, after, _ := strings.Cut(rest, `"`)
		name.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return name.String(), after
		}
		name.WriteByte('"')
		rest = after[1:]
	}
	return name.String(), ""
}

// roleName writes a grantee as SQL does; no name stands for everybody.
func roleName(role string) string {
	if role == "" {
		return "PUBLIC"
	}
	return quote(role)
}

// privilegeName is the word for a letter of an aclitem (src/include/utils/acl.h).
func privilegeName(letter rune) string {
	switch letter {
	case 'r':
		return "SELECT"
	case 'a':
		return "INSERT"
	case 'w':
		return "UPDATE"
	case 'd':
		return "DELETE"
	case 'D':
		return "TRUNCATE"
	case 'x':
		return "REFERENCES"
	case 't':
		return "TRIGGER"
	case 'm':
		return "MAINTAIN"
	case 'X':
		return "EXECUTE"
	case 'U':
		return "USAGE"
	case 'C':
		return "CREATE"
	default: // of a server that is newer than this list
		return fmt.Sprintf("PRIVILEGE %q", letter)
	}
}
