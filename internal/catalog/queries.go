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
//   - of, of_type: the OID of the parent in pg_class or pg_type, which gives a child its
//     schema and parent. A row whose parent is in no snapshot (an extension's table, a
//     temporary one) is dropped.
//   - oid, number, file, rows, bytes: the [Facts].
//   - relation, index, constraint: further OIDs by which children and attachments know the
//     object: its row in pg_class, the index behind a constraint, a NOT NULL constraint.
//   - class, on, sub instead of all these: the row adds fields to the object with that
//     address, as pg_description has it.
//   - note_x: a note x. Everything else is a field of that name.
//
// NULL and false make no field; true is "true"; an array makes one field for each element.
//
// A line that ends in "-- since N" is for servers of major version N and newer, "-- before N"
// for older ones.
type source struct {
	file string
	kind Kind
}

// sources are in the order of their reading: parents come before children, objects before
// what is attached to them.
func sources() []source {
	return []source{
		{"schemas", Schema},
		{"extensions", Extension},
		{"tables", Table},
		{"views", View},
		{"types", ""},
		{"sequences", Sequence},
		{"functions", ""},
		{"columns", Column},
		{"constraints", Constraint},
		{"indexes", Index},
		{"triggers", Trigger},
		{"policies", Policy},
		{"rules", Rule},
		{"aggregates", ""},
		{"comments", ""},
		{"grants", ""},
	}
}

var versionMark = regexp.MustCompile(`-- (since|before) (\d+)`)

// sql gives the query for a server of that major version.
func sql(file string, major int) (string, error) {
	text, err := queryFiles.ReadFile("queries/" + file + ".sql")
	if err != nil {
		return "", fmt.Errorf("finding the query %q: %w", file, err)
	}
	var kept []string
	for line := range strings.Lines(string(text)) {
		if fits(line, major) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, ""), nil
}

func fits(line string, major int) bool {
	for _, mark := range versionMark.FindAllStringSubmatch(line, -1) {
		version, err := strconv.Atoi(mark[2])
		if err != nil || (mark[1] == "since") != (major >= version) {
			return false
		}
	}
	return true
}
