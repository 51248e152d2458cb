package catalog

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// copied holds that the copy which pg_dump and psql make of a database is the same, but for what is explained, and
// tells how long a snapshot takes beside a dump.
func (b *bench) copied(t *testing.T, w *watch) {
	t.Helper()
	original, dump := w.timed(t)
	name := w.address.Database + "_copy"
	postgrestest.Exec(t, b.server.Address(), "CREATE DATABASE "+postgres.QuoteIdentifier(name)+" TEMPLATE template0")
	if complaints := b.psql(t, name, dump); complaints != "" {
		t.Logf("psql cannot restore all of the dump:\n%s", complaints)
	}
	address := b.server.Address()
	address.Database = name
	same := 0
	for _, c := range logical(Compare(original, readAt(t, address))) {
		if why := whyUnrestored(c); why != "" {
			t.Logf("%s %s, because %s", c.Action, c.Object, why)
			same++
			continue
		}
		t.Errorf("the copy differs:\n%s", list([]Change{c}))
	}
	t.Logf("%d objects, %d of the copy's are others for a known reason", len(original.Objects), same)
}

// timed reads the database and dumps it, each the best of three.
func (w *watch) timed(t *testing.T) (snapshot *Snapshot, dump string) {
	t.Helper()
	var reading, dumping time.Duration
	for range 3 {
		began := time.Now()
		snapshot = read(t, postgrestest.Connect(t, w.address)) // a new connection each time, as pg_dump has
		reading = least(reading, time.Since(began))
		began = time.Now()
		var err error
		if dump, err = serverDump(t.Context(), w.server, w.address.Database); err != nil {
			t.Fatal(err)
		}
		dumping = least(dumping, time.Since(began))
	}
	t.Logf("a snapshot took %d ms, pg_dump %d ms: %.1f times as long", reading.Milliseconds(), dumping.Milliseconds(), dumping.Seconds()/reading.Seconds())
	return snapshot, dump
}

func least(best, more time.Duration) time.Duration {
	if best == 0 {
		return more
	}
	return min(best, more)
}

// psql runs a script to its end, whatever fails, and returns what it complains about.
func (b *bench) psql(t *testing.T, database, script string) string {
	t.Helper()
	program, _ := b.server.Binaries().Path("psql")
	cmd := exec.CommandContext(t.Context(), program, "--no-psqlrc", "--quiet", "--output=/dev/null", "--host="+b.server.SocketDir(),
		fmt.Sprintf("--port=%d", b.server.Port()), "--username="+b.server.Address().User, database)
	var complaints bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(script), &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("running psql: %v\n%s", err, complaints.String())
	}
	return complaints.String()
}

// schema loads a schema of the user's, holds that its copy is the same, and tells the times.
func (b *bench) schema(t *testing.T, file string) {
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := scriptName(file)
	postgrestest.Exec(t, b.server.Address(), "CREATE DATABASE "+postgres.QuoteIdentifier(name)+" TEMPLATE template0")
	if complaints := b.psql(t, name, string(script)); complaints != "" {
		t.Logf("not all could be loaded:\n%s", complaints)
	}
	w := &watch{server: b.server, address: b.server.Address()}
	w.address.Database = name
	b.copied(t, w)
}
