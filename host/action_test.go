// Package host_test runs host/action.yml in workflows, with act on this machine in place of GitHub.
package host_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/host/hosttest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

const root = ".."

// workflow uses the action as people do. Checkout is simulated by act, which copies the folder.
const workflow = `on: [push, workflow_dispatch, pull_request]
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - id: migrations
        uses: ./host
        with:
          neon-api-key: ${{ secrets.NEON_API_KEY }}
          neon-project-id: shiny-wind-028834
          neon-api-url: ${{ vars.NEON_API_URL }}
          working-directory: ${{ vars.DIRECTORY }}
          python: ${{ vars.PYTHON }}
          timeout: 3m
          env: |
            FIRST=1
            SECOND=two words
      - if: always()
        env:
          OUTCOME: ${{ steps.migrations.outcome }}
          VERDICT: ${{ steps.migrations.outputs.verdict }}
          BRANCH: ${{ steps.migrations.outputs.branch-name }}
          COMMENT: ${{ steps.migrations.outputs.comment-url }}
        run: echo "outcome=$OUTCOME verdict=$VERDICT branch=$BRANCH comment=$COMMENT"
`

// act finds the tool that scripts/setup installs.
func act(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, ".tools", "bin", "act"))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		hosttest.Missing(t, "act is not in .tools/bin: run `make setup`")
	}
	return path
}

// repository is a copy of what git knows here, with the workflow, as a repository of its own.
func repository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Fatalf("listing the repository's files: %v", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), data)
	}
	write(t, filepath.Join(dir, ".github/workflows/host.yml"), []byte(workflow))
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "x"}} {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

// run is one event that starts the workflow, and what the repository's settings give to it.
type run struct {
	event, payload string
	vars           map[string]string // of the repository
	github         string            // address of the API; "" is GitHub's own, which is not asked
}

// play runs the workflow for an event. act's own cache is a folder of the test's.
func play(t *testing.T, tool, dir string, r run) (log string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	file := filepath.Join(t.TempDir(), "event.json")
	write(t, file, []byte(r.payload))
	args := []string{
		r.event, "-W", ".github/workflows/host.yml", "-e", file, "-P", "ubuntu-latest=-self-hosted", "--no-cache-server",
		"-s", "NEON_API_KEY=" + hosttest.Key.Reveal(), "-s", "GITHUB_TOKEN=" + hosttest.Token.Reveal(),
		"--env", "GITHUB_REPOSITORY=" + hosttest.Repository, "--env", "GITHUB_API_URL=" + r.github,
	}
	for name, value := range r.vars {
		args = append(args, "--var", name+"="+value)
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Dir = dir
	// The build inside of the action would take most of the time: it shares this machine's caches.
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "never_shown") {
		t.Error("a secret is in the log")
	}
	return string(out), err
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatalf("asking go for %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// expect holds a finished run to its success or failure and to what it said.
func expect(t *testing.T, log string, err error, fails bool, says ...string) {
	t.Helper()
	if (err != nil) != fails {
		t.Errorf("act: %v", err)
	}
	for _, want := range says {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log", want)
		}
	}
	if t.Failed() {
		t.Log(log)
	}
}

// TestEvents shows that the composite action builds the program, hands it its inputs and the event, and
// takes over its exit status.
func TestEvents(t *testing.T) {
	tool := act(t)
	dir := repository(t)
	for _, tt := range []struct {
		name, event, payload string
		says                 []string
		fails                bool
	}{
		{
			name: "nothing to do", event: "push",
			payload: `{"ref": "refs/heads/gone", "deleted": true, "repository": {"full_name": "o/r", "default_branch": "main"}}`,
			says:    []string{"the push removed a branch or a tag", "outcome=success"},
		},
		{
			name: "a run by hand without a command", event: "workflow_dispatch",
			payload: `{"repository": {"full_name": "o/r", "default_branch": "main"}}`,
			says:    []string{"a run by hand does not say what to do", "command: rehearse", "outcome=failure"},
			fails:   true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log, err := play(t, tool, dir, run{event: tt.event, payload: tt.payload})
			expect(t, log, err, tt.fails, tt.says...)
		})
	}
}

// TestRehearsal rehearses two pull requests from their event to the comment.
func TestRehearsal(t *testing.T) {
	tool, python := act(t), sampletest.Python(t)
	dir := repository(t)
	stage := hosttest.Raise(t, root)
	for _, tt := range []struct {
		name    string
		fails   bool
		outcome string
		comment string // what the comment says among much else
	}{
		{name: "clean", outcome: "outcome=success verdict=pass", comment: "models ✅"},
		{name: "forgotten-revision", fails: true, outcome: "outcome=failure verdict=block", comment: "Drift: models"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := stage.Shop().Checkout(filepath.Join(dir, tt.name), tt.name); err != nil {
				t.Fatal(err)
			}
			number, payload := stage.Open(t, tt.name, "")
			log, err := play(t, tool, dir, run{event: "pull_request", payload: string(payload), github: stage.GitHub.APIURL(), vars: map[string]string{
				"NEON_API_URL": stage.Neon.URL(), "DIRECTORY": tt.name + "/" + sample.WorkingDirectory, "PYTHON": python,
			}})
			comments := stage.GitHub.Comments(number)
			if len(comments) != 1 || !strings.Contains(comments[0].Body, tt.comment) {
				t.Fatalf("%d comments on the pull request, want one that says %q: %+v\n%s", len(comments), tt.comment, comments, log)
			}
			expect(t, log, err, tt.fails, fmt.Sprintf("%s branch=ci/pr-%d comment=%s", tt.outcome, number, comments[0].URL))
		})
	}
}
