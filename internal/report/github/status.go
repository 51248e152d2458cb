package github

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	api "github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// StatusPermissions are the lines that a workflow needs for commit statuses.
const StatusPermissions = "permissions:\n  contents: read\n  statuses: write"

// Status is a commit status: what branch protection looks at, by its context.
type Status struct {
	// Context names it; GitHub does not tell capitals from small letters there.
	Context string
	// State is pending, success, failure or error.
	State string
	// Description is one line; URL is where its details are, empty for nowhere.
	Description, URL string
}

// SetStatus puts a status onto a commit; the newest of a context is the one that counts. The
// description becomes one line of at most 140 characters. GitHub takes 1,000 statuses of one
// context on one commit. For a commit that it does not know the error is [ErrNoCommit]. It needs
// the permission statuses: write; without it the error is [ErrNotPermitted].
func (c *Client) SetStatus(ctx context.Context, sha string, s Status) error {
	if err := checkSHA(sha, "A status is put onto a commit by its hexadecimal id."); err != nil {
		return err
	}
	said := brief(s.Description)
	status := &api.RepoStatus{State: &s.State, Context: &s.Context, Description: &said}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := c.api.Repositories.CreateStatus(ctx, c.owner, c.repo, sha, status)
	return explainWith(StatusPermissions, "setting the status "+s.Context, err)
}

// StatusOf gives the newest status of a context on a commit; false where there is none. Whoever
// has the permission statuses: write may have set it: what it says is to be trusted for a signature
// of ours only. It needs the permission statuses: read, or statuses: write.
func (c *Client) StatusOf(ctx context.Context, sha, context string) (Status, bool, error) {
	if err := checkSHA(sha, "The statuses of a commit are read by its hexadecimal id."); err != nil {
		return Status{}, false, err
	}
	all := pages(func(page api.ListOptions) ([]*api.RepoStatus, *api.Response, error) {
		return c.api.Repositories.ListStatuses(ctx, c.owner, c.repo, sha, &page)
	})
	for s, err := range all {
		if err != nil {
			return Status{}, false, explainWith(StatusPermissions, "reading the statuses of commit "+sha, err)
		}
		// GitHub documents that the newest comes first.
		if strings.EqualFold(s.GetContext(), context) {
			return Status{Context: s.GetContext(), State: s.GetState(), Description: s.GetDescription(), URL: s.GetTargetURL()}, true, nil
		}
	}
	return Status{}, false, nil
}

// checkSHA refuses what is no commit's id; why tells what the id is for.
func checkSHA(sha, why string) error {
	if commitSHA.MatchString(sha) {
		return nil
	}
	return fault.Usage(fmt.Sprintf("%q is no commit id", sha), why, "Give the id as `git rev-parse HEAD` prints it.")
}

// maxDescription is the most characters of a deployment status's description, as GitHub documents
// it, and of a commit status's, as its answer to a longer one says.
const maxDescription = 140

// brief makes a description of a text: one line of characters that GitHub takes and that show
// themselves, cut with an ellipsis. GitHub answers 422 "description doesn't accept 4-byte Unicode"
// to emoji and the like.
func brief(text string) string {
	line := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
			return -1 // among them those that turn the direction of writing around
		case utf8.RuneLen(r) > 3:
			return utf8.RuneError
		}
		return r // a byte that is no UTF-8 comes as U+FFFD
	}, text)
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) <= maxDescription {
		return line
	}
	return strings.TrimRight(string([]rune(line)[:maxDescription-1]), " ") + "…"
}
