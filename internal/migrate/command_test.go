package migrate

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

func TestCommandHoldsNoAddressAndNoSecret(t *testing.T) {
	home := tree(t, map[string]string{"pyvenv.cfg": "home = /usr/bin\n"})
	p := &Project{
		Dir: "/project", Config: "/project/alembic.ini", Section: "alembic", Python: filepath.Join(home, "bin", "python"),
		getenv: func(name string) string { return "of-" + name },
	}
	cmd := p.command(context.Background(), filesIn("/call"), Env{Pass: map[string]string{"SECRET_KEY": "rehearsal", "CI": "no"}})
	wantArgs := []string{p.Python, "/call/helper/main.py", "/call/job.json", "/call/answer.json", "3"}
	if diff := cmp.Diff(wantArgs, cmd.Args); diff != "" || cmd.Dir != "/project" || cmd.Stdin != nil {
		t.Errorf("dir %q, stdin %v, arguments (-want +got):\n%s", cmd.Dir, cmd.Stdin, diff)
	}
	vars := map[string]string{}
	for _, pair := range cmd.Env {
		name, value, _ := strings.Cut(pair, "=")
		vars[name] = value
		if !slices.Contains(append([]string{"SECRET_KEY", "PYTHONUNBUFFERED", "PYTHONIOENCODING"}, inherited...), name) {
			t.Errorf("variable %s passes", name)
		}
		for _, never := range []string{"NEON_", "GITHUB_", "ACTIONS_", "INPUT_", "RUNNER_", "PG", "DATABASE_URL"} {
			if strings.HasPrefix(name, never) {
				t.Errorf("variable %s passes", name)
			}
		}
	}
	if vars["SECRET_KEY"] != "rehearsal" || vars["CI"] != "no" || vars["HOME"] != "of-HOME" {
		t.Errorf("environment = %v", vars)
	}
	if vars["VIRTUAL_ENV"] != home || vars["PATH"] != filepath.Join(home, "bin")+":of-PATH" {
		t.Errorf("the virtual environment is not active: %v", vars)
	}
}

func TestJob(t *testing.T) {
	p := &Project{Dir: "/d", Config: "/d/pyproject.toml", Section: "alembic"}
	address := postgres.Address{Host: "h", Port: 1, User: "u", Password: "p", Database: "d"}
	j := p.newJob("run", Env{URLVariable: "A_URL, B_URL", X: []string{"tenant=a"}}).withRun(Run{Address: address, Upgrade: "heads", Drift: true})
	data, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"mode":"run","dir":"/d","toml":"/d/pyproject.toml","section":"alembic","x":["tenant=a"],` +
		`"address":{"host":"h","port":1,"user":"u","password":"p","database":"d"},"url_variables":["A_URL","B_URL"],"upgrade":"heads","drift":true}`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
}
