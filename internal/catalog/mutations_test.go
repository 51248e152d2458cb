package catalog

import (
	"slices"
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
	// place among all mutations, and among those of its file that are of the same kind.
	place, ofKind int
}

// silent tells a mutation that changes nothing that a dump of the schema shows.
func (m mutation) silent() bool { return strings.HasPrefix(m.name, "silent") }

// mutations are those that a server of that version can do.
func mutations(t testing.TB, major int) []mutation {
	t.Helper()
	var list []mutation
	named := map[string]bool{}
	place := 0
	for _, name := range mutationFiles {
		kinds := map[string]int{}
		for _, section := range strings.Split("\n"+file(t, name), "\n== ")[1:] {
			m := parseMutation(t, section)
			kind, _, _ := strings.Cut(m.name, ":")
			m.place, m.ofKind = place, kinds[kind]
			place++
			kinds[kind]++
			if named[m.name] {
				t.Fatalf("two mutations are called %q", m.name)
			}
			named[m.name] = true
			if m.since <= major {
				list = append(list, m)
			}
		}
	}
	if len(list) < 100 {
		t.Fatalf("there are %d mutations: the files were read wrongly", len(list))
	}
	return list
}

// turn tells whether a mutation is run on a version. The first ones of each kind run on all
// oracleVersions; the others on one of them in turn; and each on one of otherVersions. What is
// not undone must run everywhere, because others build on it.
func (m mutation) turn(major int) bool {
	if m.undo == "" || *thorough {
		return true
	}
	versions := oracleVersions
	if slices.Contains(otherVersions, major) {
		versions = otherVersions
	} else if m.ofKind < everywhere {
		return true
	}
	versions = slices.DeleteFunc(slices.Clone(versions), func(v int) bool { return v < m.since })
	return versions[m.place%len(versions)] == major
}

// everywhere is how many mutations of each kind in a file run on all versions: two hundred in
// all. A dump takes a tenth of a second, and there are fifteen hundred pairs of a mutation and
// a version that can do it. With -thorough they all run.
const everywhere = 3

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
