package story

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// answers is what Neon tells about a branch; a test changes what is wrong with it.
type answers struct {
	endpoints []neonapi.Endpoint
	databases []neonapi.Database
	address   postgres.Address
	project   neonapi.Project
	asked     string // the query for the address
}

// ServeHTTP answers by the last element of the path.
func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/endpoints"):
		answer = map[string]any{"endpoints": a.endpoints}
	case strings.HasSuffix(path, "/databases"):
		answer = map[string]any{"databases": a.databases}
	case strings.HasSuffix(path, "/connection_uri"):
		a.asked = r.URL.Query().Encode()
		answer = map[string]any{"uri": a.address.URL().Reveal()}
	default:
		answer = map[string]any{"project": a.project}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // the client notices what is missing
}

// door is a story before a branch whose database is real.
func door(t *testing.T) (*run, *answers, *secret.Masker) {
	t.Helper()
	address := postgrestest.Database(t)
	a := &answers{
		endpoints: []neonapi.Endpoint{
			{ID: "ep-1", Host: "reads.test", BranchID: "br-ours", Type: "read_only"},
			{ID: "ep-2", Host: address.Host, BranchID: "br-ours", Type: "read_write"},
		},
		databases: []neonapi.Database{{Name: address.Database, OwnerName: address.User}},
		address:   address,
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	client, err := neonapi.New(neonapi.Config{BaseURL: server.URL, Key: "napi_key_of_a_test", Budget: -1})
	if err != nil {
		t.Fatal(err)
	}
	var hidden secret.Masker
	stage := &Stage{Neon: client, Hide: hidden.Add, Progress: silent{}, Now: time.Now}
	r := stage.begin(report.Rehearsal, Task{Project: "cool-project-1"})
	r.scene.branch = neonapi.Branch{ID: "br-ours", Name: "ci/pr-1"}
	t.Cleanup(func() { r.leave(t.Context()) })
	return r, a, &hidden
}

func TestEnter(t *testing.T) {
	for name, change := range map[string]func(*run, *answers){
		"the only database": func(*run, *answers) {},
		"a host with its port": func(_ *run, a *answers) {
			a.endpoints[1].Host = strings.Split(a.address.String(), "/")[0]
		},
		"one of several": func(r *run, a *answers) {
			a.databases = append([]neonapi.Database{{Name: "other", OwnerName: "somebody"}}, a.databases...)
			r.task.Database = a.address.Database
		},
		"database and role given": func(r *run, a *answers) {
			r.task.Database, r.task.Role = a.address.Database, a.address.User
			a.databases = nil // is not asked for
		},
		"role given": func(r *run, a *answers) {
			a.databases[0].OwnerName, r.task.Role = "somebody", a.address.User
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, a, hidden := door(t)
			change(r, a)
			if err := r.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := "branch_id=br-ours&database_name=" + a.address.Database + "&pooled=false&role_name=" + a.address.User
			if a.asked != want || r.report.Database != a.address.Database || r.scene.conn == nil {
				t.Errorf("asked for %q, want %q; database %q", a.asked, want, r.report.Database)
			}
			for _, word := range []string{a.address.Password.Reveal(), a.address.URL().Reveal()} {
				if shown := hidden.Mask(word); shown != "***" {
					t.Errorf("the branch's password or address is shown as %s", shown)
				}
			}
		})
	}
}

func TestEnterRefuses(t *testing.T) {
	const ofBranch = "does not lead to this branch's compute"
	tests := map[string]struct {
		change  func(*run, *answers)
		why, do string
	}{
		"another branch's host": {func(_ *run, a *answers) { a.endpoints[1].Host = "ep-production.test" }, ofBranch, "nothing was touched"},
		"another port":          {func(_ *run, a *answers) { a.endpoints[1].Host = a.address.Host + ":1" }, ofBranch, "nothing was touched"},
		"no compute":            {func(_ *run, a *answers) { a.endpoints = nil }, "no compute", "read-write compute"},
		"a compute that reads":  {func(_ *run, a *answers) { a.endpoints = a.endpoints[:1] }, "no compute", "read-write compute"},
		"another's compute":     {func(_ *run, a *answers) { a.endpoints[1].BranchID = "br-production" }, "no compute", "read-write compute"},
		"several databases": {func(_ *run, a *answers) {
			a.databases = []neonapi.Database{{Name: "shop"}, {Name: "stock"}}
		}, "there are: shop, stock", "name one"},
		"no database": {func(_ *run, a *answers) { a.databases = nil }, "there is none", "name one"},
		"a database that is missing": {func(r *run, a *answers) {
			a.databases = []neonapi.Database{{Name: "shop"}, {Name: "stock"}}
			r.task.Database = "shopp"
		}, "there are: shop, stock", "correct"},
		"a missing one of none": {func(r *run, a *answers) { a.databases, r.task.Database = nil, "shop" }, "there is none", "correct"},
		"a wrong password":      {func(_ *run, a *answers) { a.address.Password = "npg_wrong_password" }, "role or its password", "reset its password"},
		"an allow list": {func(_ *run, a *answers) {
			a.address.Password = "npg_wrong_password" // how the door is closed does not matter
			a.project.Settings.AllowedIPs.IPs = []string{"192.0.2.1", "192.0.2.2"}
		}, "2 entries of its IP allow list", "allow list"},
		"an allow list for others": {func(_ *run, a *answers) {
			a.address.Password = "npg_wrong_password"
			a.project.Settings.AllowedIPs = neonapi.AllowedIPs{IPs: []string{"192.0.2.1"}, ProtectedBranchesOnly: true}
		}, "role or its password", "reset its password"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, a, _ := door(t)
			tt.change(r, a)
			err := r.enter(t.Context())
			explained, ok := fault.Explain(err)
			if !ok || !strings.Contains(explained.Why, tt.why) || !strings.Contains(explained.Do, tt.do) {
				t.Errorf("error %v: %+v", err, explained)
			}
			if r.scene.conn != nil {
				t.Error("a connection was made")
			}
		})
	}
}

func installed(context.Context) (migrate.Prepared, error) {
	return migrate.Prepared{Python: "/installed/python", How: "uv sync --frozen"}, nil
}

func TestInstallationGivesTheInterpreter(t *testing.T) {
	r := &run{}
	if r.installation() != nil {
		t.Error("a step that was not asked for")
	}
	for given, want := range map[string]string{"": "/installed/python", "/given/python": "/given/python"} {
		r.task.Alembic.Python, r.task.Prepare = given, installed
		if err := r.installation()(t.Context()); err != nil || r.task.Alembic.Python != want || r.detail != ": uv sync --frozen" {
			t.Errorf("given %q: %q, error %v", given, r.task.Alembic.Python, err)
		}
	}
}
