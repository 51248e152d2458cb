package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// step is one statement of a batch and what takes its rows; nil drops them.
type step struct {
	sql  string
	take func(*reading, *rows) error
	// alone ends the message, and with it the transaction, after a statement outside of BEGIN.
	alone bool
	// ahead ends the message too, because the server's answers so far are needed while it goes on
	// with the next statement.
	ahead bool
}

type batch []step

// add appends the query in a file for servers of that version.
func (b *batch) add(major int, file string, take func(*reading, *rows) error) error {
	text, err := sql(file, major)
	*b = append(*b, step{sql: unqualified(text), take: take})
	return err
}

func (b *batch) addSources(major int, sources []source) error {
	for _, s := range sources {
		take := func(r *reading, from *rows) error { return r.takeSource(s, from) }
		if err := b.add(major, s.file, take); err != nil {
			return err
		}
	}
	return nil
}

// firstFlight is what a reading begins with. It asks first what lastFlight has to ask for.
func firstFlight(major int, options ReadOptions) (batch, error) {
	var b batch
	if options.Gate {
		text, err := sql("gate", major)
		if err != nil {
			return nil, err
		}
		b = append(b, step{sql: text, take: takeText(func(r *reading) *string { return &r.result.Gate }), alone: true})
	}
	b = append(b, step{sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"})
	if err := b.add(major, "settings", nil); err != nil {
		return nil, err
	}
	timeout := strconv.FormatInt(max(1, options.LockTimeout.Milliseconds()), 10)
	b[len(b)-1].sql = strings.Replace(b[len(b)-1].sql, "$1", "'"+timeout+"'", 1)
	if err := b.add(major, "database", (*reading).takeDatabase); err != nil {
		return nil, err
	}
	if err := b.addSources(major, []source{{file: "members", finish: finishMember}}); err != nil {
		return nil, err
	}
	if err := b.add(major, "rare", (*reading).takeRare); err != nil {
		return nil, err
	}
	b[len(b)-1].ahead = true
	return b, b.addSources(major, commonSources())
}

// lastFlight is the rest of a reading of a database that has those of the rare sources.
func lastFlight(major int, rare []string) (batch, error) {
	var b batch
	present := slices.DeleteFunc(rareSources(), func(s source) bool { return !slices.Contains(rare, s.file) })
	if err := b.addSources(major, slices.Concat(present, lastSources())); err != nil {
		return nil, err
	}
	if major > newestKnown {
		if err := b.add(major, "not_modelled", (*reading).takeNotModelled); err != nil {
			return nil, err
		}
	}
	if err := b.add(major, "moved", takeText(func(r *reading) *string { return &r.moved })); err != nil {
		return nil, err
	}
	return append(b, step{sql: "COMMIT"}), nil
}

// run sends all steps of the first flight at once and reads their results while the server works on
// the next. As soon as it is known what the rest is, long before the server is done with the
// first, that follows: so the server hardly waits, and the first flight fits in the window that
// a connection begins with.
func (b batch) run(ctx context.Context, pg *pgconn.PgConn, r *reading) (err error) {
	wire, err := openWire(ctx, pg)
	if err != nil {
		return err
	}
	// After a failure the rest is read too, so that the connection is usable again.
	defer func() { err = wire.close(err) }()
	if err := wire.send(b.messages()); err != nil {
		return err
	}
	known := 1 + slices.IndexFunc(b, func(s step) bool { return s.ahead })
	if err := b[:known].receive(wire, r); err != nil {
		return err
	}
	rest, err := lastFlight(r.major, r.rare)
	if err != nil {
		return err
	}
	if err := wire.send(rest.messages()); err != nil {
		return err
	}
	return slices.Concat(b[known:], rest).receive(wire, r)
}

// messages gives the statements of each message: the server sends what it has at the end of one.
func (b batch) messages() []string {
	var all []string
	var one strings.Builder
	for i, s := range b {
		one.WriteString(s.sql)
		one.WriteByte(';')
		if s.alone || s.ahead || i == len(b)-1 {
			all = append(all, one.String())
			one.Reset()
		}
	}
	return all
}

func (b batch) receive(from *wire, r *reading) error {
	for _, s := range b {
		if err := s.receive(from, r); err != nil {
			return err
		}
	}
	return nil
}

func (s step) receive(from *wire, r *reading) error {
	result, err := from.next()
	if err != nil {
		return err
	}
	if s.take != nil {
		if err := s.take(r, result); err != nil {
			return err
		}
	}
	return result.close()
}
