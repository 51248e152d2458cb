package cli_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/cli"
	"github.com/rogpeppe/go-internal/testscript"
)

const (
	// appears is how long a text may take to appear; the machine may be busy.
	appears = time.Minute
	// goneWithin is how long the program may take to end after a signal.
	goneWithin = 5 * time.Second
)

// passed are the variables that commands started here get; testscript gives no list of its own.
var passed = []string{
	"PATH", "HOME", "TMPDIR", "NEON_API_HOST", "NEON_API_KEY", "NEON_PROJECT_ID", "INPUT_PYTHON", "INPUT_WORKING-DIRECTORY",
	"INPUT_GITHUB-TOKEN", "GITHUB_ACTIONS", "GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY",
}

// program started by a script, and what it said.
type started struct {
	*exec.Cmd
	said *watcher
}

func start(ts *testscript.TestScript, args []string, text string) started {
	w := &watcher{text: text, seen: make(chan struct{})}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), w, w
	for _, name := range passed {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() }) // gone already, unless the script failed
	select {
	case <-w.seen:
	case <-time.After(appears):
		ts.Fatalf("%q did not appear in: %s", text, w)
	}
	return started{cmd, w}
}

// end sends a signal and holds the program to a status and to the time that it has.
func (p started) end(ts *testscript.TestScript, with os.Signal, status int) {
	began := time.Now()
	ts.Check(p.Process.Signal(with))
	_ = p.Wait() // its status is looked at below
	took := time.Since(began)
	ts.Logf("%s", p.said)
	ts.Logf("[gone %s after %s]", took.Round(time.Millisecond), with)
	if took > goneWithin {
		ts.Fatalf("it took %s to end", took)
	}
	if got := p.ProcessState.ExitCode(); got != status {
		ts.Fatalf("status %d, want %d", got, status)
	}
	_, err := ts.Stdout().Write([]byte(p.said.String()))
	ts.Check(err)
}

// interrupt runs a command, sends it a signal when a text appears, and expects status 130 in
// time; what it said is stdout then: interrupt INT|TERM TEXT COMMAND...
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}
	if neg || len(args) < 3 || signals[args[0]] == nil {
		ts.Fatalf("usage: interrupt INT|TERM TEXT COMMAND...")
	}
	start(ts, args[2:], args[1]).end(ts, signals[args[0]], cli.Cancelled)
}

// serves starts `neon-migrations local`, takes over what it tells to export, and runs a
// command against it; then it is stopped: serves FLAGS... -- COMMAND...
func serves(ts *testscript.TestScript, neg bool, args []string) {
	var flags, command []string
	for i, word := range args {
		if word == "--" {
			flags, command = args[:i], args[i+1:]
		}
	}
	if neg || len(command) == 0 {
		ts.Fatalf("usage: serves FLAGS... -- COMMAND...")
	}
	server := start(ts, append([]string{"neon-migrations", "local"}, flags...), "Ctrl-C stops it")
	lines := bufio.NewScanner(strings.NewReader(server.said.String()))
	for lines.Scan() {
		if exported, found := strings.CutPrefix(lines.Text(), "export "); found {
			name, value, _ := strings.Cut(exported, "=")
			ts.Setenv(name, value)
		}
	}
	ts.Check(ts.Exec(command[0], command[1:]...))
	server.end(ts, syscall.SIGINT, cli.Good)
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
	return w.all.String()
}
