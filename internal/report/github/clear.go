package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// LabelledBy tells who set a label that stands on a pull request, open or merged, and when; false where
// it does not count: it is not there, its newest setting is not later than after, or who set it is a
// bot, has no write access now, or is not told by GitHub. GitHub's times are whole seconds: a label set
// within after's own second does not count. So a label that stood already must be taken away and set
// again.
//
// It needs the permission pull-requests: read.
func (c *Client) LabelledBy(ctx context.Context, number int, label string, after time.Time) (by string, at time.Time, found bool, err error) {
	s, err := c.standing(ctx, number, label)
	if s == nil || !s.At.After(after) {
		return "", time.Time{}, false, err
	}
	why, err := c.setterObjection(ctx, s)
	if err != nil || why != "" {
		return "", time.Time{}, false, err
	}
	return s.By, s.At, true, nil
}

// RemoveLabel takes a label from a pull request; one that is not there is no error. It needs the
// permission pull-requests: write.
func (c *Client) RemoveLabel(ctx context.Context, number int, label string) error {
	// The library puts the name into the path as it is.
	_, err := c.api.Issues.RemoveLabelForIssue(ctx, c.owner, c.repo, number, url.PathEscape(label))
	if err == nil || status(err) == http.StatusNotFound && strings.Contains(message(err), "label does not exist") {
		return nil
	}
	return explain(fmt.Sprintf("taking a label from pull request %d", number), err)
}
