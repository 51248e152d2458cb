package migrate

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// repository is a project of two commits, whose second is a merge.
func repository(t *testing.T) (*Project, func(...string) string) {
	t.Helper()
	top := t.TempDir()
	git := func(arguments ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", arguments...)
		cmd.Dir = top
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "--quiet", "--initial-branch=main")
	write("backend/alembic.ini", "[alembic]\n")
	write("backend/models.py", "old = True\n")
	write("README", "a repository\n")
	if err := os.Symlink("models.py", filepath.Join(top, "backend/same.py")); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "--message=one")
	git("switch", "--quiet", "--create=feature")
	write("backend/models.py", "old = False\n")
	git("commit", "--quiet", "--all", "--message=two")
	git("switch", "--quiet", "--detach", "main")
	git("merge", "--quiet", "--no-ff", "--message=merged", "feature")
	dir := filepath.Join(top, "backend")
	return &Project{Dir: dir, Config: filepath.Join(dir, "alembic.ini"), Python: "python3", getenv: os.Getenv}, git
}

func TestTheProjectOfAnEarlierCommit(t *testing.T) {
	project, git := repository(t)
	base, found := project.MergedInto(t.Context())
	if main := git("rev-parse", "main"); !found || base != main {
		t.Fatalf("merged into %q, not into %q", base, main)
	}
	// Programs that the repository's own configuration names must not run.
	trap := filepath.Join(t.TempDir(), "ran")
	git("config", "core.fsmonitor", "touch "+trap)
	past, err := project.At(t.Context(), base, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"models.py", "same.py"} {
		if content, err := os.ReadFile(filepath.Join(past.Dir, name)); err != nil || string(content) != "old = True\n" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	if past.Config != filepath.Join(past.Dir, "alembic.ini") || past.Python != project.Python {
		t.Errorf("%+v", past)
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("a program of the repository's configuration ran")
	}
}

func TestNoEarlierCommit(t *testing.T) {
	project, git := repository(t)
	_, err := project.At(t.Context(), strings.Repeat("a", 40), t.TempDir())
	if explanation, ok := fault.Explain(err); !ok || !strings.Contains(explanation.Do, "fetch-depth: 2") {
		t.Errorf("%v", err)
	}
	git("switch", "--quiet", "feature")
	if base, found := project.MergedInto(t.Context()); found {
		t.Errorf("an ordinary commit was merged into %s", base)
	}
	outside := &Project{Dir: t.TempDir(), getenv: os.Getenv}
	if _, err := outside.At(t.Context(), "abc1234", t.TempDir()); err == nil {
		t.Error("code was found where there is no repository")
	}
}
