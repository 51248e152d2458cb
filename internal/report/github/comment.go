package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	api "github.com/google/go-github/v60/github"
)

// Marker names one comment of ours on a pull request. There is at most one comment for
// each marker.
type Marker struct {
	// ID tells what the comment is, such as "report".
	ID string `json:"id"`
	// Project is the Neon project, Key tells several reports of one project apart.
	Project string `json:"project,omitempty"`
	Key     string `json:"key,omitempty"`
}

// line is the hidden first line of the comment. JSON writes < and > as \u003c and \u003e,
// so nothing in a marker can end the HTML comment. Text of a report cannot pose as a
// marker either: only the first line counts, and that one is always ours.
func (m Marker) line() (string, error) { return hiddenLine(m) }

// What stands around the JSON of a marker.
const (
	markerStart = "<!-- neon-migrations: "
	markerEnd   = " -->"
)

func hiddenLine(marker any) (string, error) {
	encoded, err := json.Marshal(marker)
	if err != nil {
		return "", fmt.Errorf("encoding the comment's marker: %w", err)
	}
	return markerStart + string(encoded) + markerEnd, nil
}

// UpsertComment makes the pull request's comment for a marker say body, and returns the
// comment's address. A comment of ours that says so already costs no write. Ours is a
// comment that begins with the marker and was written by our own author, on whichever
// page of the list it is. When there are several, from runs that once overtook each
// other, the oldest one stays and the others are removed.
//
// A failure to remove a duplicate is returned together with the address. Without the
// permission to write, the error is [ErrNotPermitted] and a fault that has the lines for
// the workflow.
func (c *Client) UpsertComment(ctx context.Context, number int, m Marker, body string) (string, error) {
	line, own, err := c.marked(ctx, number, m)
	if err != nil {
		return "", err
	}
	text := line + "\n" + body
	if len(own) > 0 {
		url, err := c.settle(ctx, own, text)
		if status(err) != http.StatusNotFound {
			return url, err
		}
		// Somebody removed it a moment ago.
	}
	return c.create(ctx, number, line, text)
}

// OwnComment gives what our comment for a marker says now, "" where there is none.
func (c *Client) OwnComment(ctx context.Context, number int, m Marker) (string, error) {
	_, own, err := c.marked(ctx, number, m)
	if err != nil || len(own) == 0 {
		return "", err
	}
	_, body, _ := strings.Cut(unixLines(own[0].GetBody()), "\n")
	return body, nil
}

// marked finds our comments for a marker, oldest first, and gives the marker's line.
func (c *Client) marked(ctx context.Context, number int, m Marker) (line string, own []*api.IssueComment, err error) {
	if line, err = m.line(); err != nil {
		return "", nil, err
	}
	author, err := c.Author(ctx)
	if err != nil {
		return "", nil, err
	}
	own, err = c.ownComments(ctx, number, line, author)
	return line, own, err
}

// create makes the comment and looks again: another run may have made one at the same
// time, or the author was a wrong guess and older comments of ours show up now.
func (c *Client) create(ctx context.Context, number int, line, text string) (string, error) {
	made, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.repo, number, &api.IssueComment{Body: &text})
	if err != nil {
		return "", explain(fmt.Sprintf("commenting on pull request %d", number), err)
	}
	author := made.GetUser().GetLogin()
	c.learn(author)
	own, err := c.ownComments(ctx, number, line, author)
	if err != nil {
		return made.GetHTMLURL(), err
	}
	// The list may lag behind what was just written.
	if !slices.ContainsFunc(own, func(o *api.IssueComment) bool { return o.GetID() == made.GetID() }) {
		own = append(own, made)
	}
	return c.settle(ctx, own, text)
}

// settle keeps the first of our comments, with the text, and removes the others.
func (c *Client) settle(ctx context.Context, own []*api.IssueComment, text string) (string, error) {
	keep := own[0]
	if !sameText(keep.GetBody(), text) {
		edited, _, err := c.api.Issues.EditComment(ctx, c.owner, c.repo, keep.GetID(), &api.IssueComment{Body: &text})
		if err != nil {
			return "", explain("updating our comment", err)
		}
		keep = edited
	}
	var failed error
	for _, other := range own[1:] {
		_, err := c.api.Issues.DeleteComment(ctx, c.owner, c.repo, other.GetID())
		if err != nil && status(err) != http.StatusNotFound {
			failed = errors.Join(failed, explain("removing a duplicate of our comment", err))
		}
	}
	return keep.GetHTMLURL(), failed
}

// ownComments finds our comments with a marker on a pull request, oldest first.
func (c *Client) ownComments(ctx context.Context, number int, line, author string) ([]*api.IssueComment, error) {
	var own []*api.IssueComment
	all := pages(func(page api.ListOptions) ([]*api.IssueComment, *api.Response, error) {
		return c.api.Issues.ListComments(ctx, c.owner, c.repo, number, &api.IssueListCommentsOptions{ListOptions: page})
	})
	for comment, err := range all {
		if err != nil {
			return nil, explain(fmt.Sprintf("listing the comments of pull request %d", number), err)
		}
		first, _, _ := strings.Cut(unixLines(comment.GetBody()), "\n")
		if first == line && strings.EqualFold(comment.GetUser().GetLogin(), author) {
			own = append(own, comment)
		}
	}
	slices.SortFunc(own, func(a, b *api.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return own, nil
}

// sameText compares bodies as GitHub keeps them: it may change line ends and trim.
func sameText(a, b string) bool {
	return strings.TrimSpace(unixLines(a)) == strings.TrimSpace(unixLines(b))
}

func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
