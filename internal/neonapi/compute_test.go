package neonapi

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestListsOfABranch(t *testing.T) {
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		endpoints, err1 := w.Endpoints(t.Context(), testProject, "br-main-0")
		databases, err2 := w.Databases(t.Context(), testProject, "br-main-0")
		roles, err3 := w.Roles(t.Context(), testProject, "br-main-0")
		ops, err4 := w.StartEndpoint(t.Context(), testProject, "ep-one")
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want := []Endpoint{{ID: "ep-one", Host: "ep-one.us-east-2.aws.neon.tech", BranchID: "br-main-0", Type: "read_write", State: "idle", MinCU: 0.25, MaxCU: 1}}
		if d := cmp.Diff(want, endpoints); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]Database{{Name: "shop", OwnerName: "anna"}}, databases); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]Role{{Name: "anna"}}, roles); d != "" {
			t.Error(d)
		}
		if len(ops) != 1 || ops[0].Action != "start_compute" {
			t.Errorf("%v", ops)
		}
		if w.requests[3].Body != "" || w.requests[3].Header.Get("Content-Type") != "" {
			t.Errorf("a start has a body: %+v", w.requests[3])
		}
	})
}

func TestConnectionURINamesTheBranchAndIsDirect(t *testing.T) {
	f := newFake("main")
	f.uri = "postgresql://anna:hunter2@ep-one.us-east-2.aws.neon.tech/shop?sslmode=require"
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		got, err := w.ConnectionURI(t.Context(), testProject, ConnectionQuery{BranchID: "br-a", Database: "shop & co", Role: "anna"})
		if err != nil || got.Reveal() != f.uri || got.String() != "***" {
			t.Errorf("%v, %v", got, err)
		}
		want := []string{"GET /projects/" + testProject + "/connection_uri?branch_id=br-a&database_name=shop+%26+co&pooled=false&role_name=anna"}
		if d := cmp.Diff(want, w.lines()); d != "" {
			t.Error(d)
		}
		for _, q := range []ConnectionQuery{{Database: "d", Role: "r"}, {BranchID: "b", Role: "r"}, {BranchID: "b", Database: "d"}} {
			_, err := w.ConnectionURI(t.Context(), testProject, q)
			usage(t, err, "default branch", "")
		}
		if len(w.lines()) != 1 {
			t.Errorf("an incomplete question was asked: %v", w.lines())
		}
	})
}

func TestAddressesThatAreRefused(t *testing.T) {
	tests := map[string]struct{ uri, what string }{
		"pooler":        {"postgresql://anna:hunter2@ep-one-pooler.us-east-2.aws.neon.tech/shop", "connection pooler"},
		"pooler, port":  {"postgresql://anna:hunter2@ep-one-pooler.neon.tech:5432/shop", "connection pooler"},
		"no host":       {"postgresql:///shop?password=hunter2", "no database address"},
		"other scheme":  {"https://anna:hunter2@neon.tech/shop", "no database address"},
		"empty":         {"", "no database address"},
		"not parseable": {"postgresql://anna:hunter2@ep one/%zz", "no database address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake("main")
			f.uri = tt.uri
			inBubble(t, f, Config{}, func(t *testing.T, w *world) {
				got, err := w.ConnectionURI(t.Context(), testProject, ConnectionQuery{"br-a", "shop", "anna"})
				x, ok := fault.Explain(err)
				if got != "" || !ok || !strings.Contains(err.Error(), tt.what) || strings.Contains(err.Error()+x.Why+x.Do, "hunter2") {
					t.Errorf("%v, %+v", err, x)
				}
			})
		})
	}
	if err := checkDirect("postgresql://u:p@ep-pooler-fish.x-pooler.neon.tech/db"); err != nil {
		t.Errorf("only the first label's end tells a pooler: %v", err)
	}
}

func TestFromBranchToAddressAndBack(t *testing.T) {
	f := newFake("main", "pr-12")
	f.uri = "postgresql://anna:hunter2@ep-one/shop"
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		b, ops, err := w.CreateBranch(t.Context(), testProject, BranchSpec{Name: "pr-1"})
		if err == nil {
			err = w.Wait(t.Context(), testProject, ops)
		}
		if err == nil {
			_, err = w.ConnectionURI(t.Context(), testProject, ConnectionQuery{b.ID, "shop", "anna"})
		}
		if err == nil {
			ops, err = w.DeleteBranch(t.Context(), testProject, b.ID)
		}
		if err == nil {
			err = w.Wait(t.Context(), testProject, ops)
		}
		if err != nil || len(f.branches) != 2 {
			t.Fatalf("%d branches, %v", len(f.branches), err)
		}
		// POST, 2 looks at 2 operations, address, DELETE, and 2 looks at 2 operations.
		if n := len(w.lines()); n != 11 || w.took() != 1250*time.Millisecond {
			t.Errorf("%d requests in %s: %v", n, w.took(), w.lines())
		}
	})
}

func TestProject(t *testing.T) {
	f := newFake("main")
	f.settings = map[string]any{"allowed_ips": map[string]any{"ips": []string{"192.0.2.1"}, "protected_branches_only": true}, "block_public_connections": true}
	inBubble(t, f, Config{}, func(t *testing.T, w *world) {
		got, err := w.Project(t.Context(), testProject)
		want := Project{
			ID: testProject, Name: "shop", RegionID: "aws-us-east-2", PgVersion: 17, StorePasswords: true, HistoryRetentionSeconds: 86400, OwnerBranchesLimit: 10,
			Settings: Settings{AllowedIPs{[]string{"192.0.2.1"}, true}, true},
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
	})
}

func TestRunnerAccess(t *testing.T) {
	some := AllowedIPs{IPs: []string{"192.0.2.1", "198.51.100.0/24"}}
	tests := map[string]struct {
		settings  Settings
		protected bool
		why       string // "" means it can connect
	}{
		"open":                   {},
		"list":                   {settings: Settings{AllowedIPs: some}, why: "2 entries"},
		"list for protected":     {settings: Settings{AllowedIPs: AllowedIPs{some.IPs, true}}},
		"protected of that list": {settings: Settings{AllowedIPs: AllowedIPs{some.IPs, true}}, protected: true, why: "2 entries"},
		"list of everybody":      {settings: Settings{AllowedIPs: AllowedIPs{IPs: []string{"0.0.0.0/0"}}}},
		"only IPv6":              {settings: Settings{AllowedIPs: AllowedIPs{IPs: []string{"::/0"}}}, why: "1 entries"},
		"blocked":                {settings: Settings{BlockPublicConnections: true}, why: "public internet"},
		"blocked beats the list": {settings: Settings{AllowedIPs{IPs: []string{"0.0.0.0/0"}}, true}, why: "public internet"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := Project{Settings: tt.settings}.RunnerAccess(Branch{Name: "pr-1", Protected: tt.protected})
			x, _ := fault.Explain(err)
			if (err == nil) != (tt.why == "") || !strings.Contains(x.Why, tt.why) || err != nil && x.Do == "" {
				t.Errorf("%v, %+v", err, x)
			}
		})
	}
}
