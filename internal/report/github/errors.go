package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	api "github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// ErrNotPermitted is behind every error that says the token lacks a permission. What was
// to be posted belongs into the job summary then.
var ErrNotPermitted = errors.New("not permitted")

// ErrNoCommit is behind the error for a commit that GitHub does not know.
var ErrNoCommit = errors.New("no such commit")

// Permissions are the lines that a workflow needs for this package's calls, ready to
// paste. Reading a pull request and its comments needs "read" only.
const Permissions = "permissions:\n  contents: read\n  pull-requests: write"

// status is the HTTP status behind an error of the library; 0 if there is none.
func status(err error) int {
	var (
		plain   *api.ErrorResponse
		limit   *api.RateLimitError
		abuse   *api.AbuseRateLimitError
		another *api.TwoFactorAuthError
	)
	var resp *http.Response
	switch {
	case errors.As(err, &plain):
		resp = plain.Response
	case errors.As(err, &limit):
		resp = limit.Response
	case errors.As(err, &abuse):
		resp = abuse.Response
	case errors.As(err, &another):
		resp = another.Response
	}
	if resp == nil {
		return 0
	}
	return resp.StatusCode
}

// Forbidden tells that a call failed because the token lacks a permission, so that a story can leave
// out what is not the point of it: GitHub's 403, unless it is a rate limit, a locked conversation or an
// archived repository; and its 404, which a token gets for a private repository whose statuses,
// deployments or runs it may not see. The latter is also the answer for what does not exist at all.
func Forbidden(err error) bool {
	return errors.Is(err, ErrNotPermitted) || status(err) == http.StatusNotFound
}

// explainWith is explain for a call that needs other permissions; nil stays nil.
func explainWith(permissions, doing string, err error) error {
	if err == nil {
		return nil
	}
	told := explain(doing, err)
	var f *fault.Error
	if !errors.As(told, &f) {
		return told
	}
	with := *f
	with.Do = strings.Replace(f.Do, Permissions, permissions, 1)
	return &with
}

// explain gives an error of the library its words. doing is what was tried, as a gerund.
func explain(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	said := message(err)
	switch code := status(err); {
	case isLimit(err):
		return fault.New(doing, "GitHub's rate limit is used up for longer than we wait.",
			"Run the job again later, or use the token of an app, which has a limit of its own.").Because(err)
	case code == http.StatusUnauthorized:
		return fault.New(doing, "GitHub does not know the token.",
			"Check the input `github-token`; tokens of a workflow end with their job.").Because(err)
	case code == http.StatusForbidden && strings.Contains(said, "not accessible by"):
		return fault.New(doing, "The token lacks a permission.", "Add these lines to the workflow or to the job:\n"+Permissions).
			Because(fmt.Errorf("%w: %w", ErrNotPermitted, err))
	case code == http.StatusForbidden && strings.Contains(said, "locked"):
		return fault.New(doing, "The pull request's conversation is locked.",
			"Unlock it, or read the report in the job summary.").Because(err)
	case code == http.StatusForbidden && strings.Contains(said, "archived"):
		return fault.New(doing, "The repository is archived, nothing can be written to it.", "Read the report in the job summary.").Because(err)
	case code == http.StatusForbidden:
		return fault.New(doing, "GitHub refuses it for this token: missing permission, single sign-on, or an organisation's policy.",
			"Add these lines to the workflow or to the job; for a personal token, authorise it for the organisation:\n"+Permissions).
			Because(fmt.Errorf("%w: %w", ErrNotPermitted, err))
	default:
		return explainRest(doing, code, said, err)
	}
}

// explainRest has the words for failures that are not about rights.
func explainRest(doing string, code int, said string, err error) error {
	switch {
	case code == http.StatusNotFound || code == http.StatusGone:
		return fault.New(doing, "There is no such repository or pull request, or the token may not see it.",
			"Check the repository's name and the number; the token of a private repository needs:\n"+Permissions).Because(err)
	case code == http.StatusUnprocessableEntity && strings.Contains(said, "too long"):
		return fault.New(doing, "The comment is longer than GitHub takes (65,536 characters).",
			"Read the whole report in the job summary; if this happens again, please report it as a defect.").Because(err)
	case code == http.StatusUnprocessableEntity && strings.Contains(said, "no commit found"):
		return fault.New(doing, "The repository has no such commit.", "Push it, or correct the input `commit`.").
			Because(fmt.Errorf("%w: %w", ErrNoCommit, err))
	case code == http.StatusUnprocessableEntity:
		return fault.New(doing, "GitHub understood the request and does not accept it.", "See its words above.").Because(err)
	case code >= http.StatusInternalServerError:
		return fault.New(doing, "GitHub has a failure of its own.", "See https://www.githubstatus.com and run the job again.").Because(err)
	case code == 0:
		return fault.New(doing, "GitHub's API did not answer in a way we understand.",
			"Check GITHUB_API_URL, the network and the proxy, and run the job again.").Because(err)
	}
	return fault.New(doing, "GitHub answered in a way that we have no words for.", "Run the job again; see its answer above.").Because(err)
}

// isLimit tells rate limits; the library knows only those that come as 403.
func isLimit(err error) bool {
	var limit *api.RateLimitError
	var abuse *api.AbuseRateLimitError
	return errors.As(err, &limit) || errors.As(err, &abuse) || status(err) == http.StatusTooManyRequests ||
		status(err) == http.StatusForbidden && strings.Contains(message(err), "rate limit")
}

// message is all that GitHub said, in small letters.
func message(err error) string {
	var answer *api.ErrorResponse
	if !errors.As(err, &answer) {
		return ""
	}
	said := []string{answer.Message}
	for _, detail := range answer.Errors {
		said = append(said, detail.Message, detail.Code)
	}
	return strings.ToLower(strings.Join(said, " "))
}
