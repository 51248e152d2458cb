package hazard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// soon has limits that small tables reach.
var soon = hazard.Limits{WarnBlocked: 10 * time.Millisecond, StopBlocked: time.Minute, ManyRows: 1000}

// TestWorkOnRows has upgrades that write rows, or take locks where nobody looks.
func TestWorkOnRows(t *testing.T) {
	const slow = "pg_sleep(0.03)"
	expectAll(t, []expected{
		{
			"many rows", "H027", hazard.Warn, "table public.orders", "writes 5,000 rows of `orders` (5,000 rows, 262 kB) in one transaction, in ",
			"",
			upgrade{limits: soon, sql: []string{"UPDATE orders SET price = price + 1"}},
		},
		{"few rows", "H027", "", "", "", "", upgrade{limits: soon, sql: []string{"UPDATE orders SET price = price + 1 WHERE id < 1000"}}},
		{"many rows of a new table", "H027", "", "", "", "", upgrade{limits: soon, sql: []string{"CREATE TABLE more AS SELECT * FROM orders", "UPDATE more SET price = 1"}}},
		{
			"backfill", "H028", hazard.Warn, "table public.users", "blocks reads and writes of `users` (2,000 rows, 123 kB) for ", "",
			upgrade{limits: soon, sql: []string{"ALTER TABLE users ADD COLUMN plan text", "UPDATE users SET plan = 'x' || (SELECT " + slow + ")::text"}},
		},
		{
			"backfill alone", "H028", "", "", "", "",
			upgrade{limits: soon, sql: []string{"UPDATE users SET note = 'x' || (SELECT " + slow + ")::text", "ALTER TABLE users ADD COLUMN plan text"}},
		},
		{
			"block of code", "H029", hazard.Warn, "table public.users", "blocks reads and writes of `users` (2,000 rows, 123 kB) for ", "",
			upgrade{limits: soon, sql: []string{"DO $$BEGIN ALTER TABLE users ADD COLUMN plan text; PERFORM " + slow + "; END$$"}, setup: "SELECT 1"},
		},
		{"block of code that closes nothing", "H029", "", "", "", "", upgrade{limits: soon, sql: []string{"DO $$BEGIN PERFORM " + slow + "; END$$"}}},
		{
			"self-made", "H045", hazard.Block, "table public.users", "waits for itself: two connections of the migration block each other on `users` (2,000 rows, 123 kB)", "",
			upgrade{sql: []string{"ALTER TABLE users ADD COLUMN plan text"}, change: blocked},
		},
		{"not blocked", "H045", "", "", "", "", sql("ALTER TABLE users ADD COLUMN plan text")},
		{
			"long", "H046", hazard.Info, "", "the upgrade takes ", "",
			upgrade{limits: hazard.Limits{WarnBlocked: time.Millisecond, StopBlocked: 20 * time.Millisecond}, sql: []string{"SELECT " + slow}},
		},
		{"short", "H046", "", "", "", "", sql("SELECT 1")},
		{
			"quiet", "H047", hazard.Info, "", "how long the upgrade waits for `users` and `orders`, and everybody behind it, is not measured: a branch has no traffic", "",
			sql("ALTER TABLE users ADD COLUMN plan text", "CREATE INDEX ix_state ON orders (state)"),
		},
		{
			"nothing closed", "H047", "", "", "", "",
			sql("ALTER TABLE vacant ADD COLUMN plan text", "CREATE TABLE more (id bigint PRIMARY KEY)", "ALTER TABLE more ADD COLUMN x int", "UPDATE users SET note = '' WHERE id = 1"),
		},
	})
}

