package neonlocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// copiers work side by side: the time goes into opening a thousand small files.
const copiers = 8

// copyTo makes dst a copy of the cluster as it is now, which starts as a server of its own.
// A running cluster stays open to everybody; a stopped one cannot start meanwhile.
func (c *cluster) copyTo(ctx context.Context, dst string) error {
	c.users.Add(1) // keeps the sweep from stopping a running one
	defer c.users.Add(-1)
	select {
	case <-c.made:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	for {
		if server := c.running(); server != nil {
			return backup(ctx, server, c.config.DataDir, dst)
		}
		c.mu.Lock()
		if c.running() == nil {
			defer c.mu.Unlock()
			return copyTree(ctx, c.config.DataDir, dst, true)
		}
		c.mu.Unlock() // it started meanwhile
	}
}

// Directories that PostgreSQL's own backup leaves empty (basebackup.c, excludeDirContents).
var emptied = []string{"pg_stat_tmp", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_subtrans"}

// leftOut are files that belong to one server, or that it makes anew: basebackup.c's excludeFiles,
// temporary relations (tNNN_NNN) and temporary files.
var leftOut = regexp.MustCompile(`^(postmaster\.(pid|opts)|backup_label.*|tablespace_map.*|backup_manifest|` +
	`postgresql\.auto\.conf\.tmp|current_logfiles.*|pg_internal\.init.*|t\d+_\d+.*|pgsql_tmp.*)$`)

// copyTree copies a data directory. Without wal, the segments are the caller's business.
func copyTree(ctx context.Context, src, dst string, wal bool) error {
	uid, gid, err := postgres.Owner()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(copiers)
	to := owner{uid: uid, gid: gid}
	walk := filepath.WalkDir(src, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != src: // a relation that was dropped meanwhile
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		name, _ := filepath.Rel(src, path) // path is below src
		target := filepath.Join(dst, name)
		switch {
		case entry.IsDir() && skipped(name, true):
			return filepath.SkipDir
		case entry.IsDir():
			return to.directory(target)
		case skipped(name, wal) || !entry.Type().IsRegular():
			return nil
		}
		group.Go(func() error { return to.file(path, target) })
		return nil
	})
	return errors.Join(walk, group.Wait())
}

func skipped(name string, wal bool) bool {
	dir, file := filepath.Split(name)
	top, _, _ := strings.Cut(name, string(filepath.Separator))
	if top == "pg_wal" {
		return !wal
	}
	return dir != "" && slices.Contains(emptied, top) || leftOut.MatchString(file)
}

// owner is the account that the copies belong to.
type owner struct{ uid, gid int }

func (o owner) directory(target string) error {
	if err := os.MkdirAll(target, 0o700); err != nil {
		return err
	}
	return os.Lchown(target, o.uid, o.gid)
}

// file copies one file; one that vanished is left out, as recovery expects.
func (o owner) file(src, dst string) error {
	if filepath.Base(src) == "pg_control" {
		return o.control(src, dst)
	}
	in, err := os.Open(src)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	return o.write(dst, in)
}

// write uses copy_file_range where the system has it, which copies nothing on file systems
// that can share blocks.
func (o owner) write(dst string, content io.Reader) error {
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := out.Chown(o.uid, o.gid); err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	return errors.Join(err, out.Close())
}

// control reads pg_control until it reads the same twice: the server writes it in place.
func (o owner) control(src, dst string) error {
	before, err := os.ReadFile(src)
	for err == nil {
		var again []byte
		again, err = os.ReadFile(src)
		if err == nil && bytes.Equal(before, again) {
			return o.write(dst, bytes.NewReader(again))
		}
		before = again
	}
	return fmt.Errorf("reading the control file: %w", err)
}
