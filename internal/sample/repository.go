package sample

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Main is the default branch of a sample repository.
const Main = "main"

// started is when the first commit is made; every further one is an hour later. Commits are
// dated by this and not by the clock, so that the same pushes make the same commit ids anywhere.
var started = time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC)

// Repository is a git repository with a sample project: real commits, so that events and
// comments name real ids. It is not for use by several goroutines at once.
type Repository struct {
	// Dir is the work tree.
	Dir string

	project Project
	commits int
}

// Commit is one commit of a repository.
type Commit struct {
	SHA    string // 40 hexadecimal digits
	Branch string
}

// Init makes a repository in dir, which must be empty or not be there, with the project as
// one commit on [Main].
func (p Project) Init(ctx context.Context, dir string) (*Repository, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the sample repository: %w", err)
	}
	r := &Repository{Dir: dir, project: p}
	if _, err := r.git(ctx, Main, "init", "--quiet", "--initial-branch="+Main); err != nil {
		return nil, err
	}
	if err := p.Checkout(dir); err != nil {
		return nil, err
	}
	_, err := r.commit(ctx, "shop-bot", Main, "The "+p.Name)
	return r, err
}

// Push commits the overlay of the named pull request on its branch, which starts at [Main],
// and leaves the branch checked out.
func (r *Repository) Push(ctx context.Context, pullRequest string) (Commit, error) {
	pr, err := r.project.PullRequest(pullRequest)
	if err != nil {
		return Commit{}, err
	}
	if err := r.branch(ctx, pr); err != nil {
		return Commit{}, err
	}
	if err := r.project.overlay(r.Dir, pullRequest); err != nil {
		return Commit{}, err
	}
	return r.commit(ctx, pr.Author, pr.Branch(), pr.Commit)
}

// Merge merges the branch into [Main] with a merge commit, as GitHub's green button does,
// and leaves [Main] checked out.
func (r *Repository) Merge(ctx context.Context, branch, message string) (Commit, error) {
	if err := r.Use(ctx, Main); err != nil {
		return Commit{}, err
	}
	r.commits++
	if _, err := r.git(ctx, "shop-bot", "merge", "--quiet", "--no-ff", "-m", message, branch); err != nil {
		return Commit{}, err
	}
	return r.Head(ctx, Main)
}

// Use checks out a branch or a commit; what a run left in tracked files is dropped.
func (r *Repository) Use(ctx context.Context, ref string) error {
	_, err := r.git(ctx, Main, "checkout", "--quiet", "--force", ref)
	return err
}

// Head gives the newest commit of a branch.
func (r *Repository) Head(ctx context.Context, branch string) (Commit, error) {
	sha, err := r.git(ctx, Main, "rev-parse", "--verify", "refs/heads/"+branch)
	return Commit{SHA: sha, Branch: branch}, err
}

func (r *Repository) branch(ctx context.Context, pr PullRequest) error {
	if pr.Follows != "" {
		return r.Use(ctx, pr.Branch())
	}
	_, err := r.git(ctx, Main, "checkout", "--quiet", "--force", "-b", pr.Branch(), Main)
	return err
}

func (r *Repository) commit(ctx context.Context, author, branch, message string) (Commit, error) {
	r.commits++
	if _, err := r.git(ctx, author, "add", "--all"); err != nil {
		return Commit{}, err
	}
	if _, err := r.git(ctx, author, "commit", "--quiet", "-m", message); err != nil {
		return Commit{}, err
	}
	return r.Head(ctx, branch)
}

func (r *Repository) git(ctx context.Context, author string, arguments ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.Dir}, arguments...)...)
	cmd.Env = r.environment(author)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); errors.Is(err, exec.ErrNotFound) {
		return "", fault.New("git was not found", "the sample project is a real git repository", "sudo apt-get install -y git").Because(err)
	} else if err != nil {
		return "", fmt.Errorf("running git %s: %w: %s", arguments[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// environment keeps the settings of the person whose machine this is out of the repository:
// hooks, signing, identities and line endings would change the commits.
func (r *Repository) environment(author string) []string {
	date := started.Add(time.Duration(r.commits-1) * time.Hour).Format(time.RFC3339)
	return []string{
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_AUTHOR_NAME=" + author, "GIT_AUTHOR_EMAIL=" + author + "@shop.example", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + author, "GIT_COMMITTER_EMAIL=" + author + "@shop.example", "GIT_COMMITTER_DATE=" + date,
	}
}
