package recorder

import "strings"

// versionTable is Alembic's table if nobody names another.
const versionTable = "alembic_version"

// versionWrite is a statement by which Alembic says how far it has come.
type versionWrite struct {
	verb     string // INSERT, UPDATE or DELETE
	revision string // what it names, where that stands in the text
	param    int    // the parameter that names it, counting from 1; 0 where the text does
}

// is tells whether a name is that of the version table.
func (r RevisionTable) is(schema, name string) bool {
	want := r.Name
	if want == "" {
		want = versionTable
	}
	return name == want && (r.Schema == "" || schema == "" || schema == r.Schema)
}

// write reads INSERT INTO table (...) VALUES (x), UPDATE table SET column = x and
// DELETE FROM table WHERE column = x; nil for anything else.
func (r RevisionTable) write(s *script) *versionWrite {
	for _, one := range s.sentences {
		var at int
		var before string
		switch {
		case one.begins("INSERT", "INTO"):
			at, before = 2, "VALUES"
		case one.begins("UPDATE"):
			at, before = 1, "SET"
		case one.begins("DELETE", "FROM"):
			at, before = 2, "WHERE"
		default:
			continue
		}
		schema, name, next := one.qualified(at)
		if !r.is(schema, name) {
			continue
		}
		w := &versionWrite{verb: one.verb()}
		from := one[next:].index(before)
		if from < 0 {
			continue
		}
		for _, t := range one[next+from:] {
			if t.kind == literal {
				w.revision = unquote(t.text)
				return w
			}
			if t.kind == param {
				w.param = paramNumber(t.text)
				return w
			}
		}
	}
	return nil
}

func paramNumber(text string) int {
	n := 0
	for _, c := range strings.TrimPrefix(text, "$") {
		n = n*10 + int(c-'0')
	}
	return n
}

// revisions gives statements to revisions as the version table is written: what came since the
// write before belongs to it. In a downgrade that is the revision it leads to; where the tool's
// helper tells, [Recording.Attribute] knows better.
type revisions struct {
	waiting []*entry // statements that no write has claimed yet
	deleted string   // a DELETE that another write may follow, as at a merge
}

// add takes one statement down; w is set for a write of the version table.
func (r *revisions) add(e *entry, w *versionWrite) {
	switch {
	case w == nil:
		r.settle(e)
		r.waiting = append(r.waiting, e)
	case w.revision == "":
	case w.verb == "DELETE":
		r.deleted = w.revision
	default:
		r.claim(w.revision)
	}
}

// settle ends the wait after a DELETE: the transaction's end or a statement of the next
// revision shows that no other write follows it, and so it was a downgrade.
func (r *revisions) settle(e *entry) {
	if r.deleted != "" && !e.Housekeeping {
		r.claim(r.deleted)
	}
}

func (r *revisions) claim(revision string) {
	for _, e := range r.waiting {
		if !e.Housekeeping {
			e.Revision = revision
		}
	}
	r.waiting, r.deleted = nil, ""
}

// housekeeping tells whether a statement is the tool's own and not a revision's.
func (r RevisionTable) housekeeping(s *script) bool {
	for _, one := range s.sentences {
		if !r.own(one) {
			return false
		}
	}
	return true
}

// ownVerbs begin what drivers and tools send for themselves.
var ownVerbs = []string{
	"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "SHOW", "DISCARD", "DEALLOCATE", "UNLISTEN", "CLOSE", "RESET",
}

// ownWords are what drivers ask about: the server, its catalogs and settings.
var ownWords = []string{
	"pg_catalog", "information_schema", "version", "current_schema", "current_database", "standard_conforming_strings",
	"pg_type", "pg_class", "pg_attribute", "pg_namespace", "pg_advisory_unlock_all", "pg_backend_pid", "current_setting",
	"pg_is_in_recovery", "pg_advisory_lock", "pg_advisory_xact_lock", "pg_advisory_unlock",
}

func (r RevisionTable) own(one sentence) bool {
	for _, verb := range ownVerbs {
		if one.verb() == verb {
			return true
		}
	}
	for i := range one {
		_, name, next := one.qualified(i)
		if name != "" && next > i && r.is("", name) {
			return true
		}
	}
	if one.verb() != "SELECT" && one.verb() != "WITH" {
		return false
	}
	if one.index("FROM") < 0 && len(one) <= 2 { // SELECT 1
		return true
	}
	for _, t := range one {
		if t.kind == word && t.is(ownWords...) {
			return true
		}
	}
	return false
}

// finish claims what a last DELETE left: a downgrade to base.
func (r *revisions) finish() {
	if r.deleted != "" {
		r.claim(r.deleted)
	}
}
