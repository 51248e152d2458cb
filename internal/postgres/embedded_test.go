package postgres

import (
	"os"
	"path/filepath"
	"testing"
)

// TestEmbeddedServerIsFetchedAndRuns is what a machine without PostgreSQL goes through. The
// archive is kept in the user's cache, so that only the first run fetches it.
func TestEmbeddedServerIsFetchedAndRuns(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := TempDir("neon-migrations-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	archives := filepath.Join(CacheDir(cache), "archives")
	if err := os.MkdirAll(archives, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(archives, filepath.Join(dir, "archives")); err != nil {
		t.Fatal(err)
	}
	binaries, err := embeddedBinaries(t.Context(), 16, dir, func(s string) { t.Log(s) })
	if err != nil {
		t.Fatal(err)
	}
	if binaries.Major != 16 {
		t.Errorf("major version %d, want 16", binaries.Major)
	}
	config := ServerConfig{Binaries: binaries, DataDir: filepath.Join(dir, "data")}
	if err := InitCluster(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	server, err := StartServer(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEmbeddedServerThatDoesNotExist(t *testing.T) {
	if _, err := embeddedBinaries(t.Context(), 99, t.TempDir(), nil); err == nil {
		t.Error("PostgreSQL 99 was found")
	}
}
