package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/stripe/pg-schema-diff/pkg/diff"
	"github.com/stripe/pg-schema-diff/pkg/schema"
	"golang.org/x/sync/errgroup"
)

// report is what a process that was measured says about itself.
type report struct {
	// Times are nanoseconds by the name of what was done; the names are the columns of the
	// tables (see contenders).
	Times map[string]time.Duration `json:"times"`
	// Changes is how many differences were found.
	Changes int `json:"changes"`
	// Peak is the most memory in bytes, 0 where the process does not know.
	Peak int64 `json:"peak"`
}

// tasks are what runs in a process of its own: a new heap and new connections each time.
var tasks = map[string]func(context.Context, []string) (report, error){
	"ours-one": oursOne, "ours-again": oursAgain, "ours-both": oursBoth,
	"stripe-one": stripeOne, "stripe-both": stripeBoth,
}

func runTask(ctx context.Context, w io.Writer, args []string) error {
	task, known := tasks[args[0]]
	if !known {
		return fmt.Errorf("there is no task %q", args[0])
	}
	r, err := task(ctx, args[1:])
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(r)
}

// pause lies before a later reading on the same connection, where a migration runs in earnest. It is
// long enough for TCP to forget how wide its window was.
const pause = 2 * time.Second

// oursOne takes a snapshot on a new connection.
func oursOne(ctx context.Context, urls []string) (report, error) {
	start := time.Now()
	conn, err := pgx.Connect(ctx, urls[0])
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	err = read(ctx, conn)
	return report{Times: map[string]time.Duration{"one": time.Since(start)}, Peak: peak()}, err
}

// oursAgain takes further snapshots on a connection that has taken one: at once, and after the
// pause. Then it asks whether anything was written to the catalogs, and nothing was.
func oursAgain(ctx context.Context, urls []string) (report, error) {
	conn, err := pgx.Connect(ctx, urls[0])
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	before, err := catalog.ReadWith(ctx, conn, catalog.ReadOptions{Gate: true})
	if err != nil {
		return report{}, err
	}
	r := report{Times: map[string]time.Duration{}}
	steps := []struct {
		name  string
		pause time.Duration
		do    func() error
	}{
		{"again", 0, func() error { return read(ctx, conn) }},
		{"later", pause, func() error { return read(ctx, conn) }},
		{"gate", 0, func() error { return unchanged(ctx, conn, before) }},
	}
	for _, s := range steps {
		time.Sleep(s.pause)
		start := time.Now()
		if err := s.do(); err != nil {
			return report{}, err
		}
		r.Times[s.name] = time.Since(start)
	}
	return r, nil
}

func read(ctx context.Context, conn *pgx.Conn) error {
	_, err := catalog.Read(ctx, conn)
	return err
}

func unchanged(ctx context.Context, conn *pgx.Conn, before *catalog.Snapshot) error {
	after, err := catalog.Refresh(ctx, conn, before)
	if err == nil && after != before {
		return errors.New("the gate says that a catalog was written, and none was")
	}
	return err
}

// oursBoth is what `neon-migrations diff URL URL` does: both databases at a time, then the changes.
func oursBoth(ctx context.Context, urls []string) (report, error) {
	start := time.Now()
	var sides [2]*catalog.Snapshot
	group, reading := errgroup.WithContext(ctx)
	for i := range sides {
		group.Go(func() error {
			conn, err := pgx.Connect(reading, urls[i])
			if err != nil {
				return err
			}
			defer conn.Close(ctx)
			sides[i], err = catalog.Read(reading, conn)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return report{}, err
	}
	changes := catalog.Compare(sides[0], sides[1])
	return report{Times: map[string]time.Duration{"both": time.Since(start)}, Changes: len(changes)}, nil
}

// stripeConnections is what pg-schema-diff's command line allows itself (defaultMaxConnections
// in its plan_cmd.go).
const stripeConnections = 5

func stripeOpen(url string) (*sql.DB, error) {
	db, err := sql.Open("pgx", url) // pg-schema-diff registers its driver under this name
	if err == nil {
		db.SetMaxOpenConns(stripeConnections)
	}
	return db, err
}

func stripeOne(ctx context.Context, urls []string) (report, error) {
	db, err := stripeOpen(urls[0])
	if err != nil {
		return report{}, err
	}
	defer db.Close()
	start := time.Now()
	_, err = schema.GetSchemaHash(ctx, db)
	return report{Times: map[string]time.Duration{"one": time.Since(start)}}, err
}

// stripeBoth makes a plan without trying it out on a third database.
func stripeBoth(ctx context.Context, urls []string) (report, error) {
	from, err := stripeOpen(urls[0])
	if err != nil {
		return report{}, err
	}
	defer from.Close()
	to, err := stripeOpen(urls[1])
	if err != nil {
		return report{}, err
	}
	defer to.Close()
	start := time.Now()
	plan, err := diff.Generate(ctx, diff.DBSchemaSource(from), diff.DBSchemaSource(to), diff.WithDoNotValidatePlan())
	return report{Times: map[string]time.Duration{"both": time.Since(start)}, Changes: len(plan.Statements)}, err
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak reads the most memory that this process has had (Linux's proc(5), VmHWM). What the system
// tells of a child that has ended includes its parent's, from before it became another program.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	found := peakLine.FindSubmatch(status)
	if err != nil || found == nil {
		return 0
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
