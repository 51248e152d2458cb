package migrate

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Preparation says how the project's dependencies get installed before it is run.
type Preparation struct {
	// Words are "none", "auto", or a command, which is run without a shell in Dir.
	Words []string
	// Packages are more than the project names; auto installs them too.
	Packages []string
	// Dir is the working directory of the project.
	Dir string
	// Home takes the environment that auto makes. It lies outside of the workspace, whose
	// files would otherwise be left behind as another account's.
	Home   string
	Getenv func(string) string
	Output io.Writer
}

// installing are the variables that an installation gets besides the inherited ones: where
// packages come from. They may hold the password of a private index, which is why the
// project's own code, later, does not get them.
var installing = []string{"UV_", "PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy"}

// Prepared is the outcome of a preparation.
type Prepared struct {
	// Python is the interpreter that has the dependencies; "" if it was left to the search of [Find].
	Python string
	// How is the command that installed them, "" if none did.
	How string
}

// Prepare installs the dependencies. Failures are faults.
func (p Preparation) Prepare(ctx context.Context, environ []string) (Prepared, error) {
	if len(p.Words) == 0 || p.Words[0] == "none" {
		return Prepared{}, nil
	}
	if p.Words[0] != "auto" || len(p.Words) > 1 {
		return Prepared{How: strings.Join(p.Words, " ")}, p.run(ctx, environ, nil, p.Words...)
	}
	environment := filepath.Join(p.Home, "python")
	done := Prepared{Python: filepath.Join(environment, "bin", "python")}
	// The tools make their environment where the first says, or take the active one.
	ours := []string{"UV_PROJECT_ENVIRONMENT=" + environment, "VIRTUAL_ENV=" + environment}
	for _, words := range p.plan(environment, done.Python) {
		if err := p.run(ctx, environ, ours, words...); err != nil {
			return Prepared{}, err
		}
		if done.How == "" && words[1] != "venv" {
			done.How = strings.Join(words, " ")
		}
	}
	if !executable(done.Python) {
		return Prepared{}, nil // nothing says what the project needs: take what there is
	}
	return done, nil
}

// plan chooses by what the project has: the lock file of a tool, here or above, since a workspace
// has one at its root; a requirements file; or a project that can be installed.
func (p Preparation) plan(environment, python string) [][]string {
	create := []string{"uv", "venv", "--quiet", environment}
	install := []string{"uv", "pip", "install", "--quiet", "--python", python}
	var plan [][]string
	switch {
	case p.locked("uv.lock"):
		// With the development groups: Alembic is often in one. So it is with the other tools.
		plan = [][]string{{"uv", "sync", "--frozen"}}
	case p.locked("poetry.lock"):
		plan = [][]string{create, p.tool("poetry", "install", "--no-interaction")}
	case p.locked("pdm.lock"):
		plan = [][]string{create, p.tool("pdm", "sync", "--no-self")}
	case p.locked("Pipfile.lock"):
		plan = [][]string{create, p.tool("pipenv", "sync", "--dev")}
	case p.has("requirements.txt"):
		plan = [][]string{create, append(install, "-r", "requirements.txt")}
	case p.has("pyproject.toml"), p.has("setup.py"):
		plan = [][]string{create, append(install, ".")}
	case len(p.Packages) > 0:
		plan = [][]string{create}
	}
	if len(p.Packages) > 0 {
		plan = append(plan, append(slices.Clone(install), p.Packages...))
	}
	return plan
}

func (p Preparation) has(name string) bool { return isFile(filepath.Join(p.Dir, name)) }

// locked tells that the project is in a tool's lock file: one here, or above where the project has
// no requirements of its own beside it.
func (p Preparation) locked(name string) bool {
	if p.has(name) {
		return true
	}
	above := slices.ContainsFunc(upwards(p.Dir), func(dir string) bool { return isFile(filepath.Join(dir, name)) })
	return above && (p.has("pyproject.toml") || !p.has("requirements.txt"))
}

// tool is a command of a packaging tool: the installed one, else uv fetches it.
func (p Preparation) tool(words ...string) []string {
	if _, there := (Locate{Dir: p.Dir, Getenv: p.Getenv}).lookPath(words[0]); there {
		return words
	}
	return append([]string{"uv", "tool", "run"}, words...)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (p Preparation) run(ctx context.Context, environ, ours []string, words ...string) error {
	what := "preparing the project's Python: " + strings.Join(words, " ")
	path, ok := Locate{Dir: p.Dir, Getenv: p.Getenv}.lookPath(words[0])
	if !ok {
		return fault.Usage(what, fmt.Sprintf("there is no program %q on this machine", words[0]),
			"install it before this step (astral-sh/setup-uv brings uv), or prepare the environment yourself and set prepare: none")
	}
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Dir, cmd.Env = p.Dir, append(p.environment(environ), ours...)
	kept := newLines(p.Output)
	err := run(cmd, kept, call{})
	kept.close()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	if err != nil {
		last := kept.last()
		return fault.New(what, "it failed: "+strings.Join(last[max(0, len(last)-3):], " / "),
			"read its output above; run the same command on your machine").Because(err)
	}
	return nil
}

// hostPaths name places that do not exist inside the Action's container, into which GitHub
// hands on the job's environment.
var hostPaths = []string{"UV_PYTHON", "UV_PYTHON_INSTALL_DIR", "UV_CACHE_DIR", "UV_TOOL_DIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}

// environment is the allow-list of a run, and what an installation needs besides.
func (p Preparation) environment(environ []string) []string {
	var out []string
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains(hostPaths, name) {
			continue
		}
		for _, known := range append(inherited, installing...) {
			if name == known || strings.HasSuffix(known, "_") && strings.HasPrefix(name, known) {
				out = append(out, variable)
				break
			}
		}
	}
	return out
}
