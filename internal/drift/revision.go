package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// AlembicRevision is the body of upgrade() that adopts differences: one op.execute for each statement of
// [Difference.Adopt], indented by four spaces, in an order in which they run. "pass" if there is nothing to adopt.
func AlembicRevision(differences []Difference) string {
	var text strings.Builder
	for _, sql := range AdoptAll(differences) {
		text.WriteString("    op.execute(" + pythonString(withoutParameters(sql)) + ")\n")
	}
	if text.Len() == 0 {
		return "    pass\n"
	}
	return text.String()
}

// AdoptAll gives the statements of [Difference.Adopt] of all differences in an order in which they run.
func AdoptAll(differences []Difference) []string {
	return inOrder(differences, func(d Difference) []string { return d.Adopt })
}

// RemoveAll gives the statements of [Difference.Remove] of all differences in an order in which they run.
func RemoveAll(differences []Difference) []string {
	return inOrder(differences, func(d Difference) []string { return d.Remove })
}

// inOrder puts the statements of differences in order: what is named by another one comes before it and is dropped after
// it; references between tables come last.
func inOrder(differences []Difference, of func(Difference) []string) []string {
	order := slices.Clone(differences)
	slices.SortStableFunc(order, func(a, b Difference) int { return cmp.Compare(stage(a.Object, of(a)), stage(b.Object, of(b))) })
	done := make([]bool, len(order))
	var sql, references []string
	var visit func(i int)
	visit = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		for j := range order {
			if !done[j] && creates(order[j].Object, of(order[j])) && mentions(of(order[i]), order[j].Object) {
				visit(j)
			}
		}
		for _, s := range of(order[i]) {
			if strings.HasPrefix(s, "ALTER TABLE ") && strings.Contains(s, " FOREIGN KEY ") && strings.Contains(s, " ADD CONSTRAINT ") {
				references = append(references, s)
			} else {
				sql = append(sql, s)
			}
		}
	}
	for i := range order {
		visit(i)
	}
	return append(sql, references...)
}

// stage is when the statements of a difference run: what is new from schemas to tables, what changes, views; and what
// goes the other way round.
func stage(id catalog.Identity, sql []string) int {
	const changes = 100
	kinds := []catalog.Kind{catalog.Schema, catalog.Extension, catalog.Enum, catalog.Domain, catalog.Composite, catalog.Range, catalog.Sequence, catalog.Function, catalog.Procedure, catalog.Table}
	at := slices.Index(kinds, id.Kind)
	switch {
	case id.Parent == "" && len(sql) > 0 && strings.Contains(sql[0], " RENAME TO "):
		return -1 // all others use the new name
	case creates(id, sql) && at >= 0:
		return at
	case creates(id, sql):
		return changes + 1
	case id.Parent == "" && len(sql) > 0 && strings.HasPrefix(sql[len(sql)-1], "DROP "):
		return 2*changes - at
	}
	return changes
}

// creates tells statements that make an object that stands alone.
func creates(id catalog.Identity, sql []string) bool {
	return id.Parent == "" && slices.ContainsFunc(sql, func(s string) bool { return strings.HasPrefix(s, "CREATE ") })
}

func mentions(sql []string, id catalog.Identity) bool {
	name := id.QualifiedName()
	if at := strings.IndexByte(name, '('); at > 0 { // a function without its arguments
		name = name[:at]
	}
	return slices.ContainsFunc(sql, func(s string) bool {
		for rest := s; ; {
			at := strings.Index(rest, name)
			if at < 0 {
				return false
			}
			if end := at + len(name); end == len(rest) || !inName(rest[end]) {
				return true
			}
			rest = rest[at+len(name):]
		}
	})
}

func inName(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// withoutParameters escapes colons that SQLAlchemy's text(), which op.execute makes of a string, would take for the
// start of a parameter: `(?<![:\w\x5c]):(\w+)(?!:)` in sqlalchemy/sql/compiler.py.
func withoutParameters(sql string) string {
	var b strings.Builder
	for i := range len(sql) {
		starts := sql[i] == ':' && i+1 < len(sql) && inName(sql[i+1]) && sql[i+1] != '$'
		if starts && (i == 0 || sql[i-1] != ':' && !inName(sql[i-1])) {
			b.WriteByte('\\')
		}
		b.WriteByte(sql[i])
	}
	return b.String()
}

// pythonString writes a string as Python reads it, of several lines as a block.
func pythonString(s string) string {
	quote := `"`
	if strings.Contains(s, "\n") {
		quote = `"""`
	}
	return quote + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", `\r`, "\x00", `\x00`).Replace(s) + quote
}
