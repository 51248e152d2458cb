package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	api "github.com/google/go-github/v60/github"
)

// Override is a label that lets a blocked pull request pass, and who set it.
type Override struct {
	Label string
	// By set the label At; empty where GitHub does not tell.
	By string
	At time.Time
	// Role is what By may do in the repository: write, maintain or admin, or a role of the
	// organisation's own that includes write.
	Role string
	// Own tells that By wrote the pull request, too.
	Own bool
	// Why is the reason why the label does not count, as a sentence; empty where it does.
	Why string
}

// Override finds whether a pull request may pass although its findings block it: whether it has the
// label now, set by a person with write access after the newest code arrived. With the label and false,
// the override's Why says what it lacks; without the label, the override is empty.
//
// What counts is decided strictly, since whoever gets past it puts code onto production:
//
//   - A label speaks for the code that was there when it was set. A later push must be looked at again,
//     so the label is ignored then, as "dismiss stale approvals" has it; so it is after another base
//     branch was chosen.
//   - "Later" goes by GitHub's own clock. The times in a commit are written by its author, and a push
//     leaves no other in the pull request's timeline; the time of a workflow run is that of the commit's
//     first appearance anywhere, which may be another branch. Hence the repository's activity: when
//     did the head branch come to be at this very commit? Where GitHub does not tell (a fork that the
//     token may not read, an old enterprise server, or an activity that lags behind), the label does not
//     count. Within the same second, it does not either.
//   - Labels may be set by people who may not push (the triage role), and by workflows that run the pull
//     request's code: so the person is asked for, must have write access now, and no bot counts.
//   - The pull request's author counts, with write access, as in GitHub's own bypass lists; see
//     [Override.Own].
//
// It needs contents: read beside pull-requests: read.
func (c *Client) Override(ctx context.Context, number int, label string) (Override, bool, error) {
	s, err := c.standing(ctx, number, label)
	if s == nil {
		return Override{}, false, err
	}
	s.Why, err = c.objection(ctx, s)
	return s.Override, err == nil && s.Why == "", err
}

// standing is a label that a pull request has now, who set it, and when.
type standing struct {
	Override
	pr  *api.PullRequest
	set *api.Timeline // nil where GitHub does not tell
	// changed is when other code last came in by something else than a push.
	changed time.Time
}

// standing finds a label on a pull request, also on a merged one; nil where it is not there.
func (c *Client) standing(ctx context.Context, number int, label string) (*standing, error) {
	pr, _, err := c.api.PullRequests.Get(ctx, c.owner, c.repo, number)
	if err != nil {
		return nil, explain(fmt.Sprintf("reading pull request %d", number), err)
	}
	if !labelled(pr, label) {
		return nil, nil
	}
	set, changed, err := c.labelling(ctx, number, label)
	if err != nil {
		return nil, err
	}
	o := Override{Label: label, By: set.GetActor().GetLogin(), At: set.GetCreatedAt().Time}
	o.Own = strings.EqualFold(o.By, pr.GetUser().GetLogin())
	return &standing{Override: o, pr: pr, set: set, changed: changed}, nil
}

func labelled(pr *api.PullRequest, label string) bool {
	for _, l := range pr.Labels {
		if strings.EqualFold(l.GetName(), label) {
			return true
		}
	}
	return false
}

// labelling finds in a pull request's timeline the event that set the label which is there now, nil if
// there is none, and the last time at which other code came in by something else than a push.
func (c *Client) labelling(ctx context.Context, number int, label string) (set *api.Timeline, changed time.Time, err error) {
	all := pages(func(page api.ListOptions) ([]*api.Timeline, *api.Response, error) {
		return c.api.Issues.ListIssueTimeline(ctx, c.owner, c.repo, number, &page)
	})
	for e, err := range all {
		if err != nil {
			return nil, changed, explain(fmt.Sprintf("reading the timeline of pull request %d", number), err)
		}
		named := strings.EqualFold(e.GetLabel().GetName(), label)
		switch event := e.GetEvent(); {
		case event == "labeled" && named:
			set = e
		case event == "unlabeled" && named:
			set = nil
		case event == "base_ref_changed" || event == "head_ref_force_pushed" || event == "head_ref_restored":
			if at := e.GetCreatedAt().Time; at.After(changed) {
				changed = at
			}
		}
	}
	return set, changed, nil
}

