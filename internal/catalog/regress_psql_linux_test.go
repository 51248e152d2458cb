package catalog

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// lineTimeout is how long psql may take for one line. The slowest of PostgreSQL's scripts wait for some seconds.
const lineTimeout = 5 * time.Minute

// psql is a session that takes a script line by line and tells after each in which state it is. It believes to sit at a
// terminal, because only then it prompts; and the prompt knows what no reader of the script can: whether a
// quote is open, whether COPY takes the next line for data, whether a transaction is under way.
type psql struct {
	cmd      *exec.Cmd
	terminal *os.File
	out      *bufio.Reader
	said     *lastBytes
}

// Each prompt stands between two bytes that no script prints.
const promptBegin, promptEnd = 0x1d, 0x1e

// idle is the prompt of a session that awaits a new statement and is in no transaction.
const idle = "="

// prompt are psql's %x (transaction) and %R (what is open); `\set` prints the variables with their %.
var prompt = regexp.MustCompile(`\x1d([*!?]?[=@^!(*'"$;-]|copy)\x1e$`)

// startPsql starts a session as PostgreSQL's own test driver does, and waits for its first prompt.
func startPsql(t testing.TB, server *postgres.Server, database string, env []string) *psql {
	t.Helper()
	terminal, far := openTerminal(t)
	defer far.Close()
	p := &psql{terminal: terminal, out: bufio.NewReader(terminal), said: &lastBytes{}}
	program, _ := server.Binaries().Path("psql")
	args := []string{
		"--no-psqlrc", "--quiet", "--no-readline", "--pset=pager=off", "--set=HIDE_TABLEAM=on", "--set=HIDE_TOAST_COMPRESSION=on",
		"--host=" + server.SocketDir(), fmt.Sprintf("--port=%d", server.Port()), "--username=" + server.Address().User, "--dbname=" + database,
	}
	for name, state := range map[string]string{"PROMPT1": "%x%R", "PROMPT2": "%x%R", "PROMPT3": "copy"} {
		args = append(args, fmt.Sprintf("--set=%s=%c%s%c", name, promptBegin, state, promptEnd))
	}
	p.cmd = exec.CommandContext(t.Context(), program, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = far, far, p.said
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting psql: %v", err)
	}
	if state := p.state(); state != idle {
		t.Fatalf("psql did not come up: %q, %s", state, p.said)
	}
	return p
}

// openTerminal makes a terminal that changes nothing on its way.
func openTerminal(t testing.TB) (near, far *os.File) {
	t.Helper()
	near, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(near.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(near.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		far, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err == nil {
		_, err = term.MakeRaw(int(far.Fd()))
	}
	if err != nil {
		t.Fatalf("opening a terminal for psql: %v", err)
	}
	return near, far
}

// send gives psql one line and returns its state after that; "" when psql ended.
func (p *psql) send(line []byte) string {
	if _, err := p.terminal.Write(append(bytes.TrimSuffix(line, []byte("\n")), '\n')); err != nil {
		return ""
	}
	return p.state()
}

func (p *psql) state() string {
	late := time.AfterFunc(lineTimeout, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	for {
		text, err := p.out.ReadBytes(promptEnd)
		if found := prompt.FindSubmatch(text); found != nil {
			return string(found[1])
		}
		if err != nil { // a terminal without its far end gives an error, and no end of file
			return ""
		}
	}
}

// end closes the session.
func (p *psql) end() {
	_ = p.terminal.Close()
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it was killed, or a script told it to quit
}

// lastBytes keeps the end of what is written to it.
type lastBytes struct {
	mu   sync.Mutex
	text []byte
}

func (l *lastBytes) Write(p []byte) (int, error) {
	const most = 2000
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if len(l.text) > most {
		l.text = append([]byte(nil), l.text[len(l.text)-most:]...)
	}
	return len(p), nil
}

func (l *lastBytes) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
