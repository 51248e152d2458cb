package dependencies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// killAfter is how long a child may take to end after SIGINT.
const killAfter = 3 * time.Second

// inherited are the variables that installing may see. It is a list of what may pass, for nobody
// can list every name that holds a secret. UV_INDEX and PIP_INDEX addresses may hold the user's own
// password for their packages; without them a private package cannot be had.
func inherited(name string) bool {
	switch name {
	case "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "CI", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy":
		return true
	}
	return strings.HasPrefix(name, "UV_INDEX") || strings.HasPrefix(name, "PIP_") && strings.Contains(name, "INDEX") ||
		name == "UV_DEFAULT_INDEX" || name == "UV_EXTRA_INDEX_URL" || name == "UV_FIND_LINKS" || name == "UV_SYSTEM_CERTS"
}

// environment is what a child sees of environ (NAME=VALUE each). Left out with everything else are
// VIRTUAL_ENV, UV_PYTHON, UV_CACHE_DIR and PYTHONHOME: the runner hands them into the container, and they
// name places outside of it.
func (p Plan) environment(environ []string) []string {
	var env []string
	for _, v := range environ {
		if name, _, _ := strings.Cut(v, "="); inherited(name) {
			env = append(env, v)
		}
	}
	env = append(env, "UV_NO_PROGRESS=1", "UV_LINK_MODE=copy", "PYTHONDONTWRITEBYTECODE=1", "GIT_TERMINAL_PROMPT=0")
	if p.Target != "" {
		env = append(env, "UV_PROJECT_ENVIRONMENT="+p.Target)
	}
	return env
}

// Run carries out the plan below root. environ is this process's environment, of which the
// commands see a few harmless variables and no secret of ours. Their output goes to out, which should be fenced
// and masked. A command that fails ends it with a fault that says which and how.
func (p Plan) Run(ctx context.Context, root string, environ []string, out io.Writer) error {
	for _, command := range p.Commands {
		cmd := p.command(ctx, root, command, environ)
		cmd.Stdout, cmd.Stderr = out, out
		err := cmd.Run()
		if cmd.Process != nil {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what the command left behind
		}
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("installing the project's dependencies: %w", ctx.Err())
		case errors.Is(err, exec.ErrNotFound):
			return fault.Usage("installing the project's dependencies", "there is no program "+command[0],
				"write a command that the container or runner has, such as `prepare: uv sync --frozen`").Because(err)
		case err != nil:
			return fault.New("installing the project's dependencies", "`"+strings.Join(command, " ")+"` failed; its output is above",
				"run the same command in a fresh checkout; give another one as `prepare:`").Because(err)
		}
	}
	return nil
}

// command builds one child without starting it.
func (p Plan) command(ctx context.Context, root string, words, environ []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir = p.Dir
	if !filepath.IsAbs(cmd.Dir) {
		cmd.Dir = filepath.Join(root, p.Dir)
	}
	cmd.Env = p.environment(environ)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = killAfter
	return cmd
}

// Command is the plan for a command of the user's. Where that makes an environment is its own
// affair; the interpreter is then looked for as without a plan.
func Command(words []string, dir string) Plan {
	return Plan{Because: "the input prepare", Commands: [][]string{words}, Dir: dir}
}
