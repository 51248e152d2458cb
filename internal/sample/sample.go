// Package sample lays out the sample projects: SQLModel services as people write them,
// with the pull requests that are opened on them. The demo and the tests of the whole
// story work on copies made here.
package sample

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Names of the sample projects.
const (
	Shop      = "shop"
	AsyncShop = "async-shop"
)

// WorkingDirectory is where the Alembic project lies in every sample project.
const WorkingDirectory = "backend"

// pullRequestFile describes an overlay and is the one file of it that is not laid out.
const pullRequestFile = "pull-request.md"

// Project is one of the sample projects. Files holds all of them: the project in a
// directory of its name, its pull requests beside it in NAME-pull-requests, each an overlay
// that holds only the files that it adds or changes.
type Project struct {
	Files fs.FS
	Name  string
}

// Checkout writes the project into dir, which is made if it is not there, and lays the named
// pull requests over it in the order given. Files that are there already are overwritten.
func (p Project) Checkout(dir string, pullRequests ...string) error {
	if err := p.write(dir, p.Name); err != nil {
		return err
	}
	for _, name := range pullRequests {
		if err := p.overlay(dir, name); err != nil {
			return err
		}
	}
	return nil
}

// Seed gives the SQL that fills a database at the head of main with production's rows: one
// text of several statements, in a transaction of its own.
func (p Project) Seed() (string, error) {
	sql, err := fs.ReadFile(p.Files, path.Join(p.Name, "seed.sql"))
	if err != nil {
		return "", fmt.Errorf("reading the rows of sample project %q: %w", p.Name, err)
	}
	return string(sql), nil
}

func (p Project) overlay(dir, pullRequest string) error {
	if _, err := p.PullRequest(pullRequest); err != nil {
		return err
	}
	return p.write(dir, path.Join(p.pullRequests(), pullRequest))
}

func (p Project) write(dir, from string) error {
	tree, err := fs.Sub(p.Files, from)
	if err == nil {
		err = fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || name == pullRequestFile {
				return err
			}
			return copyFile(tree, name, filepath.Join(dir, filepath.FromSlash(name)))
		})
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Usage(fmt.Sprintf("no sample project %q", from), "it is not among those that the program carries", "take "+Shop+" or "+AsyncShop).Because(err)
	}
	if err != nil {
		return fmt.Errorf("laying out %q in %s: %w", from, dir, err)
	}
	return nil
}

func copyFile(tree fs.FS, name, to string) error {
	content, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

func (p Project) pullRequests() string { return p.Name + "-pull-requests" }

// PullRequest is what its author typed: the words of the page, and the one commit of an overlay.
type PullRequest struct {
	Name   string // of the overlay
	Title  string
	Author string // a login
	Body   string // Markdown
	Commit string // the commit's message
	// Follows names the overlay that this one is the next push to; "" for the first push.
	Follows string
}

// Branch is the name of the pull request's git branch, the same for all its pushes.
func (r PullRequest) Branch() string {
	if r.Follows != "" {
		return r.Follows
	}
	return r.Name
}

// PullRequests lists the pull requests by name, later pushes among them.
func (p Project) PullRequests() ([]PullRequest, error) {
	entries, err := fs.ReadDir(p.Files, p.pullRequests())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a project without any
	}
	if err != nil {
		return nil, fmt.Errorf("listing the pull requests of %q: %w", p.Name, err)
	}
	var all []PullRequest
	for _, entry := range entries {
		one, err := p.PullRequest(entry.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// PullRequest reads what the named pull request says.
func (p Project) PullRequest(name string) (PullRequest, error) {
	text, err := fs.ReadFile(p.Files, path.Join(p.pullRequests(), name, pullRequestFile))
	if err != nil {
		return PullRequest{}, fault.Usage(fmt.Sprintf("no pull request %q of sample project %q", name, p.Name),
			"it is not among those that the program carries", "list testdata/projects/"+p.pullRequests()).Because(err)
	}
	return parsePullRequest(name, string(text))
}

// parsePullRequest reads header lines ("key: value"), an empty line, and the body.
func parsePullRequest(name, text string) (PullRequest, error) {
	pr := PullRequest{Name: name}
	fields := map[string]*string{"title": &pr.Title, "author": &pr.Author, "commit": &pr.Commit, "follows": &pr.Follows}
	header, body, _ := strings.Cut(text, "\n\n")
	for line := range strings.Lines(header) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		field, known := fields[key]
		if !known {
			return PullRequest{}, fmt.Errorf("reading %s of %q: unknown line %q", pullRequestFile, name, line)
		}
		*field = value
	}
	pr.Body = strings.TrimSpace(body)
	if pr.Title == "" || pr.Author == "" || pr.Commit == "" || pr.Body == "" {
		return PullRequest{}, fmt.Errorf("reading %s of %q: title, author, commit and a body are needed", pullRequestFile, name)
	}
	return pr, nil
}
