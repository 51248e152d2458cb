// Package image_test runs the container of the Action as GitHub's runner does, with buildah in place of
// Docker, and a Neon and a GitHub on this machine. scripts/image-test builds the image and starts this.
package image_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/host/hosttest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"go.yaml.in/yaml/v3"
)

const root = ".."

// runner is the account that the files of a job belong to on GitHub's machines.
const runner = 1001

// container is the Action as it is built, and what action.yml says of it.
type container struct {
	name    string
	command []string          // the image's entry point and action.yml's arguments
	inputs  map[string]string // every input with its default, as environment variables
}

// start makes a container of the image that scripts/image-test has built.
func start(t *testing.T) container {
	t.Helper()
	image := os.Getenv("NEON_MIGRATIONS_IMAGE")
	if image == "" {
		t.Skip("there is no image: `make image-test` builds one and runs this")
	}
	var inspected struct {
		OCIv1 struct {
			Config struct{ Entrypoint []string } `json:"config"`
		}
	}
	if err := json.Unmarshal(buildah(t, "inspect", "--type", "image", image), &inspected); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Args []string }
	}
	if err := yaml.Unmarshal(data, &action); err != nil {
		t.Fatal(err)
	}
	c := container{inputs: map[string]string{}, command: append(inspected.OCIv1.Config.Entrypoint, action.Runs.Args...)}
	for name, input := range action.Inputs {
		c.inputs["INPUT_"+strings.ToUpper(name)] = input.Default
	}
	c.name = strings.TrimSpace(string(buildah(t, "from", "--pull=never", image)))
	t.Cleanup(func() {
		if out, err := exec.Command("buildah", "rm", c.name).CombinedOutput(); err != nil {
			t.Errorf("removing the container: %v: %s", err, out)
		}
	})
	return c
}

