package sample_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
)

// files are the sample projects as the program embeds them.
func files() fs.FS { return os.DirFS("../../testdata/projects") }

func shop() sample.Project { return sample.Project{Files: files(), Name: sample.Shop} }

// The projects are carried in the binary: small, and without what a run leaves behind.
func TestFilesAreFitToEmbed(t *testing.T) {
	const most = 200 << 10
	var total int64
	err := fs.WalkDir(files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == "__pycache__" || entry.Name() == ".venv" {
			t.Errorf("%s was left behind by a run", name)
			return fs.SkipDir
		}
		if info, err := entry.Info(); err == nil && !entry.IsDir() {
			total += info.Size()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > most {
		t.Errorf("the sample projects take %d bytes, at most %d are meant", total, most)
	}
}

// An overlay that repeats an unchanged file would hide a later change of the project.
func TestOverlaysHoldOnlyChanges(t *testing.T) {
	all, err := shop().PullRequests()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Errorf("%d pull requests, five at least are meant", len(all))
	}
	for _, pr := range all {
		base := "shop"
		if pr.Follows != "" {
			base = path.Join("shop-pull-requests", pr.Follows)
		}
		overlay := path.Join("shop-pull-requests", pr.Name)
		for name, content := range read(t, overlay) {
			was, err := fs.ReadFile(files(), path.Join(base, name))
			if err == nil && bytes.Equal(was, content) {
				t.Errorf("%s/%s is the same as in %s", overlay, name, base)
			}
		}
	}
}

func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	tree := map[string][]byte{}
	root, err := fs.Sub(files(), dir)
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		tree[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestPullRequestSaysWhatItsAuthorTyped(t *testing.T) {
	got, err := shop().PullRequest("clean-2")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Body, "limited in number") {
		t.Errorf("the body is %q", got.Body)
	}
	got.Body = ""
	want := sample.PullRequest{
		Name: "clean-2", Title: "Coupons, and orders that say when they arrived", Author: "ines-novak",
		Commit: "Coupons can be limited in number", Follows: "clean",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pull request (-want +got):\n%s", diff)
	}
	if got.Branch() != "clean" {
		t.Errorf("a second push goes to branch %q, want the first one's", got.Branch())
	}
}

func TestUnknownNamesAreExplained(t *testing.T) {
	for _, test := range []struct{ project, pullRequest string }{
		{"shop", "no-such"},
		{"no-such", ""},
	} {
		project := sample.Project{Files: files(), Name: test.project}
		var overlays []string
		if test.pullRequest != "" {
			overlays = []string{test.pullRequest}
		}
		err := project.Checkout(t.TempDir(), overlays...)
		var explained fault.Explainer
		if !errors.As(err, &explained) || explained.Explain().Do == "" {
			t.Errorf("checkout of %q with %q: %v has no advice", test.project, test.pullRequest, err)
		}
	}
}

func TestCheckoutLaysOverlaysInOrder(t *testing.T) {
	dir := t.TempDir()
	if err := shop().Checkout(dir, "clean", "clean-2"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"backend/alembic.ini":                   true,
		"backend/app/models/coupon.py":          true,
		".gitignore":                            true,
		"pull-request.md":                       false,
		"backend/migrations/versions/README.md": false,
	} {
		_, err := os.Stat(filepath.Join(dir, name))
		if got := err == nil; got != want {
			t.Errorf("%s is there: %v, want %v", name, got, want)
		}
	}
	coupon, err := os.ReadFile(filepath.Join(dir, "backend/app/models/coupon.py"))
	if err != nil || !bytes.Contains(coupon, []byte("max_uses")) {
		t.Errorf("the coupon's model is not the second push's (%v)", err)
	}
}
