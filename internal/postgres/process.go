package postgres

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"sync"
	"syscall"
)

// unprivileged are the accounts that run the server when we are root, which PostgreSQL
// refuses to be. Both have an entry in every Debian's password file; initdb asks for one.
var unprivileged = []string{"postgres", "nobody"}

// Owner tells which account the server runs as, and so who must own its files: ours,
// or an unprivileged one when we are root.
func Owner() (uid, gid int, err error) {
	if os.Geteuid() != 0 {
		return os.Geteuid(), os.Getegid(), nil
	}
	for _, name := range unprivileged {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(account.Uid)
		gid, gidErr := strconv.Atoi(account.Gid)
		if uidErr == nil && gidErr == nil {
			return uid, gid, nil
		}
	}
	return 0, 0, fmt.Errorf("PostgreSQL refuses to run as root, and this machine has no account %q to run it as", unprivileged)
}

// TempDir makes a private directory that the server's account owns.
func TempDir(pattern string) (string, error) {
	dir, err := os.MkdirTemp("", pattern)
	if err != nil {
		return "", fmt.Errorf("making a temporary directory: %w", err)
	}
	return dir, Own(dir)
}

// Own gives a file or directory to the account that runs the server.
func Own(path string) error {
	uid, gid, err := Owner()
	if err != nil {
		return err
	}
	if err := os.Lchown(path, uid, gid); err != nil {
		return fmt.Errorf("giving %s to the server's account: %w", path, err)
	}
	return nil
}

// asOwner makes cmd run as the server's account, in its own process group so that
// a terminal's interrupt reaches us alone, in a directory that it may read, and with an
// environment that holds nothing of ours.
func asOwner(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", "TZ=UTC"}
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := Owner()
	if err != nil {
		return err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // the system's own numbers
	return nil
}

// guardScript waits for the end of its input, which comes when the process that holds the
// other end is gone, however it went; then it stops the server and removes its directories.
// SIGQUIT is PostgreSQL's immediate shutdown.
const guardScript = `while read -r _; do :; done
pid=$1; shift
if [ "$pid" -gt 0 ]; then
  kill -QUIT "$pid" 2>/dev/null
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
[ $# -eq 0 ] || rm -rf -- "$@"`

// Guard sees to it that nothing is left behind if this process dies: the server pid (0 for
// none) is then stopped and the directories are removed. The returned function calls the
// guard off, and must be called when the caller has cleaned up itself. It must be kept until
// then: the guard acts as soon as nothing in this process refers to it any more.
func Guard(pid int, dirs ...string) (release func(), err error) {
	cmd := exec.Command("/bin/sh", append([]string{"-c", guardScript, "guard", strconv.Itoa(pid)}, dirs...)...) //nolint:noctx // must outlive us
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin"} // every process of this account can read it
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe to the guard: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the guard of a server: %w", err)
	}
	return sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // before its input ends, so that it does nothing
		_ = lifeline.Close()
		_ = cmd.Wait() // it was killed: there is no status worth telling
	}), nil
}

// RunAsOwner runs one of PostgreSQL's programs to its end as the server's account, with its
// output going to out.
func RunAsOwner(ctx context.Context, out io.Writer, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := asOwner(cmd); err != nil {
		return err
	}
	return cmd.Run()
}
