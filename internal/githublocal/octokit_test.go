package githublocal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// GitHub's own JavaScript client pages, edits, and understands the errors.
func TestOctokitDrivesIt(t *testing.T) {
	tools, err := toolsDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(tools, "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules/@octokit/rest/package.json")); err != nil {
		missing(t, "@octokit/rest", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node", err)
	}
	s := serve(t, githublocal.Config{PageSize: 2})
	n := open(t, s, example())
	out, err := exec.Command(node, "testdata/octokit.mjs", s.APIURL(), dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "one two three four five\nAdd a loyalty table 4 clean\nsuccess\n404 Not Found\n422 Validation Failed\n403 Resource not accessible by integration\n"
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Error(diff)
	}
	if got := s.Comments(n)[0].Body; got != "TWO" {
		t.Errorf("the first comment left is %q", got)
	}
}
