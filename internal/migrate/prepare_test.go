package migrate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestPreparationReadsWhatTheProjectHas(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  string // of the last command; "" for none
	}{
		{"a workspace's lock above the project", []string{".git/HEAD", "uv.lock", "backend/pyproject.toml", "backend/requirements.txt"}, "uv sync --frozen"},
		{"a lock above that is not the project's", []string{".git/HEAD", "uv.lock", "backend/requirements.txt"}, "uv pip install --quiet --python PY -r requirements.txt"},
		{"requirements", []string{".git/HEAD", "backend/requirements.txt", "backend/pyproject.toml"}, "uv pip install --quiet --python PY -r requirements.txt"},
		{"a project", []string{".git/HEAD", "backend/pyproject.toml"}, "uv pip install --quiet --python PY ."},
		{"poetry", []string{".git/HEAD", "backend/poetry.lock", "backend/pyproject.toml"}, "uv tool run poetry install --no-interaction"},
		{"pdm", []string{".git/HEAD", "backend/pdm.lock", "backend/pyproject.toml"}, "uv tool run pdm sync --no-self"},
		{"pipenv", []string{".git/HEAD", "Pipfile.lock", "backend/alembic.ini"}, "uv tool run pipenv sync --dev"},
		{"setup.py", []string{".git/HEAD", "backend/setup.py"}, "uv pip install --quiet --python PY ."},
		{"nothing", []string{".git/HEAD", "backend/alembic.ini"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			for _, name := range tt.files {
				path := filepath.Join(root, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			plan := Preparation{Dir: filepath.Join(root, "backend"), Getenv: func(string) string { return "" }}.plan("ENV", "PY")
			got := ""
			if len(plan) > 0 {
				got = strings.Join(plan[len(plan)-1], " ")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPreparationRunsACommandWithoutSecrets(t *testing.T) {
	var out strings.Builder
	p := Preparation{Words: []string{"env"}, Dir: t.TempDir(), Getenv: os.Getenv, Output: &out}
	environ := []string{"PATH=" + os.Getenv("PATH"), "UV_INDEX=https://index.example", "UV_PYTHON=secret-path", "NEON_API_KEY=secret-one", "GITHUB_TOKEN=secret-two", "INPUT_NEON-API-KEY=secret-three"}
	if _, err := p.Prepare(t.Context(), environ); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "UV_INDEX=") || strings.Contains(out.String(), "secret-") {
		t.Errorf("the command's environment:\n%s", out.String())
	}
}

func TestPreparationThatFails(t *testing.T) {
	for name, words := range map[string][]string{"fails": {"false"}, "is missing": {"no-such-program"}} {
		_, err := Preparation{Words: words, Dir: t.TempDir(), Getenv: os.Getenv}.Prepare(t.Context(), os.Environ())
		if explanation, ok := fault.Explain(err); !ok || explanation.Do == "" {
			t.Errorf("a command that %s: %v", name, err)
		}
	}
}

// TestExtraPackages holds that they come last, and alone where the project names nothing.
func TestExtraPackages(t *testing.T) {
	p := Preparation{Dir: t.TempDir(), Packages: []string{"psycopg[binary]", "alembic"}}
	want := [][]string{{"uv", "venv", "--quiet", "ENV"}, {"uv", "pip", "install", "--quiet", "--python", "PY", "psycopg[binary]", "alembic"}}
	if diff := cmp.Diff(want, p.plan("ENV", "PY")); diff != "" {
		t.Error(diff)
	}
}

// TestInstalledToolIsTaken holds that a tool of the machine's own is not fetched.
func TestInstalledToolIsTaken(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "poetry"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := Preparation{Dir: t.TempDir(), Getenv: func(string) string { return bin }}
	if diff := cmp.Diff([]string{"poetry", "install"}, p.tool("poetry", "install")); diff != "" {
		t.Error(diff)
	}
}
