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

// notPlanned is GitHub's reason of an issue that somebody closed because nothing will be done.
const notPlanned = "not_planned"

// UpsertIssue makes the one issue for a marker say title and body, and returns its address: it is
// opened where there is none, opened again where it was closed, and left alone where it says
// so already. One that somebody closed as not planned stays closed for as long as there is
// nothing new to say. Ours is an issue with [DriftLabel] that begins with the marker and was
// written by our own author.
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
	same := own.GetTitle() == title && sameText(own.GetBody(), text)
	if same && (own.GetState() == "open" || own.GetStateReason() == notPlanned) {
		return own.GetHTMLURL(), nil
	}
	open := "open"
	edited, _, err := c.api.Issues.Edit(ctx, c.owner, c.repo, own.GetNumber(), &api.IssueRequest{Title: &title, Body: &text, State: &open})
	return edited.GetHTMLURL(), explainIssue(fmt.Sprintf("updating issue %d", own.GetNumber()), err)
}

// OpenIssue gives what the open issue for a marker says, "" where none is open.
func (c *Client) OpenIssue(ctx context.Context, m Marker) (string, error) {
	own, err := c.openIssue(ctx, m)
	if own == nil {
		return "", err
	}
	_, body, _ := strings.Cut(unixLines(own.GetBody()), "\n")
	return body, nil
}

// CloseIssue closes the open issue for a marker with a last comment, and returns its address; ""
// where there is none.
func (c *Client) CloseIssue(ctx context.Context, m Marker, comment string) (string, error) {
	own, err := c.openIssue(ctx, m)
	if own == nil {
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

// openIssue finds our issue for a marker if it is open; nil where it is not.
func (c *Client) openIssue(ctx context.Context, m Marker) (*api.Issue, error) {
	line, err := m.line()
	if err != nil {
		return nil, err
	}
	own, err := c.ownIssue(ctx, line)
	if err != nil || own.GetState() != "open" {
		return nil, err
	}
	return own, nil
}

// ownIssue finds our issue with a marker, open or closed: the newest, if runs at the same time
// made several.
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
		if first == line && !issue.IsPullRequest() && c.wrote(issue.GetUser(), author) {
			return issue, nil
		}
	}
	return nil, nil
}

// wrote tells that an issue is ours. With the token of an app that is not GitHub's own the author
// is a guess (see [Client.Author]), and an issue, other than a comment, could not be taken back
// when the guess was wrong. Then the work of any app counts: people cannot write as one.
func (c *Client) wrote(user *api.User, author string) bool {
	if strings.EqualFold(user.GetLogin(), author) {
		return true
	}
	return !c.given && strings.HasPrefix(c.token.Reveal(), "ghs_") && user.GetType() == "Bot"
}

// explainIssue is explain with the permission that issues need.
func explainIssue(doing string, err error) error {
	return explainWith(IssuePermissions, doing, err)
}
