// Package probe feels what a user of a table would feel while something else is done to it: a
// light reader and a light writer beat on the table, and the longest that either had to wait is
// the stall. The writer's row is put back each time.
package probe

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

const (
	// interval lies between two beats of one kind: no longer than what a person notices.
	interval = 20 * time.Millisecond
	// MaxTables bounds the connections: each table takes two, and Neon's smallest compute allows
	// about a hundred.
	MaxTables = 6
	// connectPatience is for a compute that is awake.
	connectPatience = 20 * time.Second
)

// Table names one table.
type Table struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// String gives the name with its schema, quoted where PostgreSQL needs it.
func (t Table) String() string {
	return postgres.QuoteIdentifier(t.Schema) + "." + postgres.QuoteIdentifier(t.Name)
}

// Stall is the longest that a user of one table had to wait.
type Stall struct {
	Table Table `json:"table"`
	// Reads and Writes are the longest waits, less what a beat takes when nothing is in its way.
	Reads  time.Duration `json:"reads_ns"`
	Writes time.Duration `json:"writes_ns"`
	// Beats is how many reads and writes came through.
	Beats int `json:"beats"`
	// Gone tells that the table had no longer its name at the end: its users get errors.
	Gone bool `json:"gone,omitempty"`
}

// Probe beats on tables until it is stopped. Make it with [Start].
type Probe struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	beaters []*beater
}

// Start connects to the database and begins to beat on at most [MaxTables] of the tables. The error
// is about connecting; a table that is not there is not beaten on. Stop must be called.
func Start(ctx context.Context, address postgres.Address, tables []Table) (*Probe, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &Probe{cancel: cancel}
	for _, t := range tables[:min(len(tables), MaxTables)] {
		if err := p.add(ctx, address, t); err != nil {
			p.Stop() //nolint:contextcheck // the connections must be closed whatever became of ctx
			return nil, err
		}
	}
	for _, b := range p.beaters {
		p.running.Go(func() { b.run(ctx) })
	}
	return p, nil
}

// add makes the two beaters of one table.
func (p *Probe) add(ctx context.Context, address postgres.Address, t Table) error {
	reader, err := connect(ctx, address)
	if err != nil {
		return err
	}
	p.beaters = append(p.beaters, &beater{table: t, conn: reader, sql: "SELECT 1 FROM " + t.String() + " LIMIT 1"})
	writer, err := connect(ctx, address)
	if err != nil {
		return err
	}
	sql, err := writing(ctx, writer, t)
	if err != nil {
		return errors.Join(err, writer.Close(ctx))
	}
	p.beaters = append(p.beaters, &beater{table: t, conn: writer, sql: sql, writes: true})
	return nil
}

// connect opens a connection whose waits are short: one that queued for long would stand in the
// way of the migration itself, and PostgreSQL would call that a deadlock.
func connect(ctx context.Context, address postgres.Address) (*pgx.Conn, error) {
	return postgres.Connect(ctx, address.With("lock_timeout", "100ms").With("application_name", "neon-migrations probe"), connectPatience)
}

// Stop ends all beats and gives the stalls, longest first. A wait that is still going on counts.
func (p *Probe) Stop() []Stall {
	p.cancel()
	p.running.Wait()
	byTable := map[Table]*Stall{}
	var stalls []Stall
	for _, b := range p.beaters {
		b.conn.Close(context.Background())
		s := byTable[b.table]
		if s == nil {
			s = &Stall{Table: b.table}
			byTable[b.table] = s
		}
		b.tell(s)
	}
	for _, s := range byTable {
		stalls = append(stalls, *s)
	}
	slices.SortFunc(stalls, func(a, b Stall) int {
		return cmp.Or(cmp.Compare(max(b.Reads, b.Writes), max(a.Reads, a.Writes)), cmp.Compare(a.Table.String(), b.Table.String()))
	})
	return stalls
}
