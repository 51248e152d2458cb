package github

import (
	"context"
	"fmt"
	"strings"

	api "github.com/google/go-github/v60/github"
)

// DriftLabel is on every issue that [Client.UpsertIssue] opens; it is how the issue is found
// again. GitHub makes a label that is not there yet.
const DriftLabel = "schema-drift"

// IssuePermissions are the lines that a workflow needs for issues.
const IssuePermissions = "permissions:\n  contents: read\n  issues: write"

// UpsertIssue makes the one issue for a marker say title and body, and returns its address: it is
// opened where there is none, opened again where it was closed, and left alone
// where it says so already. Ours is an issue with [DriftLabel] that begins with the marker
// and was written by our own author.
func (c *Client) UpsertIssue(ctx context.Context, m Marker, title, body string) (string, error) {
	line, err := m.line()
	if err != nil {
		return "", err
	}
	own, err := c.ownIssue(ctx, line)
	if err != nil {
		return "", err
	}
	text := line + "\n" + body
	if own == nil {
		labels := []string{DriftLabel}
		made, _, err := c.api.Issues.Create(ctx, c.owner, c.repo, &api.IssueRequest{Title: &title, Body: &text, Labels: &labels})
		return made.GetHTMLURL(), explainIssue("opening an issue", err)
	}
	if own.GetState() == "open" && own.GetTitle() == title && sameText(own.GetBody(), text) {
		return own.GetHTMLURL(), nil
	}
	open := "open"
	edited, _, err := c.api.Issues.Edit(ctx, c.owner, c.repo, own.GetNumber(), &api.IssueRequest{Title: &title, Body: &text, State: &open})
	return edited.GetHTMLURL(), explainIssue(fmt.Sprintf("updating issue %d", own.GetNumber()), err)
}

// CloseIssue closes the open issue for a marker with a last comment, and returns its address; ""
// where there is none.
func (c *Client) CloseIssue(ctx context.Context, m Marker, comment string) (string, error) {
	line, err := m.line()
	if err != nil {
		return "", err
	}
	own, err := c.ownIssue(ctx, line)
	if err != nil || own == nil || own.GetState() != "open" {
		return "", err
	}
	number := own.GetNumber()
	if _, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.repo, number, &api.IssueComment{Body: &comment}); err != nil {
		return "", explainIssue(fmt.Sprintf("commenting on issue %d", number), err)
	}
	closed, reason := "closed", "completed"
	_, _, err = c.api.Issues.Edit(ctx, c.owner, c.repo, number, &api.IssueRequest{State: &closed, StateReason: &reason})
	return own.GetHTMLURL(), explainIssue(fmt.Sprintf("closing issue %d", number), err)
}

// ownIssue finds our issue with a marker, open or closed: the newest, if somebody copied it.
func (c *Client) ownIssue(ctx context.Context, line string) (*api.Issue, error) {
	author, err := c.Author(ctx)
	if err != nil {
		return nil, err
	}
	all := pages(func(page api.ListOptions) ([]*api.Issue, *api.Response, error) {
		return c.api.Issues.ListByRepo(ctx, c.owner, c.repo, &api.IssueListByRepoOptions{
			State: "all", Labels: []string{DriftLabel}, Sort: "created", Direction: "desc", ListOptions: page,
		})
	})
	for issue, err := range all {
		if err != nil {
			return nil, explainIssue("listing issues", err)
		}
		first, _, _ := strings.Cut(unixLines(issue.GetBody()), "\n")
		if first == line && !issue.IsPullRequest() && strings.EqualFold(issue.GetUser().GetLogin(), author) {
			return issue, nil
		}
	}
	return nil, nil
}

// explainIssue is explain with the permission that issues need.
func explainIssue(doing string, err error) error {
	if err == nil {
		return nil
	}
	return withPermissions(explain(doing, err), IssuePermissions)
}
