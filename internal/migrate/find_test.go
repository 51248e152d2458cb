package migrate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const someIni = "[alembic]\nscript_location = migrations\n"

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for path, text := range files {
		write(t, filepath.Join(dir, path), text)
	}
	return dir
}

func TestFindConfig(t *testing.T) {
	pyproject := "[project]\nname = \"x\"\n[tool.alembic]\nscript_location = \"m\"\n"
	tests := []struct {
		name   string
		files  map[string]string
		config string
		want   string
		err    string
	}{
		{name: "here", files: map[string]string{"alembic.ini": someIni, "b/alembic.ini": someIni}, want: "alembic.ini"},
		{name: "below", files: map[string]string{"backend/alembic.ini": someIni, "backend/app/x.py": "x"}, want: "backend/alembic.ini"},
		{name: "not other people's", files: map[string]string{
			"api/alembic.ini": someIni, ".venv/alembic.ini": someIni,
			"x/site-packages/alembic/alembic.ini": someIni, "node_modules/y/alembic.ini": someIni,
		}, want: "api/alembic.ini"},
		{name: "pyproject", files: map[string]string{"pyproject.toml": "[project]\nname = \"root\"\n", "svc/pyproject.toml": pyproject}, want: "svc/pyproject.toml"},
		{name: "ini beside pyproject", files: map[string]string{"alembic.ini": "[loggers]\nkeys = root\n", "pyproject.toml": pyproject}, want: "pyproject.toml"},
		{name: "several", files: map[string]string{"a/alembic.ini": someIni, "b/alembic.ini": someIni}, err: "a/alembic.ini, b/alembic.ini"},
		{name: "none", files: map[string]string{"setup.cfg": "x"}, err: "there is no alembic.ini"},
		{name: "given", files: map[string]string{"conf/my.ini": someIni}, config: "conf/my.ini", want: "conf/my.ini"},
		{name: "given directory", files: map[string]string{"a/alembic.ini": someIni, "b/alembic.ini": someIni}, config: "b", want: "b/alembic.ini"},
		{name: "given, absent", files: map[string]string{"a/alembic.ini": someIni}, config: "b.ini", err: "there is no configuration file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := tree(t, test.files)
			got, err := Locate{Dir: dir, Config: test.config, Section: mainSection}.config()
			if test.err != "" {
				explained, ok := fault.Explain(err)
				if !ok || !explained.Usage || !strings.Contains(explained.Why, test.err) || explained.Do == "" {
					t.Fatalf("error = %v, %+v; want %q", err, explained, test.err)
				}
				return
			}
			if err != nil || got != filepath.Join(dir, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestFindInMissingDirectory(t *testing.T) {
	_, err := Find(t.Context(), Locate{Dir: filepath.Join(t.TempDir(), "nowhere")})
	if explained, ok := fault.Explain(err); !ok || !explained.Usage {
		t.Errorf("error = %v", err)
	}
}

// link makes dir/.venv/bin/python lead to a real interpreter through a script of its own,
// as cheap as a virtual environment can be.
func link(t *testing.T, dir, python string) string {
	t.Helper()
	path := filepath.Join(dir, "bin", "python")
	write(t, path, "#!/bin/sh\nexec "+python+" \"$@\"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindInterpreter(t *testing.T) {
	good := environment(t, newest)
	bare := filepath.Join(t.TempDir(), "bin", "python3")
	write(t, bare, "#!/bin/sh\nexec "+good+" -S \"$@\"\n") // -S: no installed packages
	if err := os.Chmod(bare, 0o755); err != nil {
		t.Fatal(err)
	}
	onPath := func(extra map[string]string) func(string) string {
		return func(name string) string {
			if name == "PATH" {
				return filepath.Dir(bare) + ":/usr/bin:/bin"
			}
			return extra[name]
		}
	}
	dir := tree(t, map[string]string{".git/HEAD": "x", "backend/alembic.ini": someIni})
	project := filepath.Join(dir, "backend")
	find := func(l Locate, env map[string]string) (*Project, error) {
		l.Dir, l.Getenv = project, onPath(env)
		return Find(t.Context(), l)
	}

	_, err := find(Locate{}, nil)
	if explained, ok := fault.Explain(err); !ok || !strings.Contains(explained.Do, "pip install") || !strings.Contains(explained.Do, "uv sync") {
		t.Errorf("without Alembic: %v", err)
	}
	if p, err := find(Locate{Static: true}, nil); err != nil || p.Python != bare || p.Versions.Python == "" {
		t.Errorf("static: %+v, %v", p, err)
	}
	active := filepath.Join(t.TempDir(), "active")
	want := link(t, active, good)
	if p, err := find(Locate{}, map[string]string{"VIRTUAL_ENV": active}); err != nil || p.Python != want || p.Versions.Alembic != "1.20.1" {
		t.Errorf("VIRTUAL_ENV: %+v, %v", p, err)
	}
	want = link(t, filepath.Join(dir, ".venv"), good)
	if p, err := find(Locate{}, map[string]string{"VIRTUAL_ENV": active}); err != nil || p.Python != want {
		t.Errorf(".venv of the repository: %+v, %v", p, err)
	}
	write(t, filepath.Join(project, ".venv", "bin", "x"), "x")
	if err := os.Symlink("/nowhere/python3", filepath.Join(project, ".venv", "bin", "python")); err != nil {
		t.Fatal(err)
	}
	if p, err := find(Locate{}, nil); err != nil || p.Python != want || len(p.Notes) != 1 {
		t.Errorf("a broken .venv is not passed over: %+v, %v", p, err)
	}
	if p, err := find(Locate{Python: "../.venv/bin/python"}, nil); err != nil || p.Python != want {
		t.Errorf("given: %+v, %v", p, err)
	}
	for _, given := range []string{".venv/bin/python", "no-such-python"} {
		_, err := find(Locate{Python: given}, nil)
		if explained, ok := fault.Explain(err); !ok || explained.Do == "" {
			t.Errorf("given %s: %v", given, err)
		}
	}
}
