package cli_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/cli"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/rogpeppe/go-internal/testscript"
)

const neonKey = "napi_key_of_the_scripts_0123456789"

// TestMain lets the scripts run the program itself, out of this test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"neon-migrations": program})
}

// program is main, with what main embeds left out.
func program() {
	cli.Seal()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	os.Exit(cli.Run(ctx, cli.World{Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Stdin: os.Stdin,
		Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir, CacheDir: os.TempDir(), Now: time.Now}))
}

// sharedNeon is one local Neon for all scripts; each has a project of its own.
var sharedNeon = sync.OnceValues(func() (*neonlocal.Server, error) {
	binaries, err := postgres.FindBinaries(context.Background(), 0, os.TempDir(), nil)
	if err != nil {
		return nil, err
	}
	return neonlocal.Start(context.Background(), neonlocal.Config{Binaries: binaries, Key: neonKey,
		OperationTime: 10 * time.Millisecond, Now: time.Now})
})

func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(root, ".tools/venv/bin/python")
	if _, err := os.Stat(python); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the pinned Python packages are missing: run scripts/setup demo (%v)", err)
		}
		t.Skip("the pinned Python packages are missing: run scripts/setup demo")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return setUp(env, root, python) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "shop": func(ts *testscript.TestScript, _ bool, overlays []string) { layShop(ts, root, overlays) },
			"interrupt": interrupt,
		},
	})
}

// setUp gives each script a Neon project with a default branch, and the program's variables.
func setUp(env *testscript.Env, root, python string) error {
	neon, err := sharedNeon()
	if err != nil {
		return err
	}
	project := "script-" + strings.ToLower(rand.Text()[:10])
	_, err = neon.CreateProject(context.Background(), neonlocal.ProjectSpec{ID: project, Name: "script", Branch: "main", Role: "shop_owner", Database: "shop"})
	if err != nil {
		return err
	}
	env.Setenv("NEON_API_HOST", neon.URL())
	env.Setenv("NEON_API_KEY", neonKey)
	env.Setenv("NEON_PROJECT_ID", project)
	env.Setenv("PYTHON", python)
	env.Setenv("ROOT", root)
	return nil
}

// exits runs a command and holds it to an exit status: exits STATUS COMMAND...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// layShop writes the sample project with the named pull requests into the directory shop.
func layShop(ts *testscript.TestScript, root string, overlays []string) {
	project := sample.Project{Files: os.DirFS(filepath.Join(root, "testdata/projects")), Name: sample.Shop}
	ts.Check(project.Checkout(ts.MkAbs("shop"), overlays...))
}

// interrupt runs a command, sends it SIGINT when a text appears, and expects status 130 within
// five seconds: interrupt TEXT COMMAND...
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: interrupt TEXT COMMAND...")
	}
	watcher := &watcher{text: args[0], seen: make(chan struct{})}
	path, err := exec.LookPath(args[1])
	if err != nil {
		path = filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0], args[1])
	}
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), watcher, watcher
	for _, name := range []string{"PATH", "HOME", "NEON_API_HOST", "NEON_API_KEY", "NEON_PROJECT_ID"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	select {
	case <-watcher.seen:
	case <-time.After(time.Minute):
		_ = cmd.Process.Kill()
		ts.Fatalf("%q did not appear in: %s", args[0], watcher)
	}
	began := time.Now()
	ts.Check(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait() // its status is looked at below
	if took := time.Since(began); took > 5*time.Second {
		ts.Fatalf("it took %s to end", took)
	}
	if status := cmd.ProcessState.ExitCode(); status != cli.Cancelled {
		ts.Fatalf("status %d, want %d; it said: %s", status, cli.Cancelled, watcher)
	}
	ts.Logf("%s", watcher)
}

// watcher keeps output and tells when a text is in it.
type watcher struct {
	mu   sync.Mutex
	all  strings.Builder
	text string
	seen chan struct{}
	once sync.Once
}

// Write implements io.Writer.
func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(p)
	if strings.Contains(w.all.String(), w.text) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}

// String gives what was written so far.
func (w *watcher) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprint(w.all.String())
}
