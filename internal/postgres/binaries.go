package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// oldestMajor is the oldest major version that Neon runs, and so the oldest that we start.
const oldestMajor = 14

// Binaries is an installed PostgreSQL server.
type Binaries struct {
	// Dir holds initdb and postgres, and perhaps client programs.
	Dir string
	// Major is the server's major version, such as 17.
	Major int
}

// Path finds one program of the installation; client programs may be missing.
func (b Binaries) Path(program string) (string, bool) {
	path := filepath.Join(b.Dir, program)
	info, err := os.Stat(path)
	return path, err == nil && !info.IsDir()
}

// FindBinaries finds PostgreSQL of major version want, or the newest there is for 0. If the
// system has none, the server is fetched once as an embedded one into cacheDir; progress,
// if not nil, is told so because that takes a while.
func FindBinaries(ctx context.Context, want int, cacheDir string, progress func(string)) (Binaries, error) {
	if found, ok := systemBinaries(ctx, want); ok {
		return found, nil
	}
	return embeddedBinaries(ctx, want, cacheDir, progress)
}

// systemPlaces are where Debian, the PostgreSQL project's own packages for other systems,
// and Homebrew put servers.
var systemPlaces = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
}

func systemBinaries(ctx context.Context, want int) (Binaries, bool) {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target // the client programs are beside the server, not beside a link to it
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, place := range systemPlaces {
		found, _ := filepath.Glob(place) // the patterns are constants and well-formed
		dirs = append(dirs, found...)
	}
	var usable []Binaries
	for _, dir := range dirs {
		b, err := BinariesIn(ctx, dir)
		if err == nil && b.Major >= oldestMajor && (want == 0 || b.Major == want) {
			usable = append(usable, b)
		}
	}
	if len(usable) == 0 {
		return Binaries{}, false
	}
	return slices.MaxFunc(usable, func(a, b Binaries) int { return a.Major - b.Major }), true
}

// serverVersion reads "postgres (PostgreSQL) 17.5 (Debian …)" and development versions such as 19beta1.
var serverVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// BinariesIn asks the server in dir for its version. An installation without initdb is an error.
func BinariesIn(ctx context.Context, dir string) (Binaries, error) {
	b := Binaries{Dir: dir}
	if _, ok := b.Path("initdb"); !ok {
		return Binaries{}, fmt.Errorf("no initdb in %s", dir)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("asking %s/postgres for its version: %w", dir, err)
	}
	version := serverVersion.FindSubmatch(out)
	if version == nil {
		return Binaries{}, fmt.Errorf("%s/postgres is not PostgreSQL: it says %q", dir, out)
	}
	b.Major, err = strconv.Atoi(string(version[1]))
	return b, err
}

func noServer(want int, err error) error {
	what := "finding a PostgreSQL server"
	if want != 0 {
		what = fmt.Sprintf("finding a PostgreSQL %d server", want)
	}
	return fault.New(what, "none is installed here and an embedded one could not be fetched",
		"install one (Debian, Ubuntu: apt-get install postgresql), or let this machine reach Maven Central").Because(err)
}