func buildah(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "buildah", args...).Output()
	if err != nil {
		t.Fatalf("buildah %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// job is a directory of the runner's with what it mounts into a container.
type job struct{ dir string }

// mounted are the directories of a job; the container sees them below /github.
var mounted = []string{"workspace", "home", "workflow", "file_commands", "runner_temp"}

func newJob(t *testing.T) job {
	t.Helper()
	j := job{t.TempDir()}
	for _, name := range mounted {
		if err := os.Mkdir(j.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func (j job) path(name string) string { return filepath.Join(j.dir, name) }

// environment is what the runner sets, and what actions/setup-python and astral-sh/setup-uv leave in a
// job: paths of the machine outside, which the container does not have.
func environment(s *hosttest.Stage, inputs map[string]string) map[string]string {
	all := maps.Clone(inputs)
	maps.Copy(all, map[string]string{
		"INPUT_NEON-API-KEY": hosttest.Key.Reveal(), "INPUT_NEON-PROJECT-ID": hosttest.Project, "INPUT_NEON-API-URL": s.Neon.URL(),
		"INPUT_GITHUB-TOKEN": hosttest.Token.Reveal(), "INPUT_WORKING-DIRECTORY": sample.WorkingDirectory,
		"GITHUB_ACTIONS": "true", "CI": "true", "HOME": "/github/home", "RUNNER_TEMP": "/github/runner_temp",
		"GITHUB_WORKSPACE": "/github/workspace", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "/github/workflow/event.json",
		"GITHUB_OUTPUT": "/github/file_commands/output", "GITHUB_STEP_SUMMARY": "/github/file_commands/summary",
		"GITHUB_REPOSITORY": hosttest.Repository, "GITHUB_RUN_ID": "1", "GITHUB_API_URL": s.GitHub.APIURL(), "GITHUB_SERVER_URL": s.GitHub.URL(),
		"VIRTUAL_ENV": "/home/runner/work/shop/shop/.venv", "UV_CACHE_DIR": "/home/runner/work/_temp/setup-uv-cache",
		"UV_PYTHON": "/opt/hostedtoolcache/Python/3.13.9/x64/bin/python3", "LD_LIBRARY_PATH": "/opt/hostedtoolcache/Python/3.13.9/x64/lib",
		"pythonLocation": "/opt/hostedtoolcache/Python/3.13.9/x64",
	})
	// Where a company's network has a certificate authority of its own, uv must be told of it.
	if os.Getenv("SSL_CERT_FILE") != "" {
		all["SSL_CERT_FILE"] = "/etc/ssl/certs/ca-certificates.crt"
	}
	return all
}

// run plays the runner's docker run: as root, in the workspace, on this machine's network.
func (c container) run(t *testing.T, j job, environment map[string]string) (log string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args := []string{"run", "--isolation", "chroot", "--workingdir", "/github/workspace"}
	for _, name := range mounted {
		args = append(args, "-v", j.path(name)+":/github/"+name)
	}
	for name, value := range environment {
		args = append(args, "--env", name+"="+value)
	}
	cmd := exec.CommandContext(ctx, "buildah", append(append(args, c.name, "--"), c.command...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // it unmounts, which a killed one cannot
	out, _ := cmd.CombinedOutput()                                           // the status tells
	return string(out), cmd.ProcessState.ExitCode()
}

// checkout fills the job's workspace with a pull request, edited or not, and gives its commit.
func (j job) checkout(t *testing.T, s *hosttest.Stage, name string, edit func(dir string) error) (commit string) {
	t.Helper()
	shop, err := s.Shop().Init(t.Context(), j.path("workspace"))
	if err != nil {
		t.Fatal(err)
	}
	pushed, err := shop.Push(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		if err := edit(shop.Dir); err != nil {
			t.Fatal(err)
		}
	}
	j.eachFile(t, func(path string, _ *syscall.Stat_t) error { return os.Lchown(path, runner, runner) })
	return pushed.SHA
}

func (j job) eachFile(t *testing.T, do func(path string, info *syscall.Stat_t) error) {
	t.Helper()
	err := filepath.WalkDir(j.path("workspace"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return do(path, info.Sys().(*syscall.Stat_t))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// output reads one output of the step.
func (j job) output(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(j.path("file_commands"), "output"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `<<\S+\n(.*)\n`).FindSubmatch(data)
	if found == nil {
		t.Fatalf("the output %s was not set:\n%s", name, data)
	}
	return string(found[1])
}

// prying is code of a pull request that looks for secrets in the process that started it. It tells what it
// found in words of its own, since the secrets themselves would be masked.
const prying = `
import os as _os
_parent = f"/proc/{_os.getppid()}/"
for _name in ["environ", "cmdline", "mem"] + ["fd/" + _fd for _fd in _os.listdir(_parent + "fd")]:
    try:
        with open(_parent + _name, "rb") as _file:
            print("prying into", _name + ":", "FOUND" if _name[0] in "mf" or b"never_shown" in _file.read() else "nothing there")
    except PermissionError:
        print("prying into", _name + ": refused")
    except FileNotFoundError:
        pass # closed in the meantime
    except OSError:
        print("prying into", _name + ": FOUND what cannot be read twice")
print("environment:", "FOUND" if "never_shown" in str(_os.environ) else "nothing there")
`

func pry(dir string) error {
	path := filepath.Join(dir, sample.WorkingDirectory, "migrations", "env.py")
	code, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(code, prying...), 0o644)
}

// TestRehearsal rehearses pull requests in the container, from the event to the comment.
func TestRehearsal(t *testing.T) {
	c := start(t)
	stage := hosttest.Raise(t, root)
	for _, tt := range []struct {
		name, pullRequest string
		edit              func(dir string) error
		status            int
		verdict, comment  string
		says              []string
	}{
		{name: "clean", pullRequest: "clean", verdict: "pass", comment: "models ✅"},
		{
			name: "blocked", pullRequest: "forgotten-revision", edit: pry, status: 1, verdict: "block", comment: "Drift: models",
			says: []string{"prying into environ: refused", "prying into cmdline: nothing there", "prying into mem: refused", "prying into fd/0: refused", "environment: nothing there"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := newJob(t)
			number, payload := stage.Open(t, tt.pullRequest, j.checkout(t, stage, tt.pullRequest, tt.edit))
			if err := os.WriteFile(filepath.Join(j.path("workflow"), "event.json"), payload, 0o644); err != nil {
				t.Fatal(err)
			}
			log, status := c.run(t, j, environment(stage, c.inputs))
			defer func() {
				if t.Failed() {
					t.Log(log)
				}
			}()
			if status != tt.status {
				t.Fatalf("status %d, want %d", status, tt.status)
			}
			if got := j.output(t, "verdict"); got != tt.verdict {
				t.Errorf("verdict %q, want %q", got, tt.verdict)
			}
			comments := stage.GitHub.Comments(number)
			if len(comments) != 1 || !strings.Contains(comments[0].Body, tt.comment) || comments[0].URL != j.output(t, "comment-url") {
				t.Errorf("%d comments, want the one of the output comment-url, which says %q: %+v", len(comments), tt.comment, comments)
			}
			for _, want := range tt.says {
				if !strings.Contains(log, want) {
					t.Errorf("%q is not in the log", want)
				}
			}
			if strings.Contains(log, "FOUND") {
				t.Error("the pull request's code found a secret")
			}
			j.eachFile(t, func(path string, info *syscall.Stat_t) error {
				if info.Uid != runner {
					t.Errorf("%s was left behind as root's", path)
				}
				return nil
			})
		})
	}
}
