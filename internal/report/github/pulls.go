package github

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"time"

	api "github.com/google/go-github/v60/github"
)

// PullRequest is what the stories want to know of a pull request.
type PullRequest struct {
	Number int
	URL    string
	Title  string
	// State is open or closed; Merged tells how it was closed.
	State    string
	Merged   bool
	MergedAt time.Time
	Draft    bool
	// MergeCommitSHA is the commit on the base branch once merged; before that, it is a
	// trial merge of GitHub's own.
	MergeCommitSHA   string
	HeadSHA, HeadRef string
	BaseSHA, BaseRef string
	// FromFork tells that the head is in another repository, or in one that is gone:
	// workflows of such a pull request get no secrets.
	FromFork bool
	Author   string
}

// PullRequest asks for one pull request.
func (c *Client) PullRequest(ctx context.Context, number int) (PullRequest, error) {
	pr, _, err := c.api.PullRequests.Get(ctx, c.owner, c.repo, number)
	if err != nil {
		return PullRequest{}, explain(fmt.Sprintf("reading pull request %d", number), err)
	}
	return pullRequest(pr), nil
}

// commitSHA is a full or shortened commit id; the library puts it into the path as it is.
var commitSHA = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)

// PullRequestsForCommit gives the pull requests that a commit belongs to: those that it
// merged, and open ones that contain it. All pages; none is no error.
func (c *Client) PullRequestsForCommit(ctx context.Context, sha string) ([]PullRequest, error) {
	if err := checkSHA(sha, "Pull requests are looked up by the commit's hexadecimal id."); err != nil {
		return nil, err
	}
	var found []PullRequest
	all := pages(func(page api.ListOptions) ([]*api.PullRequest, *api.Response, error) {
		return c.api.PullRequests.ListPullRequestsWithCommit(ctx, c.owner, c.repo, sha, &page)
	})
	for pr, err := range all {
		if err != nil {
			return nil, explain("looking up the pull requests of commit "+sha, err)
		}
		found = append(found, pullRequest(pr))
	}
	return found, nil
}

// PullRequestOfFile gives the merged pull request that brought a file onto the default branch;
// false where it came without one. path is relative to the repository's root. It needs the permission
// contents: read.
func (c *Client) PullRequestOfFile(ctx context.Context, path string) (PullRequest, bool, error) {
	commits, _, err := c.api.Repositories.ListCommits(ctx, c.owner, c.repo, &api.CommitsListOptions{
		Path: path, ListOptions: api.ListOptions{PerPage: pageSize},
	})
	if err != nil {
		return PullRequest{}, false, explain("looking up the commits of "+path, err)
	}
	if len(commits) == 0 {
		return PullRequest{}, false, nil
	}
	first := commits[len(commits)-1].GetSHA() // the newest comes first, and the one that adds the file last
	found, err := c.PullRequestsForCommit(ctx, first)
	for _, pr := range found {
		if pr.Merged {
			return pr, true, nil
		}
	}
	return PullRequest{}, false, err
}

// ChangedFile is what a pull request does to a file.
type ChangedFile struct {
	// Path is relative to the repository's root; Was is the former one of a renamed file.
	Path, Was string
	// Status is GitHub's word: added, modified, removed, renamed, copied, changed or unchanged.
	Status string
}

// ChangedFiles gives the files that a pull request touches; GitHub lists 3,000 at most.
func (c *Client) ChangedFiles(ctx context.Context, number int) ([]ChangedFile, error) {
	all := pages(func(page api.ListOptions) ([]*api.CommitFile, *api.Response, error) {
		return c.api.PullRequests.ListFiles(ctx, c.owner, c.repo, number, &page)
	})
	var found []ChangedFile
	for f, err := range all {
		if err != nil {
			return nil, explain(fmt.Sprintf("listing the files of pull request %d", number), err)
		}
		found = append(found, ChangedFile{Path: f.GetFilename(), Was: f.GetPreviousFilename(), Status: f.GetStatus()})
	}
	return found, nil
}

// PullRequests gives all pull requests in a state (open, closed or all), oldest first,
// so that one that is opened meanwhile moves nobody to another page. The sequence ends
// after its first error.
func (c *Client) PullRequests(ctx context.Context, state string) iter.Seq2[PullRequest, error] {
	all := pages(func(page api.ListOptions) ([]*api.PullRequest, *api.Response, error) {
		return c.api.PullRequests.List(ctx, c.owner, c.repo, &api.PullRequestListOptions{
			State: state, Sort: "created", Direction: "asc", ListOptions: page,
		})
	})
	return func(yield func(PullRequest, error) bool) {
		for pr, err := range all {
			if err != nil {
				yield(PullRequest{}, explain("listing pull requests", err))
				return
			}
			if !yield(pullRequest(pr), nil) {
				return
			}
		}
	}
}

// pages walks a list to its last page. The library has iterators only in later versions.
func pages[T any](list func(api.ListOptions) ([]T, *api.Response, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		options := api.ListOptions{Page: 1, PerPage: pageSize}
		for options.Page != 0 {
			items, response, err := list(options)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			options.Page = response.NextPage
		}
	}
}

func pullRequest(pr *api.PullRequest) PullRequest {
	head, base := pr.GetHead(), pr.GetBase()
	return PullRequest{
		Number: pr.GetNumber(), URL: pr.GetHTMLURL(), Title: pr.GetTitle(),
		State: pr.GetState(),
		// Lists do not have the field "merged".
		Merged: pr.GetMerged() || pr.MergedAt != nil, MergedAt: pr.GetMergedAt().Time,
		Draft: pr.GetDraft(), MergeCommitSHA: pr.GetMergeCommitSHA(),
		HeadSHA: head.GetSHA(), HeadRef: head.GetRef(), BaseSHA: base.GetSHA(), BaseRef: base.GetRef(),
		FromFork: head.GetRepo().GetFullName() != base.GetRepo().GetFullName(),
		Author:   pr.GetUser().GetLogin(),
	}
}
