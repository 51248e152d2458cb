package neonlocal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// Each branch that is taken while others move money between accounts sees all of the money: the copy is the
// state of one moment.
func TestCopyIsConsistentWhileTheParentIsWritten(t *testing.T) {
	const accounts, each, writers, copies = 40000, 100, 3, 4
	w := startWorld(t, nil)
	main := connect(t, w.project.URI.Reveal())
	execute(t, main, "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, filler text)",
		fmt.Sprintf("INSERT INTO account SELECT i, %d, repeat('x', 1000) FROM generate_series(1, %d) i", each, accounts))

	ctx, stop := context.WithCancel(t.Context())
	group, groupCtx := errgroup.WithContext(ctx)
	var moved sync.Map
	for i := range writers {
		group.Go(func() error {
			return transfer(groupCtx, w.project.URI.Reveal(), accounts, func(n int) { moved.Store(i, n) })
		})
	}
	group.Go(func() error { return w.checkpoints(groupCtx) })
	var seen []int64
	for i := range copies {
		made := w.create(fmt.Sprintf("copy-%d", i), nil)
		branch := connect(t, w.uri(made.text("branch.id")))
		if sum := scalar[int64](t, branch, "SELECT sum(balance)::bigint FROM account"); sum != accounts*each {
			t.Errorf("copy %d has %d, want %d", i, sum, accounts*each)
		}
		execute(t, branch, "CREATE EXTENSION IF NOT EXISTS plpgsql", "UPDATE account SET balance = balance + 1", "REINDEX TABLE account")
		seen = append(seen, scalar[int64](t, main, "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))
		w.must(http.StatusOK, "DELETE", w.branches(made.text("branch.id")), nil)
	}
	stop()
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("a writer was disturbed: %v", err)
	}
	moved.Range(func(i, n any) bool {
		if n.(int) < copies {
			t.Errorf("writer %v made only %v transfers: the test proves nothing", i, n)
		}
		return true
	})
	if seen[0] == seen[len(seen)-1] {
		t.Error("the parent was not written between the copies")
	}
}

// checkpoints move the point that recovery would begin at, all the time: a copy that does not know where its own
// begins, or whose log is gone by then, loses money.
func (w *world) checkpoints(ctx context.Context) error {
	w.mu.Lock()
	c := w.projects[0].Branches[0].cluster
	w.mu.Unlock()
	return c.within(ctx, "postgres", func(conn *pgx.Conn) error {
		for ctx.Err() == nil {
			if _, err := conn.Exec(ctx, "CHECKPOINT"); err != nil && ctx.Err() == nil {
				return err
			}
			_ = pause(ctx, 10*time.Millisecond) // the loop looks at ctx itself
		}
		return nil
	})
}

// transfer moves money until ctx ends.
func transfer(ctx context.Context, uri string, accounts int, tell func(int)) error {
	conn, err := pgx.Connect(ctx, uri)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for n := 1; ctx.Err() == nil; n++ {
		from, to := rand.IntN(accounts)+1, rand.IntN(accounts)+1
		if from > to { // so that writers wait for each other and do not deadlock
			from, to = to, from
		}
		_, err := conn.Exec(ctx, fmt.Sprintf(`BEGIN; UPDATE account SET balance = balance - 7 WHERE id = %d;
			UPDATE account SET balance = balance + 7 WHERE id = %d; COMMIT`, from, to), pgx.QueryExecModeSimpleProtocol)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		tell(n)
	}
	return nil
}

// A parent whose compute sleeps is copied as it lies, and sleeps on.
func TestCopyOfASleepingParent(t *testing.T) {
	w := startWorld(t, nil)
	main := connect(t, w.project.URI.Reveal())
	execute(t, main, "CREATE TABLE item AS SELECT i FROM generate_series(1, 1000) i")
	w.must(http.StatusOK, "POST", "/projects/"+w.project.ID+"/endpoints/"+w.project.EndpointID+"/suspend", nil)
	made := w.create("from-sleep", nil)
	branch := connect(t, w.uri(made.text("branch.id")))
	if n := scalar[int](t, branch, "SELECT count(*) FROM item"); n != 1000 {
		t.Errorf("the copy has %d rows", n)
	}
	state := w.must(http.StatusOK, "GET", "/projects/"+w.project.ID+"/endpoints/"+w.project.EndpointID, nil)
	if state.text("endpoint.current_state") != "idle" {
		t.Errorf("the parent woke: %v", state)
	}
}

// Backups changed their names in 15, roles their rights in 16: the oldest and the newest versions.
func TestMajorVersions(t *testing.T) {
	for _, test := range []struct {
		major int
		find  func() postgres.Binaries
	}{
		{14, func() postgres.Binaries { return findBinaries(t, 14) }},
		{17, func() postgres.Binaries { return packaged(t, "pg17") }},
		{18, func() postgres.Binaries { return packaged(t, "pg18") }},
	} {
		t.Run(strconv.Itoa(test.major), func(t *testing.T) {
			w := startWorld(t, func(c *Config) { c.Binaries = test.find() })
			if got := w.must(http.StatusOK, "GET", "/projects/"+w.project.ID, nil); got.at("project.pg_version") != float64(test.major) {
				t.Errorf("pg_version: %v", got.at("project.pg_version"))
			}
			main := connect(t, w.project.URI.Reveal())
			execute(t, main, "CREATE TABLE item AS SELECT i FROM generate_series(1, 1000) i", "CREATE ROLE app", "CREATE DATABASE more")
			branch := connect(t, w.uri(w.create("running", nil).text("branch.id")))
			if n := scalar[int](t, branch, "SELECT count(*) FROM item"); n != 1000 {
				t.Errorf("%d rows", n)
			}
			w.must(http.StatusOK, "POST", "/projects/"+w.project.ID+"/endpoints/"+w.project.EndpointID+"/suspend", nil)
			branch = connect(t, w.uri(w.create("stopped", nil).text("branch.id")))
			if n := scalar[int](t, branch, "SELECT count(*) FROM item"); n != 1000 {
				t.Errorf("%d rows", n)
			}
			if _, hasDump := w.cfg.Binaries.Path("pg_dump"); !hasDump {
				status, out := w.send("GET", w.branches(w.project.BranchID, "schema")+"?db_name=neondb", nil)
				if status != http.StatusUnprocessableEntity || !strings.Contains(out.text("message"), "pg_dump") {
					t.Errorf("without pg_dump: %d %v", status, out)
				}
			}
		})
	}
}

// packaged is a PostgreSQL from the development tools.
func packaged(t *testing.T, name string) postgres.Binaries {
	t.Helper()
	binaries, err := postgres.BinariesIn(t.Context(), filepath.Join(nodeModules(t), name, "native", "bin"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%v: run make setup", err)
	}
	return binaries
}

// BenchmarkBranch takes branches of a 100 MB database that is in use: from the request to the first row.
func BenchmarkBranch(b *testing.B) {
	w := startWorld(b, nil)
	conn := connect(b, w.project.URI.Reveal())
	execute(b, conn, "CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) AS filler FROM generate_series(1, 95000) i")
	b.Logf("%s", scalar[string](b, conn, "SELECT pg_size_pretty(pg_database_size(current_database()))"))
	for i := 0; b.Loop(); i++ {
		made := w.create(fmt.Sprintf("copy-%d", i), nil)
		branch := connect(b, made.text("connection_uris.0.connection_uri"))
		if n := scalar[int](b, branch, "SELECT i FROM big LIMIT 1"); n != 1 {
			b.Fatal(n)
		}
		b.StopTimer()
		w.must(http.StatusOK, "DELETE", w.branches(made.text("branch.id")), nil)
		b.StartTimer()
	}
}
