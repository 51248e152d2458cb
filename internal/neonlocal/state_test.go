package neonlocal

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// After a restart there are the same branches, addresses, passwords and data.
func TestRestart(t *testing.T) {
	dir := passable(t)
	in := func(c *Config) { c.Dir = dir }
	var project ProjectInfo
	var uri, id, endpoint string
	t.Run("before", func(t *testing.T) {
		w := startWorld(t, in)
		project = w.project
		execute(t, connect(t, project.URI.Reveal()), "CREATE TABLE item (id int)", "INSERT INTO item VALUES (1)")
		made := w.must(http.StatusCreated, "POST", w.branches(), object{
			"branch":    object{"name": "kept", "expires_at": at(time.Hour)},
			"endpoints": []object{{"type": "read_write"}}, "annotation_value": object{"github-pr-number": "7"},
		})
		id, endpoint = made.text("branch.id"), made.text("endpoints.0.id")
		uri = w.uri(id)
		execute(t, connect(t, uri), "INSERT INTO item VALUES (2)")
		if _, err := Start(t.Context(), Config{Dir: dir, Binaries: w.cfg.Binaries}); err == nil || !strings.Contains(err.Error(), "directory") {
			t.Errorf("a second server in the same directory: %v", err)
		}
		fail(t, w.Faults().Inject(Fault{On: onOperation, Action: "start_compute", Delay: time.Hour}))
		if status, out := w.send("POST", w.branches(), object{"branch": object{"name": "cut off"}, "endpoints": []object{{"type": "read_write"}}}); status != 201 {
			t.Fatal(status, out)
		}
	})
	if info, err := os.Stat(filepath.Join(dir, stateFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state, which holds passwords: %v %v", info.Mode(), err)
	}
	t.Run("after", func(t *testing.T) {
		w := startEmpty(t, in)
		w.project = project
		if w.uri(id) != uri {
			t.Errorf("the address changed from %s to %s", uri, w.uri(id))
		}
		got := w.must(http.StatusOK, "GET", w.branches(id), nil)
		if got.text("branch.name") != "kept" || got.text("annotation.value.github-pr-number") != "7" || got.text("branch.expires_at") == "" {
			t.Errorf("the branch: %v", got)
		}
		if w.endpointState(endpoint) != "idle" {
			t.Error("the compute runs before anybody needs it")
		}
		if n := scalar[int](t, connect(t, uri), "SELECT count(*) FROM item"); n != 2 {
			t.Errorf("%d rows on the branch", n)
		}
		if n := scalar[int](t, connect(t, project.URI.Reveal()), "SELECT count(*) FROM item"); n != 1 {
			t.Errorf("%d rows on the parent", n)
		}
		w.must(http.StatusCreated, "POST", w.branches(), object{"branch": object{"name": "new"}})
		w.must(http.StatusOK, "DELETE", w.branches(id), nil)
		if _, err := os.Stat(filepath.Join(dir, "branches", id)); !os.IsNotExist(err) {
			t.Errorf("the branch's data: %v", err)
		}
	})
}

// A server that was killed leaves its lock and half-made branches; the next one copes.
func TestRestartAfterAKill(t *testing.T) {
	dir := passable(t)
	var project ProjectInfo
	t.Run("before", func(t *testing.T) {
		w := startWorld(t, func(c *Config) { c.Dir = dir })
		project = w.project
		execute(t, connect(t, project.URI.Reveal()), "CREATE TABLE item (id int)")
	})
	data, err := filepath.Glob(filepath.Join(dir, "branches", project.BranchID, "data-*"))
	if err != nil || len(data) != 1 {
		t.Fatal(data, err)
	}
	fail(t, os.WriteFile(filepath.Join(data[0], "postmaster.pid"), []byte("1\n"+data[0]+"\n0\n0\n\n127.0.0.1\n"), 0o600))
	stray := filepath.Join(dir, "branches", "br-half-made-12345678", "data-abcdef")
	fail(t, os.MkdirAll(stray, 0o700))
	t.Run("after", func(t *testing.T) {
		w := startEmpty(t, func(c *Config) { c.Dir = dir })
		w.project = project
		execute(t, connect(t, w.uri(project.BranchID)), "INSERT INTO item VALUES (1)")
	})
	if _, err := os.Stat(filepath.Dir(stray)); !os.IsNotExist(err) {
		t.Errorf("the half-made branch: %v", err)
	}
}

// passable is a temporary directory that the server's account can reach: Go's own are private.
func passable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	fail(t, os.Chmod(filepath.Dir(dir), 0o711))
	return dir
}

func TestUnreachableDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs PostgreSQL as another account")
	}
	binaries := startEmpty(t, nil).cfg.Binaries
	_, err := Start(t.Context(), Config{Dir: t.TempDir(), Binaries: binaries})
	if explained, ok := fault.Explain(err); !ok || !strings.Contains(explained.Why, "cannot reach it") {
		t.Errorf("%v: %v", err, explained)
	}
}

// A temporary directory leaves nothing.
func TestTemporaryDirectoryGoes(t *testing.T) {
	var dir string
	t.Run("running", func(t *testing.T) { dir = startWorld(t, nil).dir })
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("left behind: %v", err)
	}
}
