package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

// step is one statement of a batch and what takes its rows; nil drops them.
type step struct {
	sql    string
	params [][]byte
	take   func(*reading, *pgconn.ResultReader) error
	// alone ends the implicit transaction of a pipeline after the statement.
	alone bool
	// ahead asks the server for its answers so far, while it goes on with the next statement.
	ahead bool
}

type batch []step

// add appends the query in a file for servers of that version.
func (b *batch) add(major int, file string, take func(*reading, *pgconn.ResultReader) error) error {
	text, err := sql(file, major)
	*b = append(*b, step{sql: unqualified(text), take: take})
	return err
}

func (b *batch) addSources(major int, sources []source) error {
	for _, s := range sources {
		take := func(r *reading, rows *pgconn.ResultReader) error { return r.takeSource(s, rows) }
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
	b[len(b)-1].params = [][]byte{[]byte(timeout)}
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
func (b batch) run(ctx context.Context, pg *pgconn.PgConn, r *reading) error {
	pipeline := pg.StartPipeline(ctx)
	err := b.perform(pipeline, r)
	// After a failure Close reads on to the end of the batch, so that the connection is
	// usable again; its error is then a repetition.
	if closeErr := pipeline.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (b batch) perform(pipeline *pgconn.Pipeline, r *reading) error {
	b.send(pipeline)
	if err := pipeline.Flush(); err != nil {
		return err
	}
	known := 1 + slices.IndexFunc(b, func(s step) bool { return s.ahead })
	if err := b[:known].receive(pipeline, r); err != nil {
		return err
	}
	rest, err := lastFlight(r.major, r.rare)
	if err != nil {
		return err
	}
	rest.send(pipeline)
	if err := pipeline.Sync(); err != nil {
		return err
	}
	return slices.Concat(b[known:], rest).receive(pipeline, r)
}

func (b batch) send(pipeline *pgconn.Pipeline) {
	for _, s := range b {
		pipeline.SendQueryParams(s.sql, s.params, nil, nil, nil)
		switch {
		case s.alone:
			pipeline.SendPipelineSync()
		case s.ahead:
			pipeline.SendFlushRequest()
		}
	}
}

func (b batch) receive(pipeline *pgconn.Pipeline, r *reading) error {
	for _, s := range b {
		if err := s.receive(pipeline, r); err != nil {
			return err
		}
	}
	return nil
}

func (s step) receive(pipeline *pgconn.Pipeline, r *reading) error {
	result, err := pipeline.GetResults()
	if err != nil {
		return err
	}
	rows, ok := result.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("reading the catalogs: the server answered with %T", result)
	}
	if s.take != nil {
		if err := s.take(r, rows); err != nil {
			return err
		}
	}
	if _, err = rows.Close(); err != nil || !s.alone {
		return err
	}
	_, err = pipeline.GetResults() // the end of the implicit transaction
	return err
}
