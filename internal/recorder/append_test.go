package recorder

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAppend(t *testing.T) {
	start := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	orders, users := Relation{OID: 1, Name: "orders"}, Relation{OID: 2, Name: "users"}
	first := &Recording{
		StartedAt: start, Took: time.Second, Sessions: 1, Floor: 2 * time.Millisecond, Missing: []string{"WAL"},
		Statements: []Statement{{Number: 1, Session: 1}, {Number: 2, Session: 1}}, Scans: []Scan{{orders, 10}},
	}
	later := &Recording{
		StartedAt: start.Add(3 * time.Second), Took: time.Second, Sessions: 2, Floor: time.Millisecond, Missing: []string{"WAL", "locks"},
		Statements: []Statement{{Number: 1, Session: 2, Start: 5}}, Scans: []Scan{{orders, 5}, {users, 1}},
		Holds:   []Hold{{Relation: orders, Session: 2, Since: 1, Until: 1, Start: 5, Sure: 6, End: 7}},
		Blocked: &SelfBlock{Waiting: 1, Holding: 1},
	}
	first.Append(later)
	want := &Recording{
		StartedAt: start, Took: 4 * time.Second, Sessions: 3, Floor: time.Millisecond, Missing: []string{"WAL", "locks"},
		Statements: []Statement{{Number: 1, Session: 1}, {Number: 2, Session: 1}, {Number: 3, Session: 3, Start: 3*time.Second + 5}},
		Holds:      []Hold{{Relation: orders, Session: 3, Since: 3, Until: 3, Start: 3*time.Second + 5, Sure: 3*time.Second + 6, End: 3*time.Second + 7}},
		Scans:      []Scan{{orders, 15}, {users, 1}}, Blocked: &SelfBlock{Waiting: 3, Holding: 3},
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
