package cli_test

import (
	"context"
	"crypto/rand"
	"errors"
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
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/term"
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
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	status := cli.Run(ctx, cli.World{
		Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Stdin: os.Stdin,
		Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir, CacheDir: os.TempDir(), Now: time.Now,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())), Color: term.IsTerminal(int(os.Stdout.Fd())),
	})
	stop()
	os.Exit(status)
}

// TestScripts runs the program as a person or a workflow does. What the scripts can say
// besides testscript's own words is in scriptCommands.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// TestRunnerScripts plays GitHub's runner: each script has a GitHub of its own.
func TestRunnerScripts(t *testing.T) { runScripts(t, "testdata/runner") }

func runScripts(t *testing.T, dir string) {
	root, python := sampletest.Root(t), sampletest.Python(t)
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return setUp(env, root, python) },
		Cmds:                scriptCommands(),
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("no such condition: " + name)
		},
	})
}

// scriptCommands are the words that the scripts have; each function says how it is used.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "shop": shop, "tiny": tiny, "interrupt": interrupt, "serves": serves, "leftovers": leftovers,
		"neon": neon, "neon-with": neonWith, "sql": sql, "password": password, "address-of": addressOf, "backwards": backwards,
		"opens": opens, "merges": merges, "closes": closes, "event": event, "comments": comments, "runner": runner, "permits": permits,
	}
}

// sharedNeon is one local Neon for all scripts; each has a project of its own.
var sharedNeon = sync.OnceValues(func() (*neonlocal.Server, error) { return startNeon(neonlocal.Limits{}) })

func startNeon(limits neonlocal.Limits) (*neonlocal.Server, error) {
	binaries, err := postgres.FindBinaries(context.Background(), 0, os.TempDir(), nil)
	if err == nil {
		binaries, err = postgrestest.Quick(binaries)
	}
	if err != nil {
		return nil, err
	}
	return neonlocal.Start(context.Background(), neonlocal.Config{
		Binaries: binaries, Key: neonKey, Limits: limits,
		OperationTime: 10 * time.Millisecond, Now: time.Now,
	})
}

// setUp gives each script a Neon project with a default branch, and the program's variables.
// Flags that every call would have are given as the runner gives them.
func setUp(env *testscript.Env, root, python string) error {
	// Where root runs this, PostgreSQL runs as another account, which must come through to --local's directory.
	if err := os.Chmod(filepath.Dir(env.WorkDir), 0o755); err != nil {
		return err
	}
	env.Setenv("PYTHON", python)
	env.Setenv("ROOT", root)
	env.Setenv("INPUT_PYTHON", python)
	env.Setenv("NEON_API_KEY", neonKey)
	server, err := sharedNeon()
	if err != nil {
		return err
	}
	project, err := newProject(server, neonlocal.ProjectSpec{})
	if err != nil {
		return err
	}
	env.Setenv("NEON_API_HOST", server.URL())
	env.Setenv("NEON_PROJECT_ID", project)
	return setUpGitHub(env)
}

func newProject(server *neonlocal.Server, spec neonlocal.ProjectSpec) (string, error) {
	spec.ID = "script-" + strings.ToLower(rand.Text()[:10])
	spec.Name, spec.Branch, spec.Role, spec.Database = "script", "main", role, database
	_, err := server.CreateProject(context.Background(), spec)
	return spec.ID, err
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

// shop writes the sample project, with the named pull requests, into the directory shop, and
// makes its backend the working directory of the program: shop [PULL-REQUEST...]
func shop(ts *testscript.TestScript, _ bool, overlays []string) {
	project := sample.Project{Files: os.DirFS(filepath.Join(ts.Getenv("ROOT"), "testdata/projects")), Name: sample.Shop}
	ts.Check(os.RemoveAll(ts.MkAbs("shop")))
	ts.Check(project.Checkout(ts.MkAbs("shop"), overlays...))
	ts.Setenv("INPUT_WORKING-DIRECTORY", "shop/backend")
}

// tiny writes a project of two revisions into the directory tiny, and makes it the working
// directory of the program. Files named behind it are laid over it: tiny [FILE=PATH...]
func tiny(ts *testscript.TestScript, _ bool, files []string) {
	dir := ts.MkAbs("tiny")
	ts.Check(os.RemoveAll(dir))
	ts.Check(os.CopyFS(dir, os.DirFS(filepath.Join(ts.Getenv("ROOT"), "testdata/projects/tiny-sqlmodel"))))
	for _, f := range files {
		from, to, _ := strings.Cut(f, "=")
		ts.Check(os.WriteFile(filepath.Join(dir, to), []byte(ts.ReadFile(from)), 0o644))
	}
	ts.Setenv("INPUT_WORKING-DIRECTORY", "tiny")
}
