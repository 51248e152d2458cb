package migrate

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// At gives the project as it was at a commit, with the same Python: the repository's files of
// then are written into dir, which must be empty. Nothing is checked out, and no hook
// runs. A commit that the clone does not have is a fault that says how to get it.
func (p *Project) At(ctx context.Context, commit, dir string) (*Project, error) {
	top, err := p.git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fault.New("looking for the code of "+short(commit), "the project is in no git repository", "run in a clone of the repository").Because(err)
	}
	if _, err := p.git(ctx, "cat-file", "-e", commit+"^{commit}"); err != nil {
		return nil, fault.New("looking for the code of "+short(commit), "this clone does not have the commit",
			"give actions/checkout the option fetch-depth: 2, or 0 for the whole history").Because(err)
	}
	if err := p.archive(ctx, top, commit, dir); err != nil {
		return nil, fmt.Errorf("writing the files of %s: %w", short(commit), err)
	}
	return p.moved(top, dir)
}

// moved is the project at its place below another top.
func (p *Project) moved(from, to string) (*Project, error) {
	past := *p
	for _, path := range []*string{&past.Dir, &past.Config} {
		if *path == "" {
			continue
		}
		resolved, err := filepath.EvalSymlinks(*path)
		if err != nil {
			return nil, err
		}
		within, err := filepath.Rel(from, resolved)
		if err != nil || !filepath.IsLocal(within) {
			return nil, fault.New("looking for the project's earlier code", *path+" is not in the repository", "keep Alembic's configuration in the repository")
		}
		*path = filepath.Join(to, within)
	}
	if _, err := os.Stat(past.Dir); err != nil {
		return nil, fault.New("looking for the project's earlier code", "the project was not in this directory then", "nothing needs to be done: there is no earlier code").Because(err)
	}
	return &past, nil
}

// MergedInto gives the first parent of the commit that is checked out, if that is a merge: what
// GitHub checks out for a pull request is its merge with the base.
func (p *Project) MergedInto(ctx context.Context) (commit string, found bool) {
	parents, err := p.git(ctx, "rev-list", "--parents", "--max-count=1", "HEAD")
	if err != nil {
		return "", false
	}
	words := strings.Fields(parents)
	if len(words) < 3 { // the commit, and at least two parents
		return "", false
	}
	return words[1], true
}

// archive streams the files of a commit from git into dir.
func (p *Project) archive(ctx context.Context, top, commit, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	cmd := p.gitCommand(ctx, "archive", "--format=tar", commit)
	cmd.Dir = top // from below, git would give only what lies there
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	unpacked := unpack(root, out)
	_, _ = io.Copy(io.Discard, out) // git must not wait for a reader
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git archive: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	return unpacked
}

// unpack writes what a tar stream holds below root. os.Root keeps every name and link inside.
func unpack(root *os.Root, stream io.Reader) error {
	files := tar.NewReader(stream)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackOne(root, header, files); err != nil {
			return fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

func unpackOne(root *os.Root, header *tar.Header, content io.Reader) error {
	name := filepath.Clean(header.Name)
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o755)
	case tar.TypeSymlink:
		return root.Symlink(header.Linkname, name)
	case tar.TypeReg:
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644|header.FileInfo().Mode().Perm()&0o111)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		return errors.Join(err, file.Close())
	}
	return nil // git's comment with the commit
}

func (p *Project) git(ctx context.Context, arguments ...string) (string, error) {
	out, err := p.gitCommand(ctx, arguments...).Output()
	return strings.TrimSpace(string(out)), err
}

// gitCommand is git without the helpers that a repository's own configuration may name, and
// with no more of the environment than the project's code gets: that code could have written the configuration.
func (p *Project) gitCommand(ctx context.Context, arguments ...string) *exec.Cmd {
	safe := []string{"-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.attributesFile=/dev/null"}
	cmd := exec.CommandContext(ctx, "git", append(safe, arguments...)...)
	cmd.Dir = p.Dir
	cmd.Env = append(p.environment(Env{}), "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1")
	return cmd
}

func short(commit string) string { return commit[:min(len(commit), 7)] }
