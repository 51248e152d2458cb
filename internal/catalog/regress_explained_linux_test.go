package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// explanation is a reason for which a snapshot shows a change and a dump does not, or the
// reverse, on purpose. docs/regress.md lists them.
type explanation struct {
	what, why string
	// undumped are objects that no dump shows; lone tells that the other snapshot has no such object.
	undumped func(o Object, lone bool) bool
	// masked gives a dump without what no snapshot shows.
	masked func(dump string) string
}

// explanations are all there are.
var explanations = []explanation{
	{
		what: "an index that was never built to its end",
		why:  "it slows every write, and its name is taken when the index is built again",
		undumped: func(o Object, _ bool) bool {
			return o.Kind == Index && (o.Has("invalid") || o.Has("not_ready"))
		},
	},
	{
		what:     "the schema public, dropped",
		why:      "a dump can say what there is, and every new database has this schema",
		undumped: func(o Object, lone bool) bool { return lone && o.Identity == Identity{Kind: Schema, Name: "public"} },
	},
	{
		what:   "where a subscription connects to, options of a user mapping, passwords among those of a server",
		why:    "they are secrets",
		masked: withoutSecrets,
	},
}

// agree tells whether two snapshots and two dumps say the same, but for what is explained.
func agree(before, after *Snapshot, dumpBefore, dumpAfter string) bool {
	b, a := before.explained(after), after.explained(before)
	for _, e := range explanations {
		if e.masked != nil {
			dumpBefore, dumpAfter = e.masked(dumpBefore), e.masked(dumpAfter)
		}
	}
	return (len(logical(Compare(b, a))) > 0) == (dumpBefore != dumpAfter)
}

// explained gives the snapshot without what no dump shows.
func (s *Snapshot) explained(other *Snapshot) *Snapshot {
	left := *s
	left.Objects = slices.DeleteFunc(slices.Clone(s.Objects), func(o Object) bool {
		_, found := other.Find(o.Identity)
		return slices.ContainsFunc(explanations, func(e explanation) bool { return e.undumped != nil && e.undumped(o, !found) })
	})
	return &left
}

var (
	connection = regexp.MustCompile(`(CREATE SUBSCRIPTION .* CONNECTION) '(?:[^']|'')*'`)
	mapping    = regexp.MustCompile(`(CREATE USER MAPPING FOR .* SERVER .*?)(?: OPTIONS \((?s:.*?)\n\))?;`)
	option     = regexp.MustCompile(`(?m)^( +)(\S+) ('(?:[^']|'')*'),?$`)
)

func withoutSecrets(dump string) string {
	dump = connection.ReplaceAllString(dump, "$1 ***")
	dump = mapping.ReplaceAllString(dump, "$1;")
	return option.ReplaceAllStringFunc(dump, func(line string) string {
		part := option.FindStringSubmatch(line)
		if secretName.MatchString(part[2]) || secretValue.MatchString(part[3]) {
			return part[1] + part[2] + " ***"
		}
		return line
	})
}

// unrestored are objects of PostgreSQL's tests that a copy has otherwise, because pg_dump cannot tell or psql cannot do
// what they are; docs/regress.md has the reasons.
var unrestored = []struct{ object, why string }{
	{"system object FUNCTION pg_catalog.pg_stat_reset()", "the owner of the system's own objects is not dumped"},
	{"table dump_test.test_table_nn_chld1", "an inherited NOT NULL that no parent has as valid is dumped as the table's own"},
	{"table dump_test.test_table_nn_chld2", "an inherited NOT NULL that no parent has as valid is dumped as the table's own"},
	{"schema public", "a dump can say what there is, and every new database has this schema"},
	{"table public.gtestxx_4", parentsOrder},
	{"table generated_stored_tests.gtestxx_4", parentsOrder},
	{"table generated_virtual_tests.gtestxx_4", parentsOrder},
	{"table public.test_type_diff2_c", parentsOrder},
	{"table public.constr_child", otherNotNull},
	{"table public.notnull_part1_3_upg", otherNotNull},
}

// Reasons of several tables. PostgreSQL's own test of dumps adjusts the order of columns of the very same ones
// (src/test/perl/PostgreSQL/Test/AdjustDump.pm).
const (
	parentsOrder = "a restored child has its parent's columns in the parent's order"
	otherNotNull = "a NOT NULL that is inherited, and not valid everywhere or from two parents, is restored under another name or as the table's own"
)

// whyUnrestored tells why a copy's object is another one, "" if there is no reason.
func whyUnrestored(c Change) string {
	for _, u := range unrestored {
		if strings.HasPrefix(c.Object.String(), u.object) {
			return u.why
		}
	}
	return ""
}
