package neonlocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// backup copies a running cluster by PostgreSQL's low-level backup interface (documentation,
// "Making a Base Backup Using the Low Level API"): the files in any order, then the label and the
// write-ahead log that make them one consistent state, which is that of the backup's end.
func backup(ctx context.Context, server *postgres.Server, src, dst string) error {
	conn, err := dial(ctx, server, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // ends the backup too, if it did not end well
	b := lowLevel{conn: conn, major: server.Major()}
	if err := b.start(ctx); err != nil {
		return fmt.Errorf("starting the backup: %w", err)
	}
	if err := copyTree(ctx, src, dst, false); err != nil {
		return fmt.Errorf("copying the cluster: %w", err)
	}
	if err := b.stop(ctx); err != nil {
		return fmt.Errorf("ending the backup: %w", err)
	}
	return b.finish(src, dst)
}

// lowLevel is one backup over one session.
type lowLevel struct {
	conn        *pgx.Conn
	major       int
	label       string
	first, last string // segments of the log
}

// start also takes a temporary replication slot, which keeps the log from being recycled
// while the files are copied.
func (b *lowLevel) start(ctx context.Context) error {
	begin := "SELECT pg_backup_start('branch', fast => true)"
	if b.major < 15 { // its name and arguments changed
		begin = "SELECT pg_start_backup('branch', true, false)"
	}
	slot := "branch_" + random(alphanumeric, 8)
	for _, statement := range []string{
		"SET statement_timeout = 0", "SET idle_session_timeout = 0",
		"SELECT pg_create_physical_replication_slot('" + slot + "', true, true)", begin,
	} {
		if _, err := b.conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// startSegment is in the label: "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)".
var startSegment = regexp.MustCompile(`START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)`)

func (b *lowLevel) stop(ctx context.Context) error {
	end := "pg_backup_stop(wait_for_archive => false)"
	if b.major < 15 {
		end = "pg_stop_backup(false, false)"
	}
	row := b.conn.QueryRow(ctx, "SELECT labelfile, pg_walfile_name(lsn) FROM "+end)
	if err := row.Scan(&b.label, &b.last); err != nil {
		return err
	}
	found := startSegment.FindStringSubmatch(b.label)
	if found == nil {
		return errors.New("the label names no first segment")
	}
	b.first = found[1]
	return nil
}

// finish writes the label and copies the log between the backup's ends. Names of segments sort as
// they follow each other; the slot has kept them.
func (b *lowLevel) finish(src, dst string) error {
	uid, gid, err := postgres.Owner()
	if err != nil {
		return err
	}
	to := owner{uid: uid, gid: gid}
	segments, err := os.ReadDir(filepath.Join(src, "pg_wal"))
	if err != nil {
		return fmt.Errorf("reading the log's directory: %w", err)
	}
	for _, segment := range segments {
		name := segment.Name()
		if len(name) != len(b.first) || name < b.first || name > b.last {
			continue
		}
		if err := to.file(filepath.Join(src, "pg_wal", name), filepath.Join(dst, "pg_wal", name)); err != nil {
			return fmt.Errorf("copying the log: %w", err)
		}
	}
	label := filepath.Join(dst, "backup_label")
	if err := os.WriteFile(label, []byte(b.label), 0o600); err != nil {
		return fmt.Errorf("writing the backup's label: %w", err)
	}
	return postgres.Own(label)
}
