package recorder_test

import (
	"context"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// TestABlockedMigrationIsTold: a tool that waits for itself would wait for ever.
func TestABlockedMigrationIsTold(t *testing.T) {
	direct := postgrestest.Database(t)
	postgrestest.Exec(t, direct, "CREATE TABLE users (id int)")
	gateway := record(t, direct)
	first, second := postgrestest.Connect(t, gateway.Address()), postgrestest.Connect(t, gateway.Address())
	for _, sql := range []string{"BEGIN", "SELECT * FROM users"} {
		if _, err := first.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := second.Exec(ctx, "ALTER TABLE users ADD COLUMN name text")
	wantCode(t, err, "57014")
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("it took %v to be told", took)
	}
	recording := take(t, gateway)
	b := recording.Blocked
	if b == nil {
		t.Fatal("nothing is told of the blocked migration")
	}
	if b.Lock == nil || b.Lock.Relation.Name != "users" || b.Lock.Mode != "AccessExclusiveLock" {
		t.Errorf("lock = %+v", b.Lock)
	}
	waiting, holding := recording.Statements[b.Waiting-1], recording.Statements[b.Holding-1]
	if waiting.Session != 2 || holding.Session != 1 || holding.Text != "SELECT * FROM users" {
		t.Errorf("statement %+v waited for %+v", waiting, holding)
	}
	if b.After < 2*time.Second || waiting.Error == nil || waiting.Error.SQLState != "57014" {
		t.Errorf("after %v, error %+v", b.After, waiting.Error)
	}
}
