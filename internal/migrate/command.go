package migrate

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// helperFiles is the helper: a door and a package beside it.
//
//go:embed helper/main.py helper/neon_migrations_helper/*.py
var helperFiles embed.FS

// eventsFD is the number of the pipe for events in the child: the first of ExtraFiles. The next
// is the pipe by which it is told to go on after a pause.
const eventsFD = 3

// inherited are the variables that the child gets of this program's environment. A list of
// what may pass, because nobody can list all names that hold a secret. Left out on purpose,
// besides everything with a token in it: UV_* and PIP_* (index addresses hold passwords,
// and nothing is installed here), *_PROXY (the same), PYTHONHOME (breaks virtual
// environments), PYTHONSTARTUP and PYTHONINSPECT (for people at a prompt), PG* (ours alone),
// GITHUB_*, RUNNER_*, ACTIONS_*, INPUT_* and NEON_*. Env.Pass brings what a project needs besides.
var inherited = []string{
	"PATH",                    // env.py may start programs
	"HOME", "USER", "LOGNAME", // getpass and expanduser; caches of packages
	"LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_COLLATE", "LC_NUMERIC", "LC_TIME", "TZ",
	"TMPDIR",                      // where the runner wants temporary files
	"VIRTUAL_ENV", "CONDA_PREFIX", // what tools take the project's environment from
	"LD_LIBRARY_PATH", // setup-python's interpreter finds its libpython by it
	"PYTHONPATH",      // how many projects find their own packages
	"PYTHONUTF8", "PYTHONHASHSEED", "PYTHONWARNINGS", "PYTHONNOUSERSITE", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
	"SSL_CERT_FILE", "SSL_CERT_DIR", // certificates of company networks; paths only
	"CI", // settings classes look whether they run in CI
}

// job is what the helper is asked to do; its fields are the helper's own names.
type job struct {
	Mode string `json:"mode"`
	Dir  string `json:"dir"`
	INI  string `json:"ini,omitempty"`
	TOML string `json:"toml,omitempty"`
	// Scripts is the script directory of a project without a configuration file.
	Scripts      string   `json:"scripts,omitempty"`
	Section      string   `json:"section"`
	X            []string `json:"x,omitempty"`
	ExtraPath    []string `json:"extra_path,omitempty"`
	Address      *address `json:"address,omitempty"`
	URLVariables []string `json:"url_variables,omitempty"`
	Scheme       string   `json:"scheme,omitempty"`
	Upgrade      string   `json:"upgrade,omitempty"`
	Downgrade    string   `json:"downgrade,omitempty"`
	Drift        bool     `json:"drift,omitempty"`
	Models       *address `json:"models,omitempty"`
	History      *address `json:"history,omitempty"`
	Stairway     bool     `json:"stairway,omitempty"`
	// Pauses tells that there is a second pipe, by which the helper is told to go on.
	Pauses bool `json:"pauses,omitempty"`
}

// address is an address with its password bare. It exists in the job file alone, which only
// this account can read and which the helper removes before any of the project's code runs.
type address struct {
	Host     string            `json:"host"`
	Port     uint16            `json:"port"`
	User     string            `json:"user"`
	Password string            `json:"password"`
	Database string            `json:"database"`
	Params   map[string]string `json:"params,omitempty"`
}

// newJob fills in what all jobs of the project share.
func (p *Project) newJob(mode string, env Env) job {
	j := job{Mode: mode, Dir: p.Dir, Section: p.Section, X: env.X, Scheme: env.Scheme}
	switch filepath.Base(p.Config) {
	case tomlName:
		j.TOML = p.Config
	case envName:
		j.Scripts = filepath.Dir(p.Config)
	default:
		j.INI = p.Config
	}
	j.URLVariables = strings.FieldsFunc(env.URLVariable, func(r rune) bool { return r == ',' || r == ' ' })
	if len(j.URLVariables) == 0 {
		j.URLVariables = []string{"DATABASE_URL"}
	}
	return j
}

// withRun adds a run's work and address to a job.
func (j job) withRun(r Run) job {
	j.Upgrade, j.Downgrade, j.Drift = r.Upgrade, r.Downgrade, r.Drift
	j.Stairway, j.Pauses = r.Stairway, r.Pause != nil
	j.Address, j.Models, j.History = bare(&r.Address), bare(r.Models), bare(r.History)
	return j
}

func bare(a *postgres.Address) *address {
	if a == nil {
		return nil
	}
	return &address{
		Host: a.Host, Port: a.Port, User: a.User, Password: a.Password.Reveal(),
		Database: a.Database, Params: a.Params,
	}
}

// files are the places of one call, all in a directory of its own.
type files struct {
	dir, helper, job, answer string
}

func filesIn(dir string) files {
	return files{
		dir: dir, helper: filepath.Join(dir, "helper", "main.py"),
		job: filepath.Join(dir, "job.json"), answer: filepath.Join(dir, "answer.json"),
	}
}

// unpack writes the helper into the directory of the call.
func (f files) unpack() error {
	if err := os.CopyFS(f.dir, helperOnly()); err != nil {
		return fmt.Errorf("unpacking the Alembic helper: %w", err)
	}
	return nil
}

// helperOnly is the embedded tree; CopyFS keeps its "helper" directory.
func helperOnly() fs.FS { return helperFiles }

// command builds the child without starting it. It holds no address: that is in the job.
func (p *Project) command(ctx context.Context, f files, env Env) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Python, f.helper, f.job, f.answer, fmt.Sprint(eventsFD))
	cmd.Dir = p.Dir
	cmd.Env = p.environment(env)
	return cmd
}

// environment is the child's whole environment, sorted.
func (p *Project) environment(env Env) []string {
	vars := map[string]string{}
	for _, name := range inherited {
		if value := p.getenv(name); value != "" {
			vars[name] = value
		}
	}
	p.activate(vars)
	vars["PYTHONUNBUFFERED"] = "1"     // lines as they are printed, not at the end
	vars["PYTHONIOENCODING"] = "utf-8" // a revision's message may be in any language, the locale is often C
	for name, value := range env.Pass {
		vars[name] = value
	}
	out := make([]string, 0, len(vars))
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, name+"="+vars[name])
	}
	return out
}

// activate does what a virtual environment's activate script does, so that programs
// started by env.py are the environment's own.
func (p *Project) activate(vars map[string]string) {
	bin := filepath.Dir(p.Python)
	home := filepath.Dir(bin)
	if _, err := os.Stat(filepath.Join(home, "pyvenv.cfg")); err != nil {
		return
	}
	vars["VIRTUAL_ENV"] = home
	vars["PATH"] = strings.TrimSuffix(bin+string(filepath.ListSeparator)+vars["PATH"], string(filepath.ListSeparator))
}
