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

// Prepare installs the dependencies and returns the interpreter that has them; "" if it was
// left to the search of [Find]. Failures are faults.
func (p Preparation) Prepare(ctx context.Context, environ []string) (python string, err error) {
	if len(p.Words) == 0 || p.Words[0] == "none" {
		return "", nil
	}
	if p.Words[0] != "auto" || len(p.Words) > 1 {
		return "", p.run(ctx, environ, p.Words...)
	}
	environment := filepath.Join(p.Home, "python")
	python = filepath.Join(environment, "bin", "python")
	for _, commands := range p.plan(environment, python) {
		if err := p.run(ctx, append(environ, "UV_PROJECT_ENVIRONMENT="+environment), commands...); err != nil {
			return "", err
		}
	}
	if !executable(python) {
		return "", nil // nothing says what the project needs: take what there is
	}
	return python, nil
}

// plan chooses by what the project has: a lock file of uv, here or above, since a workspace
// has one at its root; a requirements file; or a project that can be installed.
func (p Preparation) plan(environment, python string) [][]string {
	inDir := func(name string) bool { return isFile(filepath.Join(p.Dir, name)) }
	locked := slices.ContainsFunc(upwards(p.Dir), func(dir string) bool { return isFile(filepath.Join(dir, "uv.lock")) })
	create := []string{"uv", "venv", "--quiet", environment}
	install := []string{"uv", "pip", "install", "--quiet", "--python", python}
	switch {
	case locked && (inDir("pyproject.toml") || !inDir("requirements.txt")):
		// With the development groups: Alembic is often in one.
		return [][]string{{"uv", "sync", "--frozen"}}
	case inDir("requirements.txt"):
		return [][]string{create, append(install, "-r", "requirements.txt")}
	case inDir("pyproject.toml"):
		return [][]string{create, append(install, ".")}
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (p Preparation) run(ctx context.Context, environ []string, words ...string) error {
	what := "preparing the project's Python: " + strings.Join(words, " ")
	path, ok := Locate{Dir: p.Dir, Getenv: p.Getenv}.lookPath(words[0])
	if !ok {
		return fault.Usage(what, fmt.Sprintf("there is no program %q on this machine", words[0]),
			"install it before this step (astral-sh/setup-uv brings uv), or prepare the environment yourself and set prepare: none")
	}
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Dir, cmd.Env = p.Dir, p.environment(environ)
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
