package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

const (
	// lingers is how long something that the command left behind may hold its output open.
	lingers = 2 * time.Second
	// sameSignal is how long the runtime may take to hand a signal to all who asked for it.
	sameSignal = 50 * time.Millisecond
)

// libpqs are the variables by which libpq finds a server and how to enter it; PGOPTIONS, PGTZ and the
// like are the command's own ("Environment Variables" in PostgreSQL's documentation of libpq).
var libpqs = []string{
	"PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGDATABASE", "PGSERVICE", "PGSERVICEFILE",
	"PGSSLMODE", "PGREQUIRESSL", "PGSSLNEGOTIATION", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL", "PGSSLCRLDIR", "PGSSLSNI", "PGSSLCERTMODE",
	"PGCHANNELBINDING", "PGREQUIREAUTH", "PGREQUIREPEER", "PGGSSENCMODE", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS",
}

// environ is the command's environment: every variable that holds the real address has the recorder's
// instead, in the same dialect, and libpq's lead there too.
func (r *recording) environ(local postgres.Address) []string {
	url := local.URL().Reveal()
	if scheme, _, found := strings.Cut(r.raw, "://"); found { // SQLAlchemy's name the driver: postgresql+psycopg
		url = scheme + strings.TrimPrefix(url, "postgresql")
	}
	own := map[string]string{
		r.env: url, "PGHOST": local.Host, "PGPORT": strconv.Itoa(int(local.Port)), "PGUSER": local.User,
		"PGPASSWORD": local.Password.Reveal(), "PGDATABASE": local.Database,
	}
	var environ []string
	for _, variable := range r.in.Environ {
		name, value, _ := strings.Cut(variable, "=")
		_, replaced := own[name]
		switch {
		case replaced || slices.Contains(libpqs, name):
		case value == r.raw:
			environ = append(environ, name+"="+url)
		default:
			environ = append(environ, variable)
		}
	}
	for name, value := range own {
		environ = append(environ, name+"="+value)
	}
	return environ
}

// runChild runs a command for the caller and gives its status as a shell would. Signals are passed on
// to it, and it decides when to end.
func (in *invocation) runChild(ctx context.Context, command, environ []string) (int, error) {
	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // running what was asked for is the purpose; a signal must reach it, not a kill
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = in.Dir, environ, in.Stdin, in.Stderr, in.Stderr
	cmd.WaitDelay = lingers
	// On a terminal the command stays in the foreground, where it can be typed to, and the terminal
	// sends it Ctrl-C itself.
	input, isFile := in.Stdin.(*os.File)
	foreground := isFile && term.IsTerminal(int(input.Fd()))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !foreground}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, fault.Usage("starting "+command[0], "there is no such program, or it cannot be run",
			"see whether it runs without neon-migrations record").Because(err)
	}
	done := make(chan struct{})
	go passSignals(ctx, cmd.Process.Pid, foreground, signals, done)
	err := cmd.Wait()
	close(done)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		return 0, fault.New("running "+command[0], err.Error(), "see whether it runs without neon-migrations record").Because(err)
	}
	return statusOf(cmd.ProcessState), nil
}

// statusOf is a command's status; 128 and the number of the signal that ended it, as shells say it.
func statusOf(state *os.ProcessState) int {
	if waited, ok := state.Sys().(syscall.WaitStatus); ok && waited.Signaled() {
		return 128 + int(waited.Signal())
	}
	return state.ExitCode()
}

// passSignals passes on what this program is sent, until the command is done. The context ends with a
// signal as well, a moment before or after it comes here; where none does, the command is interrupted.
func passSignals(ctx context.Context, pid int, foreground bool, signals <-chan os.Signal, done <-chan struct{}) {
	target := -pid // its group
	if foreground {
		target = pid
	}
	cancelled := ctx.Done()
	var alone <-chan time.Time
	for {
		select {
		case <-done:
			return
		case <-cancelled:
			cancelled, alone = nil, time.After(sameSignal)
		case <-alone:
			_ = syscall.Kill(target, syscall.SIGINT) // it may be gone
		case s := <-signals:
			cancelled, alone = nil, nil
			if number, ok := s.(syscall.Signal); ok && !(foreground && number == syscall.SIGINT) {
				_ = syscall.Kill(target, number)
			}
		}
	}
}
