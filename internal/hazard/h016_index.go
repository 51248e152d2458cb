package hazard

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

var (
	createIndex = pattern(`CREATE (UNIQUE )?INDEX (?:IF NOT EXISTS )?(?:NAME )?ON (?:ONLY )?NAME (.*)$`)
	// plainColumns are a btree index that op.create_index can make: names of columns alone.
	plainColumns = pattern(`(?:USING btree )?\(([\w\s,"]+)\)$`)
)

// h016 is an index that is built while nobody may write.
func h016(v *view) []Finding {
	return v.each(func(s *recorder.Statement) (Finding, bool) {
		found := createIndex.FindStringSubmatch(one(s.Text))
		if found == nil || strings.EqualFold(found[2], "concurrently") {
			return Finding{}, false
		}
		f, told := v.closes("H016", s)
		f.Why = "Whoever writes to the table waits until the index is built. Built concurrently, it takes longer and keeps nobody out."
		f.Advice = "build it concurrently, outside of the revision's transaction"
		f.Fix = concurrentIndex(s.Text, found)
		return f, told
	})
}

// concurrentIndex is the same index without closing the table.
func concurrentIndex(text string, found []string) string {
	table, columns := nameOf(found[3]), plainColumns.FindStringSubmatch(found[4])
	if found[2] == "" || columns == nil {
		return code(autocommit(execute("%s", concurrently.ReplaceAllString(one(text), "$0 CONCURRENTLY"))))
	}
	var names []string
	for c := range strings.SplitSeq(columns[1], ",") {
		_, bare := parts(c)
		if len(strings.Fields(c)) != 1 {
			return code(autocommit(execute("%s", concurrently.ReplaceAllString(one(text), "$0 CONCURRENTLY"))))
		}
		names = append(names, bare)
	}
	_, index := parts(found[2])
	unique := ""
	if found[1] != "" {
		unique = ", unique=True"
	}
	return code(autocommit(fmt.Sprintf("op.create_index(%s, %s, %s%s%s, postgresql_concurrently=True)",
		python(index), python(table.table), list(names), unique, schemaArgument(table.schema))))
}

var concurrently = regexp.MustCompile(`(?i)^\s*CREATE\s+(?:UNIQUE\s+)?INDEX`)
