package githublocal_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

const comments = "/repos/*/*/issues/*/comments"

func say(gh *github.Client, n int, body string) error {
	_, _, err := gh.Issues.CreateComment(context.Background(), "acme", "shop", n, &github.IssueComment{Body: &body})
	return err
}

func TestRateLimitsAreWhatClientsKnow(t *testing.T) {
	now := newClock()
	resets := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, c := range []struct {
		name  string
		fault githublocal.Fault
		check func(error) bool
	}{
		{"primary", githublocal.PrimaryLimit(403, resets), func(err error) bool {
			var limit *github.RateLimitError
			return errors.As(err, &limit) && limit.Rate.Reset.Time.Equal(resets) && limit.Rate.Remaining == 0
		}},
		{"secondary", githublocal.SecondaryLimit(403, 7*time.Second), func(err error) bool {
			var limit *github.AbuseRateLimitError
			return errors.As(err, &limit) && limit.RetryAfter != nil && *limit.RetryAfter == 7*time.Second
		}},
		{"secondary without a time", githublocal.SecondaryLimit(403, 0), func(err error) bool {
			var limit *github.AbuseRateLimitError
			return errors.As(err, &limit) && limit.RetryAfter == nil
		}},
		{"secondary as 429", githublocal.SecondaryLimit(429, 7*time.Second), func(err error) bool {
			var answer *github.ErrorResponse
			return errors.As(err, &answer) && answer.Response.StatusCode == 429 && answer.Response.Header.Get("Retry-After") == "7"
		}},
		{"server", githublocal.ServerError(502), func(err error) bool {
			var answer *github.ErrorResponse
			return errors.As(err, &answer) && answer.Response.StatusCode == 502
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, githublocal.Config{Now: now.now})
			n := open(t, s, example())
			gh := client(t, s, "ghs_local", nil)
			c.fault.Method, c.fault.Path = "POST", comments
			s.Inject(c.fault)
			if err := say(gh, n, "one"); !c.check(err) {
				t.Errorf("%T: %v", err, err)
			}
			if len(s.Comments(n)) != 0 {
				t.Error("the refused request had an effect")
			}
			// A client remembers a limit; another one sees that the fault struck once.
			if err := say(client(t, s, "ghs_local", nil), n, "two"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheHourIsUsedUpAndBeginsAgain(t *testing.T) {
	now := &clock{time.Now()}
	s := serve(t, githublocal.Config{RateLimit: 3, Now: now.now})
	n := open(t, s, example())
	for i, want := range []bool{true, true, true, false} {
		gh := client(t, s, "ghs_local", nil) // a new one each time: go-github would not ask again
		_, resp, err := gh.PullRequests.Get(context.Background(), "acme", "shop", n)
		var limit *github.RateLimitError
		if want != (err == nil) || !want && !errors.As(err, &limit) {
			t.Fatalf("request %d: %v", i+1, err)
		}
		if want && resp.Rate.Remaining != 2-i {
			t.Errorf("request %d: %d remain", i+1, resp.Rate.Remaining)
		}
	}
	now.at = now.at.Add(61 * time.Minute)
	if err := say(client(t, s, "ghs_local", nil), n, "again"); err != nil {
		t.Error(err)
	}
}

func TestConnectionsAreDroppedBeforeAndAfterTheEffect(t *testing.T) {
	for _, c := range []struct {
		name string
		drop githublocal.Drop
		kept int
	}{{"before", githublocal.BeforeEffect, 0}, {"after", githublocal.AfterEffect, 1}} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, githublocal.Config{})
			n := open(t, s, example())
			s.Inject(githublocal.Fault{Method: "POST", Path: comments, Drop: c.drop})
			gh := client(t, s, "ghs_local", nil)
			var answer *github.ErrorResponse
			if err := say(gh, n, "hello"); err == nil || errors.As(err, &answer) {
				t.Errorf("an answer came: %v", err)
			}
			if got := len(s.Comments(n)); got != c.kept {
				t.Errorf("%d comments instead of %d", got, c.kept)
			}
			last := s.Requests()[len(s.Requests())-1]
			if last.Status != 0 || last.Method != "POST" || last.Header.Get("Authorization") != "***" {
				t.Errorf("the log says %+v", last)
			}
		})
	}
}

func TestFaultsSkipRepeatAndEnd(t *testing.T) {
	s := serve(t, githublocal.Config{})
	open(t, s, example())
	s.Inject(githublocal.Fault{Path: "/repos/*/*/pulls", Skip: 1, Times: 2, Status: 503})
	c := caller{t, s.APIURL(), "ghs_local", http.DefaultTransport}
	for i, want := range []int{200, 503, 503, 200} {
		if got := c.do("GET", "/repos/acme/shop/pulls", nil).status; got != want {
			t.Errorf("request %d: %d instead of %d", i+1, got, want)
		}
	}
	s.Inject(githublocal.Fault{Times: -1, Status: 500})
	if got := c.do("GET", "/repos/acme/shop", nil).status; got != 500 {
		t.Errorf("%d instead of 500", got)
	}
	s.Recover()
	if got := c.do("GET", "/repos/acme/shop", nil).status; got != 200 {
		t.Errorf("%d after recovering", got)
	}
}

func TestADelayEndsWithTheCaller(t *testing.T) {
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	s.Inject(githublocal.Fault{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, _, err := client(t, s, "ghs_local", nil).PullRequests.Get(ctx, "acme", "shop", n)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestAnUnchangedAnswerIsNotSentAgain(t *testing.T) {
	now := newClock()
	s := serve(t, githublocal.Config{Now: now.now})
	open(t, s, example())
	ask := func(tag string) (status int, etag string) {
		req, err := http.NewRequest("GET", s.APIURL()+"/repos/acme/shop/pulls", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", tag)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("ETag")
	}
	_, tag := ask("")
	if got, _ := ask(tag); got != http.StatusNotModified {
		t.Errorf("%d", got)
	}
	if err := s.CloseUnmerged(1); err != nil {
		t.Fatal(err)
	}
	if got, _ := ask(tag); got != http.StatusOK {
		t.Errorf("%d after a change", got)
	}
}
