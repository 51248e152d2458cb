// Package host_test runs host/action.yml in workflows, with act on this machine in place of GitHub.
package host_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
          neon-api-url: http://127.0.0.1:9/api/v2
          timeout: 1m
          env: |
            FIRST=1
            SECOND=two words
      - if: always()
        env:
          OUTCOME: ${{ steps.migrations.outcome }}
          VERDICT: ${{ steps.migrations.outputs.verdict }}
        run: echo "outcome=$OUTCOME verdict=$VERDICT"
`

// act finds the tool that scripts/setup installs.
func act(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, ".tools", "bin", "act"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	const words = "act is not in .tools/bin: run `make setup`"
	if os.Getenv("CI") != "" {
		t.Fatal(words)
	}
	t.Skip(words)
	return ""
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

// play runs the workflow for an event. act's own cache is a folder of the test's.
func play(t *testing.T, tool, dir, event, payload string) (log string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	file := filepath.Join(t.TempDir(), "event.json")
	write(t, file, []byte(payload))
	cmd := exec.CommandContext(ctx, tool, event, "-W", ".github/workflows/host.yml", "-e", file, "-P", "ubuntu-latest=-self-hosted",
		"--no-cache-server", "-s", "NEON_API_KEY=napi_never_shown", "-s", "GITHUB_TOKEN=ghs_never_shown")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOFLAGS=-buildvcs=false")
	out, err := cmd.CombinedOutput()
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

// TestEvents shows that the composite action builds the program, hands it its inputs and the event, and
// takes over its exit status and outputs.
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
			log, err := play(t, tool, dir, tt.event, tt.payload)
			if (err != nil) != tt.fails {
				t.Errorf("act: %v", err)
			}
			for _, want := range tt.says {
				if !strings.Contains(log, want) {
					t.Errorf("%q is not in the log", want)
				}
			}
			if strings.Contains(log, "never_shown") {
				t.Error("a secret is in the log")
			}
			if t.Failed() {
				t.Log(log)
			}
		})
	}
}
