package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files in testdata anew")

// golden compares got with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (go test -update writes it anew): -want +got\n%s", name, diff)
	}
}

func TestMarkdownGolden(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) { golden(t, name+".md", Markdown(r, CommentLimit)) })
	}
}

func TestChangesGolden(t *testing.T) {
	for name, c := range comparisons() {
		golden(t, name+".md", ChangesMarkdown(c, 0))
		golden(t, name+".txt", ChangesText(c, false))
	}
}
