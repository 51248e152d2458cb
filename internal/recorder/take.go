package recorder

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// flushWait is how long [Gateway.Take] waits for the tool's sessions to end on the server: they hand in their
// statistics when they do.
const flushWait = 2 * time.Second

// goodbyeWait is how long the end of a session may take to come here after the tool's process is gone.
const goodbyeWait = 100 * time.Millisecond

// errNotRecorded tells that there is nothing to take.
var errNotRecorded = errors.New("this gateway does not record")

// startRecording opens the connection that looks, and reads what is there before the tool begins.
// Without it statements are recorded all the same; only an address that leads
// through a pooler, or nowhere, is refused.
func (g *Gateway) startRecording(ctx context.Context, address postgres.Address, table RevisionTable) error {
	g.tape = newTape(table)
	g.observer = &observer{address: observerAddress(address)}
	var server *pgconn.PgError
	if err := g.observer.connect(ctx); errors.As(err, &server) && server.Code == "53300" {
		g.tape.miss("locks and rewrites are not measured: the server has no connection left for the recorder")
	} else if err != nil {
		return err
	}
	a, err := g.observer.news(ctx, 0, []uint32{})
	if err != nil {
		g.debug("the relations could not be read", err)
		g.tape.miss("rewrites and scans are not measured: " + because(err))
	} else {
		g.tape.know(a)
		g.tape.advance(a.wal)
	}
	if trip, err := g.observer.roundTrip(ctx); err == nil {
		g.tape.trip(trip)
	}
	g.tape.before = maps.Clone(g.tape.relations)
	g.tape.began = time.Now()
	return nil
}

// Take ends the recording and gives it, names resolved and statistics read; sessions go on
// unrecorded. Call it while the tool rests or after it ended: the server tells how much was scanned for
// certain only once the tool's sessions have ended. It fails where the gateway was opened without
// [Options.Record]. A second call gives the same again.
func (g *Gateway) Take(ctx context.Context) (*Recording, error) {
	if g.tape == nil {
		return nil, errNotRecorded
	}
	for _, s := range g.recorded() {
		s.settle()
	}
	g.tape.stop()
	g.waitForStatistics(ctx)
	scans, err := g.scans(ctx)
	if err != nil {
		g.debug("the statistics could not be read", err)
		g.tape.miss("scans are not measured: " + because(err))
	}
	return g.tape.recordingOf(scans), nil
}

// settle takes down the locks that a session still holds.
func (s *session) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(s.last, time.Now())
}

// waitForStatistics waits until the server has ended the tool's sessions.
func (g *Gateway) waitForStatistics(ctx context.Context) {
	pids, open := g.tape.left()
	for deadline := time.Now().Add(goodbyeWait); open > 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		pids, open = g.tape.left() // a tool that has just ended
	}
	if open > 0 {
		g.tape.miss("scans may be incomplete: the tool's sessions were still open, and the server counts what they read when they end")
		return
	}
	for deadline := time.Now().Add(flushWait); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if gone, err := g.observer.gone(ctx, pids); gone || err != nil {
			return
		}
	}
}

// left tells which server processes the tool had, and how many of its sessions are open.
func (t *tape) left() (pids []uint32, open int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.pids), t.open
}

// scans compares how much of each table was read since the start.
func (g *Gateway) scans(ctx context.Context) ([]Scan, error) {
	a, err := g.observer.news(ctx, 0, []uint32{})
	if err != nil {
		return nil, err
	}
	var scans []Scan
	for _, r := range a.news {
		before, known := g.tape.before[r.OID]
		if grown := r.TuplesRead - before.TuplesRead; known && grown > 0 {
			scans = append(scans, Scan{Relation: *before.relation(), TuplesRead: grown})
		}
	}
	slices.SortFunc(scans, func(a, b Scan) int { return compareRelations(a.Relation, b.Relation) })
	return scans, nil
}

