package dependencies

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestFind(t *testing.T) {
	venv := []string{"uv", "venv", "--quiet", "--clear", "/v"}
	for _, tt := range []struct {
		name  string
		files []string
		want  [][]string
		says  string
	}{
		{"a lock beside it", []string{"backend/uv.lock", "backend/pyproject.toml"}, [][]string{{"uv", "sync", "--frozen"}}, "backend/uv.lock"},
		{"a member of a workspace", []string{"uv.lock", "backend/pyproject.toml", "backend/requirements.txt"}, [][]string{{"uv", "sync", "--frozen"}}, "uv.lock"},
		{"requirements", []string{"backend/requirements.txt", "backend/pyproject.toml"}, [][]string{venv, {"uv", "pip", "install", "--python", "/v/bin/python", "-r", "requirements.txt"}}, "requirements.txt"},
		{"another project's lock above", []string{"uv.lock", "backend/requirements.txt"}, [][]string{venv, {"uv", "pip", "install", "--python", "/v/bin/python", "-r", "requirements.txt"}}, "requirements.txt"},
		{"metadata only", []string{"backend/pyproject.toml"}, [][]string{venv, {"uv", "pip", "install", "--python", "/v/bin/python", "."}}, "pyproject.toml"},
		{"poetry", []string{"backend/pyproject.toml", "backend/poetry.lock"}, nil, "locked by poetry"},
		{"nothing", []string{"backend/app.py", "other/uv.lock"}, nil, "there is no uv.lock"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for _, name := range tt.files {
				tree[name] = &fstest.MapFile{}
			}
			p, err := Find(tree, "backend", "/v")
			if diff := cmp.Diff(tt.want, p.Commands); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			said := p.Because
			if e, ok := fault.Explain(err); ok {
				said = e.Why
			}
			if (err == nil) != (tt.want != nil) || !strings.Contains(said, tt.says) {
				t.Errorf("got %v, %q", err, said)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	env := Plan{Target: "/v"}.environment([]string{
		"PATH=/bin", "NEON_API_KEY=x", "INPUT_NEON-API-KEY=x", "GITHUB_TOKEN=x", "ACTIONS_RUNTIME_TOKEN=x", "UV_PYTHON=/host",
		"UV_CACHE_DIR=/host", "VIRTUAL_ENV=/host", "UV_INDEX_MINE_PASSWORD=y", "PIP_EXTRA_INDEX_URL=y", "PIP_TARGET=/x",
	})
	want := []string{
		"PATH=/bin", "UV_INDEX_MINE_PASSWORD=y", "PIP_EXTRA_INDEX_URL=y",
		"UV_NO_PROGRESS=1", "UV_LINK_MODE=copy", "PYTHONDONTWRITEBYTECODE=1", "GIT_TERMINAL_PROMPT=0", "UV_PROJECT_ENVIRONMENT=/v",
	}
	if diff := cmp.Diff(want, env); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRun(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "backend"), 0o755); err != nil {
		t.Fatal(err)
	}
	environ := []string{"PATH=" + os.Getenv("PATH"), "NEON_API_KEY=never"}
	for _, tt := range []struct {
		name     string
		commands [][]string
		prints   string
		says     string
		usage    bool
	}{
		{"two in order", [][]string{{"sh", "-c", "pwd; echo $NEON_API_KEY"}, {"echo", "two words"}}, "/backend\n\ntwo words\n", "", false},
		{"the first fails", [][]string{{"sh", "-c", "echo no; exit 7"}, {"echo", "never"}}, "no\n", "`sh -c echo no; exit 7` failed", false},
		{"no such program", [][]string{{"no-such-program-at-all"}}, "", "there is no program no-such-program-at-all", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			err := Plan{Commands: tt.commands, Dir: "backend"}.Run(t.Context(), root, environ, &out)
			if !strings.HasSuffix(out.String(), tt.prints) || strings.Contains(out.String(), "never") {
				t.Errorf("printed %q", out.String())
			}
			e, _ := fault.Explain(err)
			if (err == nil) != (tt.says == "") || e.Why != "" && !strings.Contains(e.Why, tt.says) || e.Usage != tt.usage {
				t.Errorf("got %v: %+v", err, e)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started, began := &notice{on: "started", told: cancel}, time.Now()
	err := Command([]string{"sh", "-c", "echo started; sleep 60"}, t.TempDir()).Run(ctx, "", []string{"PATH=" + os.Getenv("PATH")}, started)
	if !errors.Is(err, context.Canceled) || time.Since(began) > 5*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
}

// notice calls told once a word was printed.
type notice struct {
	on   string
	told func()
	seen []byte
}

func (n *notice) Write(p []byte) (int, error) {
	if n.seen = append(n.seen, p...); bytes.Contains(n.seen, []byte(n.on)) {
		n.told()
	}
	return len(p), nil
}

// TestCommandKeepsWords: no shell sees the words.
func TestCommandKeepsWords(t *testing.T) {
	var out bytes.Buffer
	p := Command([]string{"printf", "%s|", "a b", "$HOME", "*"}, t.TempDir())
	if err := p.Run(t.Context(), "", []string{"PATH=" + os.Getenv("PATH")}, &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(out.String(), "|"); !slices.Equal(got, []string{"a b", "$HOME", "*", ""}) {
		t.Errorf("got %q", got)
	}
}
