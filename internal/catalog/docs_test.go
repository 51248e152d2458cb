package catalog

import (
	"os"
	"strings"
	"testing"
)

const docs = "../../docs/catalog.md"

// wantDocs fails if a part of docs/catalog.md that a test writes is not what it would write.
// With -update it is written.
func wantDocs(t *testing.T, part, want string) {
	t.Helper()
	data, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+part+":begin -->\n", "<!-- "+part+":end -->"
	head, rest, found := strings.Cut(string(data), begin)
	got, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no markers %q and %q", docs, begin, end)
	}
	if want = "\n" + want + "\n"; got == want {
		return
	}
	if !*update {
		t.Errorf("%s is not up to date; run go test ./internal/catalog -run TestOracle -update\n%s", docs, unifiedDiff(got, want))
		return
	}
	if err := os.WriteFile(docs, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
