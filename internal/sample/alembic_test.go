package sample_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// drift is what alembic ends with when it tells of a difference: exit status -1.
const drift = 255

// step is one alembic command on one database.
type step struct {
	URL       string   `json:"url"`
	Arguments []string `json:"arguments"`
}

// result is how a command ended.
type result struct {
	Status   int      `json:"status"`
	SQLState string   `json:"sqlstate"`
	Error    string   `json:"error"`
	Schema   []string `json:"schema"`
}

func at(address postgres.Address, arguments ...string) step {
	return step{URL: address.URL().Reveal(), Arguments: arguments}
}

// alembic runs the steps in the project's own backend with the pinned tools.
func alembic(t *testing.T, dir string, steps ...step) []result {
	t.Helper()
	work := t.TempDir()
	asked, answered := filepath.Join(work, "steps.json"), filepath.Join(work, "results.json")
	text, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(asked, text, 0o600); err != nil {
		t.Fatal(err)
	}
	drive, err := filepath.Abs("testdata/drive.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sampletest.Python(t), drive, asked, answered)
	cmd.Dir = filepath.Join(dir, sample.WorkingDirectory)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("running alembic: %v\n%s", err, output)
	}
	var results []result
	if text, err = os.ReadFile(answered); err == nil {
		err = json.Unmarshal(text, &results)
	}
	if err != nil {
		t.Fatalf("reading what alembic did: %v\n%s", err, output)
	}
	return results
}

func checkout(t *testing.T, project sample.Project, overlays ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := project.Checkout(dir, overlays...); err != nil {
		t.Fatal(err)
	}
	return dir
}

// production is a seeded database at the head of main, made once for the test binary; copies of it take a moment.
var production struct {
	once    sync.Once
	address postgres.Address
	made    bool
}

func newProduction(t *testing.T) postgres.Address {
	t.Helper()
	production.once.Do(func() {
		address := postgrestest.Server(t).Address()
		postgrestest.Exec(t, address, "CREATE DATABASE production TEMPLATE template0")
		address.Database = "production"
		expect(t, alembic(t, checkout(t, shop()), at(address, "upgrade", "head"), at(address, "check")), result{}, result{})
		seed, err := shop().Seed()
		if err != nil {
			t.Fatal(err)
		}
		postgrestest.Exec(t, address, seed)
		production.address, production.made = address, true
	})
	if !production.made {
		t.Fatal("production could not be made: an earlier test says why")
	}
	return production.address
}

// branch copies production for one test, as Neon would.
func branch(t *testing.T) postgres.Address {
	t.Helper()
	address := newProduction(t)
	address.Database = "branch_" + strings.ToLower(strings.NewReplacer("/", "_", "-", "_").Replace(t.Name()))
	server := postgrestest.Server(t).Address()
	postgrestest.Exec(t, server, "CREATE DATABASE "+postgres.QuoteIdentifier(address.Database)+" TEMPLATE production")
	t.Cleanup(func() {
		postgrestest.Exec(t, server, "DROP DATABASE "+postgres.QuoteIdentifier(address.Database)+" WITH (FORCE)")
	})
	return address
}