// TestManyRowsInBatches runs the way that is advised for an UPDATE of many rows, and does the same with it.
func TestManyRowsInBatches(t *testing.T) {
	t.Parallel()
	fixOf := func(update string) string {
		for _, f := range (upgrade{limits: soon, sql: []string{update}}).findings(t) {
			if f.Code == "H027" {
				return f.Fix
			}
		}
		t.Fatal("no finding")
		return ""
	}
	if fix := fixOf("UPDATE orders SET price = price + id"); fix != "" {
		t.Errorf("what must not be done twice has a way that may do so:\n%s", fix)
	}
	fix := fixOf("UPDATE orders SET user_id = id WHERE user_id <> id OR user_id IS NULL")
	_, code, _ := strings.Cut(fix, `"""`)
	code, rest, ok := strings.Cut(code, `"""`)
	if !ok || !strings.HasPrefix(fix, autocommitBlock+"op.execute(") || strings.TrimSpace(rest) != ")" {
		t.Fatalf("got %s", fix)
	}
	direct := newShop(t)
	conn := postgrestest.Connect(t, direct)
	if _, err := conn.PgConn().Exec(t.Context(), code).ReadAll(); err != nil {
		t.Fatal(err)
	}
	var wrong int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM orders WHERE user_id IS DISTINCT FROM id").Scan(&wrong); err != nil || wrong != 0 {
		t.Errorf("%d rows are not as the UPDATE makes them: %v", wrong, err)
	}
}

// blocked puts a wait into a recording as the recorder does (which see for the real thing).
func blocked(in *hazard.Input) {
	for _, s := range in.Recording.Statements {
		for _, l := range s.Locks {
			if l.Relation.Name == "users" {
				in.Recording.Blocked = &recorder.SelfBlock{Waiting: s.Number, Holding: 1, Lock: &l, After: 3 * time.Second}
			}
		}
	}
}

// TestQuietBranch has the limits that are set and those that are missing.
func TestQuietBranch(t *testing.T) {
	t.Parallel()
	advice := func(sql ...string) (evidence, advice string) {
		for _, f := range (upgrade{sql: sql}).findings(t) {
			if f.Code == "H047" {
				return f.Evidence, f.Advice
			}
		}
		t.Fatal("no finding")
		return "", ""
	}
	const alter = "ALTER TABLE users ADD COLUMN plan text"
	evidence, say := advice(alter)
	if evidence != "lock_timeout was not set, statement_timeout was not set" || !strings.HasPrefix(say, "set lock_timeout") || !strings.Contains(say, "statement_timeout in env.py") {
		t.Errorf("without limits: %q, %q", evidence, say)
	}
	evidence, say = advice("SET LOCAL lock_timeout = '3s'", "SET LOCAL statement_timeout = '5min'", alter)
	if evidence != "lock_timeout was 3.0 s, statement_timeout was 5 min 0 s" || say != "run the promotion again if the lock_timeout was reached" {
		t.Errorf("with limits: %q, %q", evidence, say)
	}
}

// TestAllowed lets one finding pass, and tells of an allowance that gives no reason.
func TestAllowed(t *testing.T) {
	t.Parallel()
	all := upgrade{sql: []string{"ALTER TABLE users DROP COLUMN note"}, change: func(in *hazard.Input) {
		in.Allowances = []hazard.Allowance{
			{Code: "H030", Object: "users.note", Revision: "ae10", Reason: "nobody reads it", Where: "ae10.py:3"},
			{Code: "H031", Where: "ae10.py:4"},
			{Code: "forgive H031", Where: "ae10.py:5"},
		}
	}}.findings(t)
	told, unknown := false, false
	for _, f := range all {
		if allowed := f.Allowed != nil; allowed != (f.Code == "H030") {
			t.Errorf("allowed is %v: %+v", allowed, f)
		}
		told = told || f.Severity == hazard.Info && strings.Contains(f.Title, "H031") && strings.Contains(f.Title, "ae10.py:4") && strings.Contains(f.Title, "no reason")
		unknown = unknown || f.Title == "an allowance names no rule and does not count: forgive H031 in ae10.py:5"
	}
	if !told || !unknown {
		t.Errorf("nobody says that a reason is missing: %+v", all)
	}
}

// TestJudgeOfNothing holds rules to doing without what is missing.
func TestJudgeOfNothing(t *testing.T) {
	t.Parallel()
	if all := hazard.Judge(hazard.Input{}); len(all) != 0 {
		t.Errorf("got %+v", all)
	}
	failed := recorder.Statement{Number: 1, Text: "ALTER TABLE x ALTER y SET NOT NULL", Error: &recorder.StatementError{SQLState: "23502", Schema: "public", Table: "x", Column: "y"}}
	all := hazard.Judge(hazard.Input{Recording: &recorder.Recording{Statements: []recorder.Statement{failed}}, Offenders: -1})
	if len(all) != 1 || all[0].Code != "H014" || all[0].Title != "fails on rows of `x`: there is no value in `y`" {
		t.Errorf("got %+v", all)
	}
}
