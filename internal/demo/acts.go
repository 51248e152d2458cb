package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
)

// The numbers of the pull requests, in the order in which they are opened.
const (
	clean = 1 + iota
	forgotten
	failing
)

func (t *theatre) openPullRequest(ctx context.Context) error {
	t.title("A pull request is opened: coupons, and orders that say when they arrived")
	if err := t.open(ctx, "clean"); err != nil {
		return err
	}
	if err := t.expect(t.run(ctx, event{name: "pull_request", action: "opened", number: clean})); err != nil {
		return err
	}
	return t.showComment(clean)
}

func (t *theatre) pushAgain(ctx context.Context) error {
	t.title("A second push: the branch is reset to production, the comment updated")
	commit, err := t.code.Push(ctx, "clean-2")
	if err != nil {
		return err
	}
	if err := t.github.Push(clean, commit.SHA); err != nil {
		return err
	}
	if err := t.expect(t.run(ctx, event{name: "pull_request", action: "synchronize", number: clean})); err != nil {
		return err
	}
	if n := len(t.github.Comments(clean)); n != 1 {
		return fmt.Errorf("the pull request has %d comments, where one should have been updated", n)
	}
	return t.showComment(clean)
}

// showTheBadOnes opens two pull requests that must not be merged, and takes it for a failure
// if either is let through.
func (t *theatre) showTheBadOnes(ctx context.Context) error {
	bad := []struct{ name, title string }{
		{"forgotten-revision", "A pull request that forgot its revision"},
		{"fails-on-real-rows", "A pull request whose migration fails on production's rows"},
	}
	for i, pr := range bad {
		t.title(pr.title)
		if err := t.open(ctx, pr.name); err != nil {
			return err
		}
		status, err := t.run(ctx, event{name: "pull_request", action: "opened", number: forgotten + i})
		if err != nil {
			return err
		}
		if status != statusBlocked {
			return fmt.Errorf("%s ended with status %d; it should have been blocked", pr.name, status)
		}
		t.say("blocked, as it should be (exit status %d)", status)
		if err := t.showComment(forgotten + i); err != nil {
			return err
		}
	}
	return nil
}

func (t *theatre) open(ctx context.Context, name string) error {
	if err := t.code.Use(ctx, sample.Main); err != nil {
		return err
	}
	base, err := t.code.Head(ctx, sample.Main)
	if err != nil {
		return err
	}
	commit, err := t.code.Push(ctx, name)
	if err != nil {
		return err
	}
	pr, err := sample.Project{Files: t.Samples, Name: sample.Shop}.PullRequest(name)
	if err != nil {
		return err
	}
	_, err = t.github.OpenPullRequest(githublocal.PullRequest{
		Title: pr.Title, Body: pr.Body, Author: pr.Author,
		Head: pr.Branch(), HeadSHA: commit.SHA, BaseSHA: base.SHA, Message: pr.Commit,
	})
	return err
}

func (t *theatre) merge(ctx context.Context) error {
	t.title("The first pull request is merged: production is upgraded, the branch goes, a restore point stays")
	commit, err := t.code.Merge(ctx, "clean", "Merge pull request #1 from acme/clean")
	if err != nil {
		return err
	}
	if _, err := t.github.MergeAs(clean, githublocal.Merge{SHA: commit.SHA, By: "shop-bot"}); err != nil {
		return err
	}
	if err := t.expect(t.run(ctx, event{name: "pull_request", action: "closed", number: clean})); err != nil {
		return err
	}
	return t.showBranches(ctx)
}

func (t *theatre) closeTheRest(ctx context.Context) error {
	t.title("The two others are closed unmerged: their branches go")
	for _, number := range []int{forgotten, failing} {
		if err := t.github.CloseUnmerged(number); err != nil {
			return err
		}
		if err := t.expect(t.run(ctx, event{name: "pull_request", action: "closed", number: number})); err != nil {
			return err
		}
	}
	return t.showBranches(ctx)
}

func (t *theatre) showBranches(ctx context.Context) error {
	var names []string
	for b, err := range t.api.Branches(ctx, project, "") {
		if err != nil {
			return err
		}
		name := b.Name
		if b.ExpiresAt != nil {
			name += " until " + b.ExpiresAt.Format(time.DateOnly)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	t.say("branches of the Neon project now: %s", strings.Join(names, ", "))
	return nil
}

// showComment prints the newest comment as its author sees it when editing it.
func (t *theatre) showComment(number int) error {
	comments := t.github.Comments(number)
	if len(comments) == 0 {
		return fmt.Errorf("pull request %d has no comment", number)
	}
	t.say("the comment on %s/%s/%s/pull/%d:", t.github.URL(), owner, repo, number)
	for line := range strings.Lines(comments[len(comments)-1].Body) {
		fmt.Fprintf(t.Out, "   │ %s", line)
	}
	fmt.Fprintln(t.Out)
	return nil
}

// bow writes the pages and says where they are.
func (t *theatre) bow(context.Context) error {
	t.title("That was the whole story")
	if err := os.MkdirAll(t.Output, 0o755); err != nil {
		return fmt.Errorf("making the directory for the pages: %w", err)
	}
	for _, number := range []int{clean, forgotten, failing} {
		page, err := t.github.RenderHTML(number)
		if err != nil {
			return err
		}
		path := filepath.Join(t.Output, fmt.Sprintf("pull-request-%d.html", number))
		if err := os.WriteFile(path, page, 0o644); err != nil {
			return fmt.Errorf("writing a page: %w", err)
		}
		t.say("open in a browser: %s", path)
	}
	t.say("took %.0f s", t.Now().Sub(t.began).Seconds())
	return nil
}
