package catalog

import (
	"embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// source is one query of a snapshot. Its result's column names say what they are:
//
//   - kind, schema, name: the identity; kind may be fixed by the source instead.
//
//   - namespace: the OID of the schema, instead of its name. A row of a system schema is named in
//     NotModelled, one of a temporary schema dropped.
//
//   - of, of_type: the OID of the parent in pg_class or pg_type, which gives a child its
//     schema and parent. A row whose parent is in no snapshot (an extension's table, a
//     temporary one) is dropped.
//
//   - oid, number, labels, file, rows, bytes: the [Facts].
//
//   - relation, index, constraint: further OIDs by which children and attachments know the
//     object: its row in pg_class, the index behind a constraint, a NOT NULL constraint.
//
//   - class, on, sub instead of all these: the row adds fields to the object with that
//     address, as pg_description has it. If there is none, the row is dropped, unless it has
//     a kind and a name: then it is all that is told of an object that is left out.
//
//   - note_x: a note x. Everything else is a field of that name.
//
//   - target: the OID in pg_class of a relation that the object refers to, and to which columns
//     named references_ belong; of a user mapping the OID of its server.
//
//   - width: how many columns a relation has.
//
//   - raw_x: kept aside as x for the source's finish, which makes fields of it or nothing.
//
//   - inherits, partition_of: the OID of a relation; the fields hold the names of what it inherits from.
//
// NULL and false make no field; true is "true"; an array makes one field for each element. An
// array of int2 holds numbers of columns, and the fields hold their names.
//
// A line that ends in "-- since N" is for servers of major version N and newer, "-- before N"
// for older ones.
type source struct {
	file string
	kind Kind
	// finish completes a row once it is read, and tells whether it is an object of its own;
	// nil leaves all rows as they are.
	finish func(*reading, *row) bool
	// end, if there is one, follows the last row.
	end func(*reading)
}

// The sources are in the order of their reading: parents come before children, objects before
// what is attached to them.

// commonSources are what almost every schema has.
func commonSources() []source {
	return []source{
		{file: "schemas", kind: Schema, finish: finishSchema},
		{file: "extensions", kind: Extension},
		{file: "parents", finish: finishParent},
		{file: "tables", kind: Table, finish: finishTable, end: (*reading).makeRoom},
		{file: "views", kind: View, finish: finishView},
		{file: "types"},
		{file: "functions"},
		{file: "columns", kind: Column, finish: finishColumn},
		{file: "sequences", kind: Sequence, finish: finishSequence},
		{file: "constraints", kind: Constraint, finish: finishConstraint},
		{file: "indexes", kind: Index, finish: finishIndex},
		{file: "triggers", kind: Trigger},
		{file: "rules", kind: Rule},
	}
}

// rareSources are asked for only where queries/rare.sql says that there is something.
func rareSources() []source {
	return []source{
		{file: "not_nulls", finish: finishNotNull},
		{file: "languages"},
		{file: "ranges"},
		{file: "base_types"},
		{file: "policies", kind: Policy},
		{file: "aggregates"},
		{file: "statistics", kind: Statistics, finish: finishStatistics},
		{file: "operators", kind: Operator},
		{file: "operator_classes"},
		{file: "operator_members", finish: finishOperatorMember},
		{file: "casts"},
		{file: "collations", kind: Collation},
		{file: "conversions", kind: Conversion},
		{file: "text_search_parsers"},
		{file: "text_search"},
		{file: "foreign", finish: finishForeign},
		{file: "publications", kind: Publication},
		{file: "published", finish: finishPublished},
		{file: "subscriptions", kind: Subscription, finish: finishSubscription},
		{file: "event_triggers", kind: EventTrigger},
		{file: "default_privileges", kind: DefaultPrivileges, finish: finishPrivileges},
		{file: "labels"},
		{file: "dependencies"},
	}
}

// lastSources are attached to all the others.
func lastSources() []source {
	return []source{
		{file: "comments", finish: finishComment, end: endComments},
		{file: "grants", finish: finishPrivileges, end: endPrivileges},
	}
}

// newestKnown is the newest major version whose catalogs these queries know completely.
const newestKnown = 18

var versionSwitch = regexp.MustCompile(`-- (since|before) (\d+)`)

// sql gives the query for a server of that major version, in few bytes: a line begins with a
// window of some 14 KB (RFC 6928), and what is more costs a round trip.
func sql(file string, major int) (string, error) {
	text, err := queryFiles.ReadFile("queries/" + file + ".sql")
	if err != nil {
		return "", fmt.Errorf("finding the query %q: %w", file, err)
	}
	var short strings.Builder
	for line := range strings.Lines(string(text)) {
		code, comment, commented := strings.Cut(line, "--")
		if code = strings.TrimSpace(code); code == "" || commented && !fits("--"+comment, major) {
			continue
		}
		short.WriteString(code)
		short.WriteByte('\n')
	}
	return short.String(), nil
}

// unqualified drops the name of the one schema that the empty search_path of settings.sql
// leaves: a third of all bytes.
func unqualified(query string) string { return strings.ReplaceAll(query, "pg_catalog.", "") }

func fits(comment string, major int) bool {
	for _, mark := range versionSwitch.FindAllStringSubmatch(comment, -1) {
		version, err := strconv.Atoi(mark[2])
		if err != nil || (mark[1] == "since") != (major >= version) {
			return false
		}
	}
	return true
}
