package githublocal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// clock is a time that tests move by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, time.November, 22, 14, 2, 0, 0, time.UTC)} }

// serve starts a server that is closed with the test.
func serve(t testing.TB, c githublocal.Config) *githublocal.Server {
	t.Helper()
	s, err := githublocal.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client is go-github as another program would set it up; "" is nobody.
func client(t testing.TB, s *githublocal.Server, token string, transport http.RoundTripper) *github.Client {
	t.Helper()
	c, err := github.NewClient(&http.Client{Transport: transport}).WithEnterpriseURLs(s.APIURL(), s.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		c = c.WithAuthToken(token)
	}
	return c
}

// example is the pull request that most tests look at.
func example() githublocal.PullRequest {
	return githublocal.PullRequest{
		Title: "Add a loyalty table", Body: "Points for **regulars**.", Author: "mona", Head: "loyalty",
		Files: []githublocal.File{{Path: "versions/3f2a_loyalty.py", Status: "added", Patch: "@@ -0,0 +1,3 @@\n+def upgrade():\n+    pass\n+\n"}},
	}
}

func open(t testing.TB, s *githublocal.Server, p githublocal.PullRequest) int {
	t.Helper()
	n, err := s.OpenPullRequest(p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
