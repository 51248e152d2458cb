package report

import (
	"fmt"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/probe"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

const ms = time.Millisecond

func locked(oid uint32, name, kind string, rows, bytes int64) recorder.Relation {
	return recorder.Relation{OID: oid, Schema: "public", Name: name, Kind: kind, Rows: rows, Bytes: bytes}
}

func indexOf(oid uint32, name string, table recorder.Relation) recorder.Relation {
	r := locked(oid, name, "i", -1, -1)
	r.Table = "public." + table.Name
	return r
}

func partitionOf(oid uint32, name string, table recorder.Relation) recorder.Relation {
	r := locked(oid, name, "r", 40_000, 6<<20)
	r.Parent = "public." + table.Name
	return r
}

// take adds a statement with locks that are held until the end; the first evidence is that of the locks.
func take(r *recorder.Recording, s recorder.Statement, end time.Duration, known recorder.Evidence, locks ...recorder.Lock) *recorder.Statement {
	s.Number, s.Session, s.Evidence = len(r.Statements)+1, 1, known
	s.Count = max(s.Count, 1)
	for i := range locks {
		locks[i].Evidence = known
		r.Holds = append(r.Holds, recorder.Hold{
			Relation: locks[i].Relation, Mode: locks[i].Mode, Session: 1, Since: s.Number, Until: s.Number + 1, Start: s.Start, Sure: s.Start, End: end, Evidence: known,
		})
	}
	s.Locks = locks
	r.Statements = append(r.Statements, s)
	return &r.Statements[len(r.Statements)-1]
}

// recording is an upgrade of four revisions: a rewrite, an index that stops writers, one that does not, a
// DO block of which it is not known when it took its lock, and a failure.
func recording() *recorder.Recording {
	orders, users := locked(1, "orders", "r", 600_000, 81<<20), locked(2, "users", "r", 200_000, 25<<20)
	events := locked(3, "events", "p", -1, -1)
	r := &recorder.Recording{
		Version: recorder.RecordingVersion, StartedAt: start, Took: 14 * time.Second, Floor: 200 * time.Microsecond, Server: "18.4", Sessions: 1,
		Missing: []string{"statement 5 ran outside of a transaction: locks shorter than 20 ms are not seen"},
	}
	housekeeping := recorder.Statement{Text: "BEGIN", Tags: []string{"BEGIN"}, Housekeeping: true, Start: 10 * ms, WAL: -1}
	take(r, housekeeping, 0, "")
	first := recorder.Statement{Revision: "9c1d77aa0b1c", Path: "alembic/versions/9c1d77aa0b1c_note.py", Line: 21, Operation: "alter_column"}
	rewrite := first
	rewrite.Text, rewrite.Start, rewrite.Took, rewrite.WAL = "ALTER TABLE orders ALTER COLUMN amount TYPE BIGINT", 40*ms, 608*ms, 65<<20
	s := take(r, rewrite, 1700*ms, recorder.Measured,
		recorder.Lock{Relation: orders, Mode: recorder.AccessExclusive}, recorder.Lock{Relation: orders, Mode: recorder.Share},
		recorder.Lock{Relation: indexOf(4, "orders_pkey", orders), Mode: recorder.AccessExclusive})
	s.Rewrites = []recorder.Rewrite{{Relation: orders, Evidence: recorder.Measured}, {Relation: indexOf(4, "orders_pkey", orders), Evidence: recorder.Measured}}
	build := first
	build.Line, build.Operation = 24, "create_index"
	build.Text, build.Start, build.Took, build.WAL = "CREATE INDEX users_email_idx ON users (email)", 650*ms, 1040*ms, 3_900_000
	take(r, build, 1700*ms, recorder.Measured, recorder.Lock{Relation: users, Mode: recorder.Share})
	second := recorder.Statement{Revision: "b7e0d1c2f3a4", Path: "alembic/versions/b7e0d1c2f3a4_shipments.py", Line: 15}
	fill := second
	fill.Text, fill.Start, fill.Took, fill.WAL, fill.Rows, fill.Count = "UPDATE users SET plan = $1 WHERE id = $2", 1720*ms, 95*ms, 240_000, 800, 800
	take(r, fill, 1900*ms, recorder.Measured, recorder.Lock{Relation: users, Mode: recorder.RowExclusive})
	concurrently := second
	concurrently.Line = 22
	concurrently.Text, concurrently.Start, concurrently.Took, concurrently.WAL, concurrently.Autocommit = "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id)", 1950*ms, 169*ms, 900_000, true
	take(r, concurrently, 2119*ms, recorder.Sampled, recorder.Lock{Relation: orders, Mode: recorder.ShareUpdateExclusive})
	rename := second
	rename.Line, rename.Text, rename.Start, rename.Took, rename.WAL, rename.Autocommit = 26, "ALTER INDEX orders_by_day RENAME TO orders_daily", 2130*ms, 300*time.Microsecond, 640, true
	take(r, rename, 2131*ms, recorder.Inferred, recorder.Lock{Relation: indexOf(9, "orders_by_day", orders), Mode: recorder.AccessExclusive})
	third := recorder.Statement{Revision: "c0ffee00d00d", Path: "alembic/versions/c0ffee00d00d_events.py", Line: 30}
	third.Text, third.Start, third.Took, third.WAL = "DO $$ BEGIN FOR i IN 1..400 LOOP UPDATE orders SET amount = amount; END LOOP; ALTER TABLE events ADD day date; END $$", 2200*ms, 10466*ms, 190<<20
	locks := []recorder.Lock{{Relation: orders, Mode: recorder.RowExclusive}, {Relation: events, Mode: recorder.AccessExclusive}}
	for i := range uint32(3) {
		locks = append(locks, recorder.Lock{Relation: partitionOf(20+i, fmt.Sprintf("events_%d", i), events), Mode: recorder.AccessExclusive})
	}
	take(r, third, 12_700*ms, recorder.Measured, locks...)
	for i := range r.Holds {
		if h := &r.Holds[i]; h.Since == 7 && h.Mode == recorder.AccessExclusive {
			h.Sure = 12_590 * ms
		}
	}
	return r
}

// recordedFindings are what was judged of the recording: gravest last, so that they have to be put in order.
func recordedFindings() []Finding {
	return []Finding{
		{
			Code: "H046", Severity: SeverityInfo, Object: "table public.events", Title: "no `lock_timeout` is set while `events` is locked",
			Evidence: "`lock_timeout` was 0 in statement 7", Known: "measured", Statement: 7, Revision: "c0ffee00d00d", Path: "alembic/versions/c0ffee00d00d_events.py", Line: 30,
		},
		{
			Code: "H016", Severity: SeverityWarn, Object: "table public.users", Title: "blocks writes of `users` (200,000 rows, 25 MB) for 1.1 s",
			Evidence: "Share on `users` from 0.7 s to 1.7 s of the upgrade", Known: "measured", Why: "CREATE INDEX keeps every INSERT, UPDATE and DELETE of the table waiting until it is built. The lock is held until the transaction ends.",
			Advice: "build it with CONCURRENTLY, outside of the transaction", Fix: "with op.get_context().autocommit_block():\n    op.create_index(\"users_email_idx\", \"users\", [\"email\"], postgresql_concurrently=True)\n",
			Statement: 3, Revision: "9c1d77aa0b1c", Path: "alembic/versions/9c1d77aa0b1c_note.py", Line: 24,
		},
		{
			Code: "H007", Severity: SeverityWarn, Object: "index public.orders_by_day", Title: "blocks reads and writes of `orders` (600,000 rows, 81 MB) for 1.0 ms",
			Evidence: "renaming an index takes AccessExclusive on it", Known: "inferred", Revision: "b7e0d1c2f3a4", Path: "alembic/versions/b7e0d1c2f3a4_shipments.py", Line: 26,
			Allowed: &Allowed{Reason: "renamed at night, agreed with the shop's team", Where: "alembic/versions/b7e0d1c2f3a4_shipments.py:25"},
		},
		{
			Code: "H010", Severity: SeverityBlock, Object: "table public.orders", Title: "blocks reads and writes of `orders` (600,000 rows, 81 MB) for 1.7 s while it is rewritten",
			Evidence: "AccessExclusive on `orders` from 40 ms to 1.7 s of the upgrade; a new file of 81 MB", Known: "measured",
			Why:    "Nobody can read or write the table meanwhile. Whoever waits holds a connection, and the pool runs dry.",
			Advice: "add a new column, fill it in batches, and change over in a later revision",
			Fix:    "op.add_column(\"orders\", sa.Column(\"amount_new\", sa.BigInteger(), nullable=True))\n", Statement: 2, Revision: "9c1d77aa0b1c", Path: "alembic/versions/9c1d77aa0b1c_note.py", Line: 21,
		},
	}
}

// measured is a rehearsal that was recorded and judged.
func measured() Report {
	r := passing()
	r.Verdict, r.Directory = Block, "backend"
	r.Recording, r.Findings = recording(), recordedFindings()
	r.Revisions.To = []string{"c0ffee00d00d"}
	r.Revisions.Applied = append(r.Revisions.Applied, Revision{ID: "c0ffee00d00d", Down: []string{"b7e0d1c2f3a4"}, Doc: "day of an event", Path: "alembic/versions/c0ffee00d00d_events.py", Took: 10_600 * ms, Statements: 1})
	r.Stalls = []probe.Stall{
		{Table: probe.Table{Schema: "public", Name: "orders"}, Reads: 1610 * ms, Writes: 1640 * ms, Beats: 900},
		{Table: probe.Table{Schema: "public", Name: "users"}, Reads: 2 * ms, Writes: 1050 * ms, Beats: 900},
		{Table: probe.Table{Schema: "stock", Name: "item"}, Reads: 4 * ms, Writes: 5 * ms, Beats: 40, Gone: true},
	}
	return r
}

// interrupted is one whose second revision failed, and that waited for itself before.
func interrupted() Report {
	r := failing()
	r.Recording = recording()
	users := locked(2, "users", "r", 200_000, 25<<20)
	r.Recording.Statements = r.Recording.Statements[:4]
	r.Recording.Holds = r.Recording.Holds[:4]
	r.Recording.Missing = []string{"statement 4 waited for another session of the tool itself and was cancelled after 3.0 s: what would have come after it is not here"}
	r.Recording.Statements[3].Error = &recorder.StatementError{SQLState: "23502", Message: `column "sent_at" of relation "shipment" contains null values`, Schema: "public", Table: "shipment", Column: "sent_at"}
	r.Recording.Blocked = &recorder.SelfBlock{Waiting: 4, Holding: 3, Lock: &recorder.Lock{Relation: users, Mode: recorder.RowExclusive, Evidence: recorder.Measured}, After: 3 * time.Second}
	return r
}

// strangers has hostile names where relations have names, and hostile texts elsewhere.
func strangers() *recorder.Recording {
	r := &recorder.Recording{Version: recorder.RecordingVersion, StartedAt: start, Took: 30 * time.Second, Sessions: 1}
	for i, name := range hostileNames {
		table := locked(uint32(100+i), name, "r", 1000, 1<<20)
		if i%4 == 3 {
			table = indexOf(table.OID, name, locked(1, hostileNames[i-1], "r", 0, 0))
		}
		if i%5 == 4 {
			table.Table, table.Schema = "", hostileNames[i-2]
		}
		at := time.Duration(i) * time.Second
		s := take(r, recorder.Statement{Revision: name, Path: "versions/" + name + ".py", Line: i, Text: "ALTER TABLE " + name, Start: at, Took: time.Second, WAL: 2 << 20}, at+time.Second,
			[]recorder.Evidence{recorder.Measured, recorder.Sampled, recorder.Inferred}[i%3], recorder.Lock{Relation: table, Mode: []recorder.Mode{recorder.AccessExclusive, recorder.Share}[i%2]})
		s.Rewrites = []recorder.Rewrite{{Relation: table, Evidence: recorder.Measured}}
		s.Error = &recorder.StatementError{SQLState: "XX000", Message: "`name` is strange"}
	}
	return r
}
