// Package dependencies installs what the user's project needs, for the Action's container: the
// environment that a workflow made on the runner cannot be used inside it, because its interpreter is
// outside. uv does the work.
//
// Installing runs the project's own code (build backends), so it must come before any secret is in
// reach of a child process; see [Plan.Run] for what such a process gets.
package dependencies

import (
	"io/fs"
	"path"
	"path/filepath"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Plan is what there is to run, and the interpreter that has the dependencies afterwards.
type Plan struct {
	Because  string     // what was found, for the log
	Commands [][]string // in order; each without a shell
	Dir      string     // where they run
	Target   string     // the virtual environment they make; empty where the command decides
	Python   string     // empty where the command decides
}

// Find makes a plan from what lies in dir, the project's directory seen from the root of workspace,
// or above it: a member of a uv workspace has its lock file at the top. The environment is made in
// target, which should be outside of the workspace, for that belongs to the runner's account.
func Find(workspace fs.FS, dir, target string) (Plan, error) {
	p := Plan{Dir: dir, Target: target, Python: filepath.Join(target, "bin", "python")}
	fresh := []string{"uv", "venv", "--quiet", "--clear", target}
	has := func(name string) bool {
		info, err := fs.Stat(workspace, path.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	}
	lock, locked := above(workspace, dir, "uv.lock")
	switch {
	case locked && has("pyproject.toml"):
		p.Because = lock
		p.Commands = [][]string{{"uv", "sync", "--frozen"}}
	case has("requirements.txt"):
		p.Because = "requirements.txt"
		p.Commands = [][]string{fresh, {"uv", "pip", "install", "--python", p.Python, "-r", "requirements.txt"}}
	case has("poetry.lock") || has("pdm.lock") || has("Pipfile.lock"):
		return Plan{}, fault.Usage("the project's dependencies are not installed",
			"they are locked by poetry, pdm or pipenv, which the container does not have",
			"commit what `poetry export -o requirements.txt` (pdm export, pipenv requirements) writes, or set up Python in the workflow and use the action's /host")
	case has("pyproject.toml"):
		p.Because = "pyproject.toml"
		p.Commands = [][]string{fresh, {"uv", "pip", "install", "--python", p.Python, "."}}
	default:
		return Plan{}, fault.Usage("the project's dependencies are not installed",
			"there is no uv.lock, requirements.txt or pyproject.toml in "+dir,
			"write the project's directory as `working-directory:`, or the command that installs them as `prepare:`, such as `uv pip install --system -r requirements/ci.txt`")
	}
	return p, nil
}

// above looks for a file in dir and in every folder up to the root.
func above(workspace fs.FS, dir, name string) (found string, ok bool) {
	for {
		candidate := path.Join(dir, name)
		if info, err := fs.Stat(workspace, candidate); err == nil && info.Mode().IsRegular() {
			return candidate, true
		}
		if dir == "." || dir == "/" || dir == "" {
			return "", false
		}
		dir = path.Dir(dir)
	}
}
