package story

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// lasts is how long the work after a story may take whose context is given.
func lasts(ctx context.Context) time.Duration {
	after, cancel := afterwards(ctx, time.Minute)
	defer cancel()
	from := time.Now()
	<-after.Done()
	return time.Since(from)
}

func TestWhatIsDoneAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if took := lasts(t.Context()); took != time.Minute {
			t.Errorf("after a good end: %s", took)
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if took := lasts(cancelled); took != lastWords {
			t.Errorf("after a signal: %s", took)
		}
		late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		<-late.Done()
		if took := lasts(late); took != time.Minute {
			t.Errorf("after the timeout: %s", took)
		}
		stopped, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		if took := lasts(stopped); took != 10*time.Second+lastWords {
			t.Errorf("with a signal in between: %s", took)
		}
	})
}

func TestCancellationAndTimeoutAreTold(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	signalled, stop := context.WithCancelCause(t.Context())
	stop(errors.New("interrupt"))
	for name, tt := range map[string]struct {
		ctx context.Context
		do  string
	}{
		"cancelled": {cancelled, "run it again"}, "by a signal": {signalled, "run it again"}, "out of time": {late, "raise the input timeout"},
	} {
		r := telling("", Task{})
		r.conclude(tt.ctx, context.Cause(tt.ctx))
		f := r.report.Failure
		if r.report.Verdict != report.Cancelled || f == nil || !strings.Contains(f.Do, tt.do) || f.Why == "" {
			t.Errorf("%s: verdict %s, failure %+v", name, r.report.Verdict, f)
		}
	}
}

func TestOnlyARehearsalHandsOutItsAddress(t *testing.T) {
	for _, kind := range []report.Kind{report.Rehearsal, report.Promotion, report.Cleanup, report.Checking} {
		r := telling(kind, Task{})
		r.scene.address = postgres.Address{Host: "ep-1.test", Port: 5432, User: "u", Password: "p", Database: "shop"}
		o, err := r.finish(t.Context(), nil)
		if err != nil || (o.Address != "") != (kind == report.Rehearsal) {
			t.Errorf("%s: handed out: %v, error %v", kind, o.Address != "", err)
		}
	}
	o, _ := telling(report.Rehearsal, Task{}).finish(t.Context(), nil)
	if o.Address != "" {
		t.Error("an address that was never known is handed out")
	}
}

// telling is a story that is over, on a stage without anybody.
func telling(kind report.Kind, task Task) *run {
	s := &Stage{Mask: func(s string) string { return s }, Progress: silent{}, Now: time.Now}
	return s.begin(kind, task)
}

// hub is a GitHub with one open pull request, and its client.
func hub(t *testing.T) (*githublocal.Server, *github.Client, int) {
	t.Helper()
	const token = secret.Text("ghs_token_of_a_test")
	server, err := githublocal.Start(githublocal.Config{Token: token, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	number, err := server.OpenPullRequest(githublocal.PullRequest{Title: "Books", Author: "kim", Head: "books"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := github.New(github.Config{BaseURL: server.APIURL(), Token: token, Owner: "acme", Repo: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return server, client, number
}

func TestWhatIsPostedIsMasked(t *testing.T) {
	server, client, number := hub(t)
	const password = secret.Text("npg_s3cretOfTheBranch")
	var hidden secret.Masker
	hidden.Add(password)
	r := telling(report.Rehearsal, Task{Number: number, Comment: true})
	r.GitHub, r.Mask = client, hidden.Mask
	r.report.Notes = []string{"A note that holds " + password.Reveal()}
	r.report.Revisions.Applied = []report.Revision{{ID: "b2", Doc: "for " + password.Reveal()}}
	o, err := r.finish(t.Context(), errors.New("a failure that holds "+password.Reveal()))
	if err == nil || o.CommentURL == "" {
		t.Fatalf("comment at %q, error %v", o.CommentURL, err)
	}
	comments := server.Comments(number)
	if len(comments) != 1 || strings.Contains(comments[0].Body, "s3cret") || strings.Count(comments[0].Body, "***") < 3 {
		t.Errorf("comments %+v", comments)
	}
}

func TestWhoIsTold(t *testing.T) {
	server, client, number := hub(t)
	tests := map[string]struct {
		change func(*run)
		posted bool
	}{
		"a pull request":  {func(*run) {}, true},
		"the merge queue": {func(r *run) { r.task.Queue = true }, false},
		"nobody asked":    {func(r *run) { r.task.Comment = false }, false},
		"no number":       {func(r *run) { r.task.Number = 0 }, false},
		"nothing pending": {func(r *run) { r.scene.nothingPending = true }, false},
		"no token":        {func(r *run) { r.GitHub = nil }, false},
	}
	for name, tt := range tests {
		r := telling(report.Rehearsal, Task{Number: number, Comment: true, Key: name})
		r.GitHub = client
		tt.change(r)
		before := len(server.Comments(number))
		o, err := r.finish(t.Context(), nil)
		posted := len(server.Comments(number)) > before
		if err != nil || posted != tt.posted || (o.CommentURL != "") != tt.posted {
			t.Errorf("%s: posted %v, at %q, error %v", name, posted, o.CommentURL, err)
		}
	}
}

func TestEachStoryAndKeyHasACommentOfItsOwn(t *testing.T) {
	server, client, number := hub(t)
	for range 2 {
		for key, kind := range map[string]report.Kind{"": report.Rehearsal, "backend": report.Rehearsal, "production": report.Promotion} {
			r := telling(kind, Task{Number: number, Comment: true, Key: strings.TrimPrefix(key, "production")})
			r.GitHub = client
			if _, err := r.finish(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if comments := server.Comments(number); len(comments) != 3 {
		t.Errorf("%d comments, want 3", len(comments))
	}
}

func TestACommentThatCannotBePostedIsANote(t *testing.T) {
	server, client, number := hub(t)
	server.Inject(githublocal.Fault{Method: "POST", Path: "/repos/*/*/issues/*/comments", Status: 422, Message: "Body is odd", Times: -1})
	r := telling(report.Rehearsal, Task{Number: number, Comment: true})
	r.GitHub = client
	o, err := r.finish(t.Context(), nil)
	if err != nil || o.Report.Verdict != report.Pass || len(o.Report.Notes) != 1 || !strings.Contains(o.Report.Notes[0], "could not be posted") {
		t.Errorf("verdict %s, notes %q, error %v", o.Report.Verdict, o.Report.Notes, err)
	}
}

// silent is told everything and keeps nothing.
type silent struct{}

func (silent) Begin(string)                     {}
func (silent) Say(string)                       {}
func (silent) End(string, time.Duration, error) {}
