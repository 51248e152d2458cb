package githublocal_test

import (
	"context"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// A pull request lives its life; the client sees each step.
func TestLifeOfAPullRequest(t *testing.T) {
	ctx := context.Background()
	s := serve(t, githublocal.Config{})
	gh := client(t, s, "ghs_local", nil)
	base := s.Head("main")
	n := open(t, s, example())

	before, _, err := gh.PullRequests.Get(ctx, "acme", "shop", n)
	if err != nil {
		t.Fatal(err)
	}
	if before.GetMerged() || before.GetState() != "open" || before.GetBase().GetSHA() != base || before.GetHead().GetRef() != "loyalty" {
		t.Errorf("opened: merged %v, state %q, base %q, head %q", before.GetMerged(), before.GetState(), before.GetBase().GetSHA(), before.GetHead().GetRef())
	}
	if err := s.Push(n, "c0ffee0000000000000000000000000000000000"); err != nil {
		t.Fatal(err)
	}
	pushed, _, err := gh.PullRequests.Get(ctx, "acme", "shop", n)
	if err != nil {
		t.Fatal(err)
	}
	if got := pushed.GetHead().GetSHA(); got != "c0ffee0000000000000000000000000000000000" || pushed.GetCommits() != 2 {
		t.Errorf("pushed: head %q, %d commits", got, pushed.GetCommits())
	}
	sha, err := s.Merge(n, "merge")
	if err != nil {
		t.Fatal(err)
	}
	after, _, err := gh.PullRequests.Get(ctx, "acme", "shop", n)
	if err != nil {
		t.Fatal(err)
	}
	if !after.GetMerged() || after.GetState() != "closed" || after.GetMergeCommitSHA() != sha || s.Head("main") != sha {
		t.Errorf("merged: %v, state %q, commit %q, main %q", after.GetMerged(), after.GetState(), after.GetMergeCommitSHA(), s.Head("main"))
	}
	if err := s.Push(n, ""); err == nil {
		t.Error("a merged pull request took a push")
	}
}

func TestMergeMethodsAreFoundByTheirCommits(t *testing.T) {
	for _, method := range []string{"merge", "squash", "rebase"} {
		t.Run(method, func(t *testing.T) {
			ctx := context.Background()
			s := serve(t, githublocal.Config{})
			gh := client(t, s, "ghs_local", nil)
			other := open(t, s, githublocal.PullRequest{Title: "Other", Head: "other"})
			n := open(t, s, example())
			if err := s.Push(n, ""); err != nil {
				t.Fatal(err)
			}
			sha, err := s.Merge(n, method)
			if err != nil {
				t.Fatal(err)
			}
			found, _, err := gh.PullRequests.ListPullRequestsWithCommit(ctx, "acme", "shop", sha, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 || found[0].GetNumber() != n {
				t.Errorf("found %v for the merge of #%d (beside #%d)", found, n, other)
			}
		})
	}
}

func TestCommentsAreKeptInOrderAndEdited(t *testing.T) {
	ctx := context.Background()
	now := newClock()
	s := serve(t, githublocal.Config{Now: now.now, PageSize: 2})
	gh := client(t, s, "ghs_local", nil)
	n := open(t, s, example())
	for _, body := range []string{"one", "two", "three", "four", "five"} {
		if _, _, err := gh.Issues.CreateComment(ctx, "acme", "shop", n, &github.IssueComment{Body: &body}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	opts := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	pages := 0
	for {
		page, resp, err := gh.Issues.ListComments(ctx, "acme", "shop", n, opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			got = append(got, m.GetBody())
		}
		if pages++; resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	if pages != 3 || len(got) != 5 || got[0] != "one" || got[4] != "five" {
		t.Errorf("%d pages, %v", pages, got)
	}
	third := s.Comments(n)[2]
	now.at = now.at.Add(60e9)
	if _, _, err := gh.Issues.EditComment(ctx, "acme", "shop", third.ID, &github.IssueComment{Body: github.String("THREE")}); err != nil {
		t.Fatal(err)
	}
	if m := s.Comments(n)[2]; m.Body != "THREE" || m.Edits != 1 || !m.UpdatedAt.After(m.CreatedAt) || m.Author != "github-actions[bot]" {
		t.Errorf("edited: %+v", m)
	}
}
