package recorder_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// work is something that a migration tool does with a database of its own.
type work struct {
	name    string
	prepare func(b *testing.B) postgres.Address
	do      func(b *testing.B, address postgres.Address)
}

const (
	inserts = 2000
	changes = 200
	copied  = 1_000_000
)

func works() []work {
	empty := func(b *testing.B) postgres.Address {
		address := postgrestest.Database(b)
		postgrestest.Exec(b, address, "CREATE TABLE rows (id int, body text)")
		return address
	}
	return []work{
		{"inserts", empty, insertRows},
		{"ddl", empty, changeTable},
		{"alembic", func(b *testing.B) postgres.Address { return eightDatabase(b, 100_000) }, func(b *testing.B, address postgres.Address) {
			upgradeEight(b, "alembic1.8-sa1.4-psycopg2", "psycopg2", address)
		}},
		{"copy", empty, copyRows},
	}
}

// insertRows sends one row at a time, as a loop in a revision does.
func insertRows(b *testing.B, address postgres.Address) {
	within(b, address, func(tx pgx.Tx) error {
		for i := range inserts {
			if _, err := tx.Exec(b.Context(), "INSERT INTO rows VALUES ($1, $2)", i, "some text"); err != nil {
				return err
			}
		}
		return nil
	})
}

func changeTable(b *testing.B, address postgres.Address) {
	within(b, address, func(tx pgx.Tx) error {
		for i := range changes {
			if _, err := tx.Exec(b.Context(), fmt.Sprintf("ALTER TABLE rows ADD COLUMN c%d int", i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func copyRows(b *testing.B, address postgres.Address) {
	source := io.LimitReader(repeated("1\tsome text that is copied\n"), copied*int64(len("1\tsome text that is copied\n")))
	within(b, address, func(tx pgx.Tx) error {
		tag, err := tx.Conn().PgConn().CopyFrom(b.Context(), source, "COPY rows FROM STDIN")
		if err == nil && tag.RowsAffected() != copied {
			return fmt.Errorf("%d rows were copied", tag.RowsAffected())
		}
		return err
	})
}

// repeated is a text without end.
type repeated string

func (r repeated) Read(p []byte) (int, error) {
	whole := len(p) / len(r) * len(r)
	if whole == 0 {
		return 0, io.ErrShortBuffer
	}
	copy(p, strings.Repeat(string(r), len(p)/len(r)))
	return whole, nil
}

func within(b *testing.B, address postgres.Address, do func(pgx.Tx) error) {
	conn := postgrestest.Connect(b, address)
	if err := pgx.BeginFunc(b.Context(), conn, do); err != nil {
		b.Fatal(err)
	}
	_ = conn.Close(b.Context())
}

// BenchmarkOverhead does the same work directly and through the recorder, in turns, each time on a new
// database, and reports the medians and their ratio. What a recording costs once, however long the work
// takes, is reported apart: opening the recorder before the tool starts, and what it asks at the end.
func BenchmarkOverhead(b *testing.B) {
	for _, far := range []bool{false, true} {
		for _, w := range works() {
			name := w.name + "/loopback"
			if far {
				name = w.name + "/30ms"
			}
			b.Run(name, func(b *testing.B) { compareOverhead(b, w, far) })
		}
	}
}

func compareOverhead(b *testing.B, w work, far bool) {
	place := func() postgres.Address {
		address := w.prepare(b)
		if far {
			return afar(b, address)
		}
		return address
	}
	var direct, recorded, once []time.Duration
	for range b.N {
		address := place()
		began := time.Now()
		w.do(b, address)
		direct = append(direct, time.Since(began))

		address = place()
		opening := time.Now()
		gateway := record(b, address)
		began = time.Now()
		w.do(b, gateway.Address())
		ended := time.Now()
		taken := take(b, gateway)
		recorded = append(recorded, ended.Sub(began))
		once = append(once, began.Sub(opening)+time.Since(ended))
		if len(taken.Statements) == 0 {
			b.Fatal("nothing was recorded")
		}
	}
	d, r := median(direct), median(recorded)
	b.ReportMetric(d, "s/direct")
	b.ReportMetric(r, "s/recorded")
	b.ReportMetric(r/d, "ratio")
	b.ReportMetric(median(once), "s/once")
	b.ReportMetric(0, "ns/op")
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}
