package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// watch looks at a database from outside while a script works on it, and holds after each statement
// that a snapshot shows a change exactly when a dump does.
type watch struct {
	server  *postgres.Server
	address postgres.Address
	conn    *pgx.Conn
	random  *rand.Rand
	// snapshot, with its gate, and dump are what was there at the last look.
	snapshot *Snapshot
	dump     string
	// next is the transaction that was the next one when the gate was last asked and had not moved.
	next  string
	tally tally
}

// tally counts what was tried.
type tally struct {
	// comparisons after statements that moved the gate, and after a sample of the others.
	scripts, statements, moved, sampled int
	// what came of them, and statements after which pg_dump itself failed.
	both, neither, explained, mismatches, undumped int
}

func (t *tally) add(more tally) {
	t.scripts += more.scripts
	t.statements += more.statements
	t.moved += more.moved
	t.sampled += more.sampled
	t.both += more.both
	t.neither += more.neither
	t.explained += more.explained
	t.mismatches += more.mismatches
	t.undumped += more.undumped
}

const tallyColumns = "Scripts | Statements | Comparisons | of them with the gate still | Both changed | Both unchanged | Explained | Mismatches | Without a dump |"

func (t tally) row() string {
	return fmt.Sprintf("%d | %d | %d | %d | %d | %d | %d | %d | %d |", t.scripts, t.statements, t.moved+t.sampled, t.sampled,
		t.both, t.neither, t.explained, t.mismatches, t.undumped)
}

func (t tally) String() string {
	return fmt.Sprintf("%d statements, %d comparisons, %d mismatches, %d explained, %d without a dump",
		t.statements, t.moved+t.sampled, t.mismatches, t.explained, t.undumped)
}

// sampled is one in how many statements is looked at that did not move the gate.
const sampled = 40

// place is where a statement ends in a script.
type place struct {
	script    string
	line      int
	statement string
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.script, p.line) }

// begin takes what is there as the state to compare with.
func (w *watch) begin(t testing.TB) {
	t.Helper()
	var err error
	w.settle(t, 0)
	if w.snapshot, w.dump, err = w.both(t); err != nil {
		t.Fatal(err)
	}
}

// look compares the database with what it was at the last look.
func (w *watch) look(t testing.TB, at place) {
	t.Helper()
	w.tally.statements++
	moved := w.moved(t, at)
	if !moved && w.random.IntN(sampled) != 0 {
		return
	}
	if w.locked(t) {
		return // the gate stays, so that what happened meanwhile is looked at later
	}
	w.settle(t, 1)
	snapshot, dump, err := w.both(t)
	var undumped *exec.ExitError
	switch {
	case errors.As(err, &undumped):
		w.tally.undumped++
		t.Logf("%s: pg_dump failed: %v\n%s", at, err, at.statement)
		return
	case err != nil:
		w.tally.mismatches++
		t.Errorf("%s: %v\n%s", at, err, at.statement)
		return
	case moved:
		w.tally.moved++
	default:
		w.tally.sampled++
	}
	w.judge(t, at, snapshot, dump)
	w.snapshot, w.dump = snapshot, dump
}

// moved asks the gate, but only if there were transactions that wrote at all: most statements only read.
func (w *watch) moved(t testing.TB, at place) bool {
	t.Helper()
	var next string
	if err := w.conn.QueryRow(t.Context(), `SELECT pg_snapshot_xmax(pg_current_snapshot())::text`).Scan(&next); err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if next == w.next {
		return false
	}
	gate, err := Gate(t.Context(), w.conn)
	if err != nil {
		t.Fatalf("%s: %v", at, err)
	}
	if gate == w.snapshot.Gate {
		w.next = next
		return false
	}
	return true
}

// judge holds two states against each other.
func (w *watch) judge(t testing.TB, at place, snapshot *Snapshot, dump string) {
	t.Helper()
	changes := logical(Compare(w.snapshot, snapshot))
	seen, dumped := len(changes) > 0, dump != w.dump
	switch same := snapshot.Fingerprint() == w.snapshot.Fingerprint(); {
	case same == seen:
		w.tally.mismatches++
		t.Errorf("%s: %d changes, and the fingerprint is the same: %t\n%s\n%s", at, len(changes), same, at.statement, list(changes))
	case seen == dumped && seen:
		w.tally.both++
	case seen == dumped:
		w.tally.neither++
	case agree(w.snapshot, snapshot, w.dump, dump):
		w.tally.explained++
	default:
		w.tally.mismatches++
		t.Errorf("%s: the snapshot shows a change: %t, pg_dump: %t\n%s\n--- Compare\n%s\n--- pg_dump\n%s",
			at, seen, dumped, at.statement, list(changes), unifiedDiff(w.dump, dump))
	}
}

func list(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s\n", c.Action, c.Object)
		for _, d := range c.Details {
			fmt.Fprintf(&b, "    %s %s %s: %q -> %q\n", d.Action, d.Object, d.Attribute, d.Before, d.After)
		}
		b.WriteString(c.Diff())
	}
	return b.String()
}

// locked tells that a prepared transaction holds locks, behind which a dump would wait for ever.
func (w *watch) locked(t testing.TB) (locked bool) {
	t.Helper()
	if err := w.conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_prepared_xacts)`).Scan(&locked); err != nil {
		t.Fatal(err)
	}
	return locked
}

// settle waits until no more sessions of scripts are left than that: those that ended clear away
// their temporary tables, which would disturb a dump.
func (w *watch) settle(t testing.TB, most int) {
	t.Helper()
	const query = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var others int
		if err := w.conn.QueryRow(t.Context(), query).Scan(&others); err != nil {
			t.Fatal(err)
		}
		if others <= most {
			return
		}
	}
	t.Fatal("sessions of a script that ended are still there")
}

// both reads a snapshot and a dump, at the same time.
func (w *watch) both(t testing.TB) (*Snapshot, string, error) {
	t.Helper()
	dumped := make(chan error, 1)
	var text string
	go func() {
		var err error
		text, err = serverDump(t.Context(), w.server, w.address.Database)
		dumped <- err
	}()
	snapshot, err := ReadWith(t.Context(), w.conn, ReadOptions{Gate: true})
	if dumpErr := <-dumped; dumpErr != nil {
		return nil, "", dumpErr
	}
	return snapshot, canonicalDump(withoutRandom(text)), err
}

// serverDump runs the pg_dump that was built with the server.
func serverDump(ctx context.Context, server *postgres.Server, database string) (string, error) {
	program, _ := server.Binaries().Path("pg_dump")
	cmd := exec.CommandContext(ctx, program, "--schema-only", "--host="+server.SocketDir(), fmt.Sprintf("--port=%d", server.Port()),
		"--username="+server.Address().User, database)
	cmd.Env = os.Environ()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, stderr.String())
	}
	return out.String(), nil
}
