package demo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/demo"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// TestTheWholeStory plays the demo with the program as it is built, and looks at what the
// audience sees and at what is left.
func TestTheWholeStory(t *testing.T) {
	python := sampletest.Python(t)
	self := filepath.Join(t.TempDir(), "neon-migrations")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", self, "../..").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	binaries, err := postgres.FindBinaries(t.Context(), 0, postgres.CacheDir(cache), nil)
	if err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	pages := t.TempDir()
	err = demo.Play(t.Context(), demo.Config{
		Self: self, Python: python, Path: os.Getenv("PATH"), Samples: os.DirFS("../../testdata/projects"),
		Output: pages, Binaries: binaries, Out: &seen, Now: time.Now,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, seen.String())
	}
	inOrder(t, seen.String(),
		"✅ Production upgraded · 16 revisions", "filled with 116886 rows",
		"creating branch ci/pr-1 from main", "✅ Migration rehearsed on a copy of production · 2 revisions", "│ +CREATE TABLE public.coupons",
		"resetting branch ci/pr-1 to main", "✅ Migration rehearsed on a copy of production · 3 revisions",
		"blocked, as it should be", "op.add_column('reviews'",
		"blocked, as it should be", "uq_users_email_lower",
		"✓ keep a restore point", "✅ Production upgraded · 3 revisions")
	at := `branches of the Neon project now: `
	points := `(ci/restore-[0-9a-f]{7,12} until [-0-9]{10}, ){2}main`
	for _, now := range []string{at + `(ci/pr-[23] until [-0-9]{10}, ){2}` + points + "\n", at + points + "\n"} {
		if !regexp.MustCompile(now).MatchString(seen.String()) {
			t.Errorf("%s is not told:\n%s", now, seen.String())
		}
	}
	for _, name := range []string{"pull-request-1.html", "pull-request-2.html", "pull-request-3.html"} {
		if page, err := os.ReadFile(filepath.Join(pages, name)); err != nil || !strings.Contains(string(page), "Migration rehearsed") {
			t.Errorf("page %s: %v", name, err)
		}
	}
}

// inOrder expects the texts one after the other.
func inOrder(t *testing.T, all string, texts ...string) {
	t.Helper()
	rest := all
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("%q is not there, or not in its place:\n%s", text, all)
		}
		rest = after
	}
}
