package migrate

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// cancelAtStart runs and cancels as soon as revision c3 has begun; it returns how long the
// end took.
func cancelAtStart(t *testing.T, p *Project, r Run) (time.Duration, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var canceled atomic.Int64
	r.Upgrade = "heads"
	r.Progress = func(e Event) {
		if e.Kind == "started" && e.Revision == "c3" {
			// The statement follows the event; an interrupt before it would be too easy.
			time.AfterFunc(300*time.Millisecond, func() { canceled.Store(time.Now().UnixNano()); cancel() })
		}
	}
	_, err := p.Run(ctx, r)
	if canceled.Load() == 0 {
		t.Fatalf("revision c3 never began, or ended too soon: %v", err)
	}
	return time.Since(time.Unix(0, canceled.Load())), err
}

func TestCancelEndsThePoliteAndTheStubborn(t *testing.T) {
	tests := []struct{ name, body string }{
		{"polite", "import time; time.sleep(60)"},
		{"waiting for the server", `op.execute("SELECT pg_sleep(60)")`},
		{"stubborn", "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"},
		{"with a program", "import pathlib, subprocess; child = subprocess.Popen(['sh', '-c', 'trap \"\" INT; sleep 60 & wait; sleep 60']);" +
			" pathlib.Path('pid').write_text(str(child.pid)); child.wait()"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, "tiny-sync", map[string]string{thirdFile: third(test.body)})
			db := database(t)
			postgrestest.Exec(t, db, atB2)
			took, err := cancelAtStart(t, find(t, dir, newest), Run{Address: db})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error = %v", err)
			}
			if took > killAfter+time.Second+500*time.Millisecond {
				t.Errorf("the end took %v", took)
			}
			if pid, err := os.ReadFile(filepath.Join(dir, "pid")); err == nil {
				mustBeGone(t, string(pid))
			}
		})
	}
}

// TestCancelEndsTheStatementOnTheServer has every driver wait for a lock: a statement that
// outlives its program would hold up all that queue behind it.
func TestCancelEndsTheStatementOnTheServer(t *testing.T) {
	for _, m := range []struct{ env, project string }{
		{"alembic1.8-sa1.4-psycopg2", "tiny-sync"}, {newest, "tiny-sync"}, {"newest-asyncpg", "tiny-async"},
	} {
		t.Run(m.env, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, m.project, map[string]string{thirdFile: third(`op.execute("ALTER TABLE author ADD x int")`)})
			db := database(t)
			postgrestest.Exec(t, db, atB2)
			holder := postgrestest.Connect(t, db)
			if _, err := holder.Exec(t.Context(), "BEGIN; LOCK TABLE author IN ACCESS SHARE MODE"); err != nil {
				t.Fatal(err)
			}
			if took, err := cancelAtStart(t, find(t, dir, m.env), Run{Address: db}); !errors.Is(err, context.Canceled) || took > killAfter+time.Second {
				t.Errorf("%v after %v", err, took)
			}
			for deadline := time.Now().Add(2 * time.Second); ask(t, db, "SELECT count(*)::text FROM pg_locks l JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()") != "0"; {
				if time.Now().After(deadline) {
					t.Fatal("the statement still waits on the server")
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// mustBeGone checks that a process that env.py started is no more than a zombie.
func mustBeGone(t *testing.T, pid string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, err := os.ReadFile("/proc/" + pid + "/stat")
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) || strings.Contains(string(status), ") Z ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %s is still there: %s, %v", pid, status, err)
		}
	}
}

func TestAProgramLeftBehindHoldsNothingUp(t *testing.T) {
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, envFile, "import os\n", "import os\nimport pathlib\nimport subprocess\n\npathlib.Path('pid').write_text(str(subprocess.Popen(['sleep', '60']).pid))\n")
	mustRun(t, find(t, dir, newest), Run{Address: database(t), Upgrade: "heads"})
	pid, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	mustBeGone(t, string(pid))
}

func TestOutputStreamsAndKeepsItsEnd(t *testing.T) {
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, envFile, "import os\n", "import os\nimport sys\nfor i in range(60):\n    print('line', i)\nprint('to stderr', file=sys.stderr)\nraise RuntimeError('stop')\n")
	_, out, err := runIt(t, find(t, dir, newest), Run{Address: database(t), Upgrade: "heads"})
	var e *Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out, "line 0\nline 1\n") || !strings.Contains(out, "line 59\nto stderr\nTraceback") {
		t.Errorf("output:\n%s", out)
	}
	if len(e.Output) != keptLines || e.Output[keptLines-1] != "RuntimeError: stop" {
		t.Errorf("%d lines kept, the last: %q", len(e.Output), e.Output[len(e.Output)-1])
	}
}

func TestTheProjectFindsNoSecret(t *testing.T) {
	dir := copyProject(t, "tiny-sync", nil)
	replace(t, dir, envFile, "import os\n", "import os, sys, glob\nprint(dict(os.environ), sys.argv, sys.stdin.read(), glob.glob(os.path.dirname(sys.argv[0]) + '/*.json'), [p for p in sys.path if 'helper' in p])\n")
	_, out, err := runIt(t, find(t, dir, newest), Run{Address: database(t), Upgrade: "heads"})
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"napi_secret", "ghs_secret", "192.0.2.1", "job.json", "neon_migrations_helper", "'other'"} {
		if strings.Contains(out, never) {
			t.Errorf("the project finds %q:\n%s", never, out)
		}
	}
	if !strings.Contains(out, "'DATABASE_URL': 'postgresql://") || !strings.Contains(out, "['alembic']") {
		t.Errorf("the project lacks its address or its arguments:\n%s", out)
	}
}