// recordingOf puts the recording together: statements in the order of their start.
func (t *tape) recordingOf(scans []Scan) *Recording {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revisions.finish()
	r := &Recording{
		Version: RecordingVersion, StartedAt: t.began, Took: time.Since(t.began), Floor: t.floor, Server: t.server,
		Sessions: t.sessions, Scans: scans, Missing: slices.Clone(t.missing),
	}
	entries := slices.Clone(t.entries)
	slices.SortStableFunc(entries, func(a, b *entry) int { return a.began.Compare(b.began) })
	for i, e := range entries {
		e.Number = i + 1
	}
	for _, e := range entries {
		r.Statements = append(r.Statements, t.statement(e))
	}
	r.Holds = t.holdsOf()
	if b := t.blocked; b != nil {
		r.Blocked = &SelfBlock{Waiting: b.waiting.Number, Holding: b.holding.Number, Lock: b.lock, After: b.after}
		r.Missing = append(r.Missing, fmt.Sprintf("statement %d waited for another session of the tool itself and was cancelled after %.1f s: what would have come after it is not here",
			r.Blocked.Waiting, b.after.Seconds()))
	}
	return r
}

// statement finishes one entry.
func (t *tape) statement(e *entry) Statement {
	s := e.Statement
	s.Start = max(e.began.Sub(t.began), 0)
	s.Took = max(s.Took-time.Duration(s.Count)*t.floor, 0)
	s.Locks = t.locksOf(e.gained)
	s.Under = t.locksOf(e.under)
	s.Rewrites = slices.Clone(e.rewrites)
	slices.SortFunc(s.Rewrites, func(a, b Rewrite) int { return compareRelations(a.Relation, b.Relation) })
	s.Created = slices.Sorted(slices.Values(e.Created))
	return s
}

// locksOf gives the locks on relations that were there before.
func (t *tape) locksOf(all []*held) []Lock {
	var locks []Lock
	for _, h := range all {
		if h.relation != nil && !h.created {
			locks = append(locks, Lock{Relation: t.estimate(*h.relation), Mode: h.mode, Evidence: h.evidence})
		}
	}
	slices.SortFunc(locks, func(a, b Lock) int {
		if c := compareRelations(a.Relation, b.Relation); c != 0 {
			return c
		}
		return strength(b.Mode) - strength(a.Mode)
	})
	return locks
}

// estimate puts the estimates of before the run into a relation.
func (t *tape) estimate(r Relation) Relation {
	if before, known := t.before[r.OID]; known {
		r.Rows, r.Bytes = int64(before.Rows), before.Bytes
	}
	return r
}

func (t *tape) holdsOf() []Hold {
	var holds []Hold
	for _, h := range t.holds {
		if h.relation == nil || h.created || h.since.Number == 0 {
			continue
		}
		until := max(h.until.Number, h.since.Number)
		holds = append(holds, Hold{
			Relation: t.estimate(*h.relation), Mode: h.mode, Session: h.session, Since: h.since.Number, Until: until,
			Start: max(h.start.Sub(t.began), 0), Sure: max(h.sure.Sub(t.began), 0), End: max(h.end.Sub(t.began), 0), Evidence: h.evidence,
		})
	}
	slices.SortFunc(holds, func(a, b Hold) int {
		if a.Since != b.Since {
			return a.Since - b.Since
		}
		if c := compareRelations(a.Relation, b.Relation); c != 0 {
			return c
		}
		return strength(b.Mode) - strength(a.Mode)
	})
	return holds
}

// compareRelations orders tables before what belongs to them.
func compareRelations(a, b Relation) int {
	if c := strings.Compare(tableOf(a), tableOf(b)); c != 0 {
		return c
	}
	if c := strings.Compare(a.Table, b.Table); c != 0 {
		return c
	}
	return strings.Compare(a.Schema+"."+a.Name, b.Schema+"."+b.Name)
}

func tableOf(r Relation) string {
	if r.Table != "" {
		return r.Table
	}
	return r.Schema + "." + r.Name
}
