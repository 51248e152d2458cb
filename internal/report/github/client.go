// Package github posts reports to pull requests and answers the few questions about
// pull requests that the stories ask.
//
// It knows nothing of what a report says: bodies come ready. Requests go through one
// round tripper that waits out rate limits (see retry.go); every failure that GitHub is
// known to produce comes back as a fault with advice (see errors.go). The token is set on
// requests to the API's own host only, and is in no error and no log line.
package github

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	api "github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	// publicAPI is used when no base URL is given.
	publicAPI = "https://api.github.com"
	// defaultBudget is how long one request may wait for rate limits in all.
	defaultBudget = 2 * time.Minute
	// answerTime bounds the wait for the headers of one answer.
	answerTime = 30 * time.Second
	// pageSize is the most that GitHub gives in one page.
	pageSize = 100
)

// Config is what a client needs. Token, Owner and Repo are required.
type Config struct {
	// BaseURL is the API's address as GITHUB_API_URL has it, also of an enterprise server
	// (https://HOST/api/v3). Empty means https://api.github.com.
	BaseURL string
	Token   secret.Text
	// Owner and Repo name the repository, as in GITHUB_REPOSITORY.
	Owner, Repo string
	// Author is the login that the token writes as. Empty means: find out. That costs one
	// request for personal tokens and none for GITHUB_TOKEN; with the token of another
	// GitHub App, give "SLUG[bot]", or each run makes a comment before it finds the old one.
	Author string
	// HTTP carries the requests; nil means a transport of our own.
	HTTP      http.RoundTripper
	UserAgent string
	// Budget is the longest wait for rate limits in one request; 0 means two minutes.
	Budget time.Duration
	// Logger is told of waits; nil means nobody.
	Logger *slog.Logger
	// Now and Sleep are the clock; nil means the real one. Sleep returns early with the
	// context's error.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Client speaks to one repository. It is safe for concurrent use.
type Client struct {
	api         *api.Client
	owner, repo string
	logger      *slog.Logger

	mu     sync.Mutex
	author string      // guarded by mu; "" until it is known
	given  bool        // the author comes from the configuration
	token  secret.Text // to tell kinds of tokens apart, nothing else
}

// repositoryPart is what GitHub allows in the names of owners and repositories. The
// library puts them into paths unescaped.
var repositoryPart = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// New checks the configuration and makes a client; it sends nothing.
func New(c Config) (*Client, error) {
	base, err := baseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	logger := c.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	client := api.NewClient(&http.Client{Transport: newPatient(c, base.Host, logger)})
	client.BaseURL = base
	if c.UserAgent != "" {
		client.UserAgent = c.UserAgent
	}
	return &Client{
		api: client, owner: c.Owner, repo: c.Repo, logger: logger,
		author: c.Author, given: c.Author != "", token: c.Token,
	}, nil
}

func (c Config) check() error {
	switch {
	case c.Token == "":
		return fault.Usage("no GitHub token", "Comments and questions about pull requests need one.",
			"Pass `github-token: ${{ github.token }}`, or set GITHUB_TOKEN.")
	case strings.ContainsFunc(c.Token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return fault.Usage("the GitHub token has characters that no token has",
			"Blanks and line breaks often come along when a secret is pasted.", "Store the secret again, without a line break at its end.")
	case !repositoryPart.MatchString(c.Owner) || !repositoryPart.MatchString(c.Repo):
		return fault.Usage("the repository is not OWNER/NAME", "GitHub's API is asked by owner and name.",
			"Set GITHUB_REPOSITORY as the runner does, for example acme/shop.")
	}
	return nil
}

// baseURL reads the API's address; the library wants a slash at its end.
func baseURL(raw string) (*url.URL, error) {
	if raw == "" {
		raw = publicAPI
	}
	u, err := url.Parse(strings.TrimRight(raw, "/") + "/")
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil {
		return nil, fault.Usage("the address of GitHub's API is not an http or https address",
			"It is taken from GITHUB_API_URL.", "Set it to https://api.github.com, or to https://HOST/api/v3 of your enterprise server.")
	}
	return u, nil
}

// Author gives the login that our comments carry. With the token of an app it is a
// guess until the first comment was made: such tokens may not ask GET /user.
func (c *Client) Author(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.author != "" {
		return c.author, nil
	}
	// Tokens that begin with ghs_ belong to an app's installation, GITHUB_TOKEN among them.
	if strings.HasPrefix(c.token.Reveal(), "ghs_") {
		c.author = actionsBot
		return c.author, nil
	}
	user, _, err := c.api.Users.Get(ctx, "")
	switch {
	case err == nil && user.GetLogin() != "":
		c.author = user.GetLogin()
	case err == nil || status(err) == http.StatusForbidden || status(err) == http.StatusNotFound:
		c.author = actionsBot
	default:
		return "", explain("asking GitHub who the token belongs to", err)
	}
	return c.author, nil
}

// actionsBot is the author of everything that is done with a workflow's GITHUB_TOKEN.
const actionsBot = "github-actions[bot]"

// learn keeps the author that GitHub put on a comment of ours: that is certain.
func (c *Client) learn(login string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if login != "" && !c.given {
		c.author = login
	}
}
