package recorder_test

import (
	"slices"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// TestTransactionNumbers holds that the numbers of the tool's transactions and savepoints are known once they ended, and
// only those.
func TestTransactionNumbers(t *testing.T) {
	direct := postgrestest.Database(t)
	gateway, err := recorder.Open(t.Context(), direct, recorder.Options{Record: true, Transactions: true})
	if err != nil {
		t.Fatal(err)
	}
	defer gateway.Close()
	conn := postgrestest.Connect(t, gateway.Address())
	run(t, conn, "BEGIN", "CREATE TABLE inside (id int)", "SAVEPOINT s", "INSERT INTO inside VALUES (1)", "RELEASE s", "COMMIT",
		"BEGIN", "SELECT 1", "COMMIT", "CREATE TABLE alone (id int)")
	own := gateway.Transactions()
	xmin := func(of string) (number uint32) {
		t.Helper()
		if err := postgrestest.Connect(t, direct).QueryRow(t.Context(), "SELECT xmin FROM "+of).Scan(&number); err != nil {
			t.Fatal(err)
		}
		return number
	}
	for of, want := range map[string]bool{
		"pg_class WHERE relname = 'inside'": true, "inside": true, "pg_class WHERE relname = 'alone'": false,
	} {
		if number := xmin(of); slices.Contains(own, number) != want {
			t.Errorf("%s is of %d: among %v it should be %t", of, number, own, want)
		}
	}
	slices.Sort(own)
	if known := slices.Compact(own); len(known) != 2 {
		t.Errorf("%v, want the transaction and its savepoint", known)
	}
	if unasked := record(t, direct); unasked.Transactions() != nil {
		t.Error("numbers are known that nobody asked for")
	}
}
