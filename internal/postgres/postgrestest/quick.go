package postgrestest

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// quickInitdb makes the first cluster of some arguments with initdb itself, and each further one as a
// copy of it. One with a password file is made anew: the file holds another password each time.
const quickInitdb = `#!/bin/sh
set -eu
initdb='%s/initdb' templates='%s'
dir= file=
for word; do
  case $word in
  --pgdata=*) dir=${word#--pgdata=} ;;
  --pwfile=*) file=$word ;;
  esac
done
[ -n "$dir" ] && [ -z "$file" ] || exec "$initdb" "$@"
made=$templates/$(printf '%%s\n' "$@" | grep -v '^--pgdata=' | cksum | tr ' ' -)
exec 9>"$made.lock"
flock 9
if [ ! -d "$made" ]; then
  "$initdb" "$@" --pgdata="$made.new"
  mv "$made.new" "$made"
fi
exec 9>&-
cp -R "$made/." "$dir/"
`

var quick struct {
	sync.Mutex
	known    map[string]postgres.Binaries
	releases []func() // guards, which act when nothing holds them any more
}

// Quick gives the same PostgreSQL with an initdb that runs once for all clusters of the same
// arguments in this test binary: it takes a second, and a copy a tenth of that.
func Quick(b postgres.Binaries) (postgres.Binaries, error) {
	quick.Lock()
	defer quick.Unlock()
	if known, ok := quick.known[b.Dir]; ok {
		return known, nil
	}
	dir, err := postgres.TempDir("neon-migrations-quick-")
	if err != nil {
		return b, err
	}
	release, err := postgres.Guard(0, dir)
	if err != nil {
		return b, err
	}
	quick.releases = append(quick.releases, release)
	if quick.known == nil {
		quick.known = map[string]postgres.Binaries{}
	}
	if err := fillQuick(b.Dir, dir); err != nil {
		return b, err
	}
	quick.known[b.Dir] = postgres.Binaries{Dir: dir, Major: b.Major}
	return quick.known[b.Dir], nil
}

// fillQuick makes links to the programs of an installation, which find its other files through them.
func fillQuick(installed, dir string) error {
	programs, err := os.ReadDir(installed)
	if err != nil {
		return fmt.Errorf("reading the installation: %w", err)
	}
	for _, program := range programs {
		if program.Name() == "initdb" {
			continue
		}
		if err := os.Symlink(filepath.Join(installed, program.Name()), filepath.Join(dir, program.Name())); err != nil {
			return err
		}
	}
	script := fmt.Sprintf(quickInitdb, installed, dir)
	return os.WriteFile(filepath.Join(dir, "initdb"), []byte(script), 0o755)
}
