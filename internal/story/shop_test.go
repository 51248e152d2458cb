package story_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// deployed is a Neon with the shop in production, and the project there.
type deployed struct {
	project string
	dir     string // the Neon's directory as its server left it
}

// onceDeployed keeps the one deployment of this test binary, which the tests start with copies
// of: Alembic takes seconds for what a copy takes a moment.
var onceDeployed struct {
	sync.Mutex
	deployed
	release func() // the guard that removes the directory when this process ends; kept, so that it waits
}

// newShop is a house whose production is at the sample project's head: a copy of what deploy made
// of a new one. Its Neon is its own.
func newShop(t testing.TB) *house {
	t.Helper()
	from := deployedShop(t)
	dir, release := neonDir(t)
	t.Cleanup(func() { removeNeon(t, dir, release) })
	copyNeon(t, from.dir, dir)
	h := bareHouse(t)
	h.neon, h.project = neonIn(t, dir), from.project
	t.Cleanup(func() { closeNeon(t, h.neon) })
	h.use()
	return h
}

func deployedShop(t testing.TB) deployed {
	t.Helper()
	onceDeployed.Lock()
	defer onceDeployed.Unlock()
	if onceDeployed.dir != "" {
		return onceDeployed.deployed
	}
	dir, release := neonDir(t)
	neon := neonIn(t, dir)
	h := bareHouse(t)
	h.build(neon)
	h.use()
	h.deploy()
	closeNeon(t, neon)
	onceDeployed.deployed, onceDeployed.release = deployed{h.project, dir}, release
	return onceDeployed.deployed
}

// neonDir is a directory that PostgreSQL's account reaches, which a test's own is not. Should this
// process be killed, its guard removes it.
func neonDir(t testing.TB) (dir string, release func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "neon-story-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	if release, err = postgres.Guard(0, dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir, release
}

func neonIn(t testing.TB, dir string) *neonlocal.Server {
	t.Helper()
	server, err := startNeon(filepath.Join(dir, "neon"))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func closeNeon(t testing.TB, neon *neonlocal.Server) {
	t.Helper()
	if err := neon.Close(); err != nil {
		t.Errorf("closing the local Neon: %v", err)
	}
}

func removeNeon(t testing.TB, dir string, release func()) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Errorf("removing the local Neon: %v", err)
	}
	release()
}

// copyNeon copies what a closed Neon left, with its owners: cp does that, and Go's own copies do not.
func copyNeon(t testing.TB, from, to string) {
	t.Helper()
	cp := exec.CommandContext(context.Background(), "cp", "-a", from+"/neon", to)
	if out, err := cp.CombinedOutput(); err != nil {
		t.Fatalf("copying the local Neon: %v: %s", err, out)
	}
}