// loginName is what GitHub allows in people's logins, and in those of an enterprise's managed users.
var loginName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// objection is the reason why a label does not let the newest code pass; empty if it does.
func (c *Client) objection(ctx context.Context, s *standing) (string, error) {
	if why, err := c.setterObjection(ctx, s); err != nil || why != "" {
		return why, err
	}
	pushed, known, err := c.pushedAt(ctx, s.pr)
	switch {
	case err != nil:
		return "", err
	case !known:
		return "GitHub does not tell when the newest commit was pushed; set the label again, or give the token `contents: read`.", nil
	case !s.At.After(pushed):
		return "It was set before the newest commit was pushed; look at that, and set it again.", nil
	case !s.At.After(s.changed):
		return "It was set before the pull request's branches changed; look again, and set it again.", nil
	}
	return "", nil
}

// setterObjection is the reason why the word of who set a label does not count; empty if it does. It
// also learns the role.
func (c *Client) setterObjection(ctx context.Context, s *standing) (string, error) {
	switch {
	case s.set == nil:
		return "GitHub does not tell who set it.", nil
	case s.set.GetActor().GetType() == "Bot" || strings.HasSuffix(s.By, "[bot]"):
		return "It was set by a bot, and only a person's word counts.", nil
	case !loginName.MatchString(s.By):
		return "Who set it is no longer on GitHub.", nil
	}
	writes, err := c.mayWrite(ctx, &s.Override)
	if err != nil || !writes {
		return s.By + " has no write access to the repository.", err
	}
	return "", nil
}

// mayWrite asks for the role of who set the label.
func (c *Client) mayWrite(ctx context.Context, o *Override) (bool, error) {
	level, _, err := c.api.Repositories.GetPermissionLevel(ctx, c.owner, c.repo, o.By)
	if status(err) == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, explain("asking what "+o.By+" may do in the repository", err)
	}
	o.Role = level.GetUser().GetRoleName()
	if o.Role == "" {
		o.Role = level.GetPermission()
	}
	// The permission is one of four even where roles have other names: maintain is write.
	return level.GetPermission() == "write" || level.GetPermission() == "admin", nil
}

// movement is one change of a branch, with the server's time.
type movement struct {
	After     string    `json:"after"`
	Timestamp time.Time `json:"timestamp"`
}

// pushedAt gives the time at which the head branch came to be at the pull request's head commit; false
// where GitHub does not tell. Of one that was merged or closed, what happened to the branch later does
// not count.
func (c *Client) pushedAt(ctx context.Context, pr *api.PullRequest) (time.Time, bool, error) {
	owner, name, _ := strings.Cut(pr.GetHead().GetRepo().GetFullName(), "/")
	if !repositoryPart.MatchString(owner) || !repositoryPart.MatchString(name) {
		return time.Time{}, false, nil // the fork is gone
	}
	query := url.Values{"ref": {"refs/heads/" + pr.GetHead().GetRef()}, "per_page": {fmt.Sprint(pageSize)}}
	req, err := c.api.NewRequest(http.MethodGet, "repos/"+owner+"/"+name+"/activity?"+query.Encode(), nil)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("asking when %s was pushed: %w", pr.GetHead().GetRef(), err)
	}
	var newest []movement
	_, err = c.api.Do(ctx, req, &newest)
	if code := status(err); code == http.StatusNotFound || code == http.StatusForbidden && !isLimit(err) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, explain("asking when the pull request's newest commit was pushed", err)
	}
	for _, m := range newest {
		if closed := pr.GetClosedAt().Time; closed.IsZero() || !m.Timestamp.After(closed) {
			return m.Timestamp, strings.EqualFold(m.After, pr.GetHead().GetSHA()), nil
		}
	}
	return time.Time{}, false, nil
}
