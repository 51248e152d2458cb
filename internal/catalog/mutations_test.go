package catalog

import (
	"strconv"
	"strings"
	"testing"
)

// mutationFiles hold the mutations, one section each. The order counts: the last one of mutations.sql
// drops what all others work on.
var mutationFiles = []string{"mutations-newer.sql", "mutations-more.sql", "mutations-rare.sql", "mutations.sql"}

// mutation is one section of a file of mutations. Servers older than since cannot do it.
type mutation struct {
	name, sql, undo string
	since           int
}

// silent tells a mutation that changes nothing that a dump of the schema shows.
func (m mutation) silent() bool { return strings.HasPrefix(m.name, "silent") }

// mutations are those that a server of that version can do.
func mutations(t testing.TB, major int) []mutation {
	t.Helper()
	var list []mutation
	for _, name := range mutationFiles {
		for _, section := range strings.Split("\n"+file(t, name), "\n== ")[1:] {
			if m := parseMutation(t, section); m.since <= major {
				list = append(list, m)
			}
		}
	}
	named := map[string]bool{}
	for _, m := range list {
		if named[m.name] {
			t.Fatalf("two mutations are called %q", m.name)
		}
		named[m.name] = true
	}
	if len(list) < 100 {
		t.Fatalf("there are %d mutations: the files were read wrongly", len(list))
	}
	return list
}

func parseMutation(t testing.TB, section string) mutation {
	t.Helper()
	name, body, _ := strings.Cut(section, "\n")
	sql, undo, _ := strings.Cut(body, "\n-- undo\n")
	m := mutation{name: name, sql: strings.TrimSpace(sql), undo: strings.TrimSpace(undo)}
	if since, rest, found := strings.Cut(name, "] "); found {
		number, err := strconv.Atoi(strings.TrimPrefix(since, "["))
		if err != nil {
			t.Fatalf("reading the version of %q: %v", name, err)
		}
		m.name, m.since = rest, number
	}
	return m
}