func expect(t *testing.T, got []result, want ...result) {
	t.Helper()
	for i := range want {
		if i < len(got) && (got[i].Status != want[i].Status || got[i].SQLState != want[i].SQLState) {
			t.Errorf("command %d ended with status %d, SQLSTATE %q, want %d, %q: %s",
				i+1, got[i].Status, got[i].SQLState, want[i].Status, want[i].SQLState, got[i].Error)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d commands ran, want %d", len(got), len(want))
	}
}

// Each pull request does on production's rows, and on an empty database, what its name says.
// One that can be upgraded can also be taken back and upgraded again, to the same schemas.
func TestPullRequests(t *testing.T) {
	sampletest.Python(t)
	newProduction(t)
	const mainHead = "71c2e8f46b0d"
	for _, test := range []struct {
		name     string
		overlays []string
		upgrade  string // SQLSTATE of the failure, "" for success
		check    int    // exit status of alembic check after the upgrade
		heads    bool   // more than one
	}{
		{name: "clean", overlays: []string{"clean"}},
		{name: "second push", overlays: []string{"clean", "clean-2"}},
		{name: "forgotten-revision", overlays: []string{"forgotten-revision"}, check: drift},
		{name: "fails-on-real-rows", overlays: []string{"fails-on-real-rows"}, upgrade: "23505", check: drift},
		{name: "phone-is-required", overlays: []string{"phone-is-required"}, upgrade: "23502", check: drift},
		{name: "two-heads", overlays: []string{"two-heads"}, heads: true},
		{name: "blocks-orders", overlays: []string{"blocks-orders"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows, empty := branch(t), postgrestest.Database(t)
			up, single := result{}, result{}
			if test.upgrade != "" {
				up = result{Status: 1, SQLState: test.upgrade}
			}
			if test.heads {
				single = result{Status: drift}
			}
			got := alembic(t, checkout(t, shop(), test.overlays...),
				at(empty, "upgrade", "heads"), at(empty, "upgrade", "head"), at(rows, "schema"),
				at(rows, "upgrade", "heads"), at(rows, "check"), at(rows, "schema"),
				at(rows, "downgrade", mainHead), at(rows, "schema"),
				at(rows, "upgrade", "heads"), at(rows, "schema"))
			expect(t, got, result{}, single, result{}, up, result{Status: test.check}, result{}, result{}, result{}, up, result{})
			if !test.heads { // a second branch of history is not below main's head
				same(t, "the way back", got[2].Schema, got[7].Schema)
			}
			same(t, "the second upgrade", got[5].Schema, got[9].Schema)
		})
	}
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s leads to another schema (-want +got):\n%s", what, diff)
	}
}

// Main's own history can be taken back to nothing, with rows in the tables, and be told again.
func TestHistoryRoundTrip(t *testing.T) {
	sampletest.Python(t)
	address := branch(t)
	got := alembic(t, checkout(t, shop()),
		at(address, "schema"), at(address, "downgrade", "base"), at(address, "schema"),
		at(address, "upgrade", "head"), at(address, "schema"), at(address, "check"))
	expect(t, got, make([]result, 6)...)
	same(t, "the history told again", got[0].Schema, got[4].Schema)
	for _, line := range got[2].Schema {
		if !strings.Contains(line, "alembic_version") {
			t.Errorf("the way back to nothing leaves %s", line)
		}
	}
}

// Production is of the size and has the dirt that the pull requests need.
func TestSeed(t *testing.T) {
	sampletest.Python(t)
	conn := postgrestest.Connect(t, newProduction(t))
	for _, test := range []struct {
		what, query string
		least, most int
	}{
		{"rows", `SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM addresses) + (SELECT count(*) FROM products)
			+ (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_items) + (SELECT count(*) FROM payments)
			+ (SELECT count(*) FROM reviews)`, 100_000, 125_000},
		{"customers without a phone number", `SELECT count(*) FROM users WHERE phone IS NULL`, 100, 400},
		{"addresses in two spellings", `SELECT count(*) FROM (SELECT FROM users GROUP BY lower(email) HAVING count(*) > 1) AS twins`, 5, 5},
		{"orders with another total than their items", `SELECT count(*) FROM orders AS o WHERE total <>
			(SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = o.id)`, 0, 0},
		{"orders before their customer", `SELECT count(*) FROM orders AS o JOIN users AS u ON u.id = user_id WHERE u.created_at > placed_at`, 0, 0},
		{"orders that take the next id", `SELECT count(*) FROM orders WHERE id >= nextval('orders_id_seq')`, 0, 0},
	} {
		var got int
		if err := conn.QueryRow(context.Background(), test.query).Scan(&got); err != nil {
			t.Fatalf("counting %s: %v", test.what, err)
		}
		if got < test.least || got > test.most {
			t.Errorf("%d %s, want %d to %d", got, test.what, test.least, test.most)
		}
	}
}

// The asynchronous project goes forth and back on asyncpg, outside of transactions in part.
func TestAsyncShop(t *testing.T) {
	address := postgrestest.Database(t)
	dir := checkout(t, sample.Project{Files: files(), Name: sample.AsyncShop})
	expect(t, alembic(t, dir,
		at(address, "upgrade", "head"), at(address, "check"), at(address, "downgrade", "base"),
		at(address, "upgrade", "head"), at(address, "check")), make([]result, 5)...)
}
