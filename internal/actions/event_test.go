package actions

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const events = "../../testdata/events"

// on is the environment of a run that an event started.
func on(event string, more ...string) func(string) string {
	env := map[string]string{"GITHUB_EVENT_NAME": event, "GITHUB_ACTIONS": "true"}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return func(name string) string { return env[name] }
}

func parse(t *testing.T, file string, getenv func(string) string) Event {
	t.Helper()
	f, err := os.Open(filepath.Join(events, file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	e, err := ParseEvent(f, getenv)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvent(t *testing.T) {
	const head, base = "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
	pr := Event{
		Name: "pull_request", Action: "opened", Number: 2, URL: "https://github.com/Codertocat/Hello-World/pull/2",
		HeadSHA: head, HeadRef: "changes", BaseSHA: base, BaseRef: "master",
		Owner: "Codertocat", Repo: "Hello-World", DefaultBranch: "master",
	}
	for _, tt := range []struct {
		file   string
		getenv func(string) string
		want   func(*Event)
	}{
		{"pull_request.opened.json", on("pull_request"), func(*Event) {}},
		{"pull_request.opened.json", on("pull_request", "GITHUB_REPOSITORY", "o/r", "GITHUB_RUN_ID", "7", "GITHUB_SERVER_URL", "https://ghe", "GITHUB_SHA", "abc", "GITHUB_REF", "refs/pull/2/merge"), func(e *Event) {
			e.Owner, e.Repo, e.RunURL, e.SHA, e.Ref = "o", "r", "https://ghe/o/r/actions/runs/7", "abc", "refs/pull/2/merge"
		}},
		{"derived.pull_request.opened-fork.json", on("pull_request"), func(e *Event) { e.Fork = true }},
		{"derived.pull_request.opened-fork-repo-deleted.json", on("pull_request"), func(e *Event) { e.Fork = true }},
		{"derived.pull_request.opened-dependabot.json", on("pull_request"), func(e *Event) {
			e.Dependabot, e.HeadRef = true, "dependabot/pip/sqlmodel-0.0.22"
		}},
		{"derived.pull_request.opened-dependabot.json", on("pull_request", "GITHUB_ACTOR", "Codertocat"), func(e *Event) {
			e.HeadRef = "dependabot/pip/sqlmodel-0.0.22" // pushed to by a person: the run has the secrets
		}},
		{"derived.pull_request.closed-merged.json", on("pull_request"), func(e *Event) {
			e.Action, e.Merged, e.MergeCommitSHA = "closed", true, "f5d5b1b4e6a44f7b8f0c4a1d2e3f405162738495"
		}},
		{"pull_request.closed.json", on("pull_request"), func(e *Event) { e.Action = "closed" }},
		{"merge_group.checks_requested.json", on("merge_group"), func(e *Event) {
			*e = Event{
				Name: "merge_group", Action: "checks_requested", Number: 104, Owner: "octo-org", Repo: "octo-repo", DefaultBranch: "main",
				HeadSHA: "2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d", HeadRef: "gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64",
				BaseSHA: "380387fbc80638b734a49e1be1c4dfec1c01b33c", BaseRef: "main",
			}
		}},
		{"derived.issue_comment.created-on-pr.json", on("issue_comment"), func(e *Event) {
			*e = Event{
				Name: "issue_comment", Action: "created", Number: 1, Owner: "Codertocat", Repo: "Hello-World", DefaultBranch: "master",
				URL: "https://github.com/Codertocat/Hello-World/pull/2",
			}
		}},
		{"push.tag-deleted.json", on("push"), func(e *Event) {
			*e = Event{
				Name: "push", Owner: "Codertocat", Repo: "Hello-World", DefaultBranch: "master", Ref: "refs/tags/simple-tag", Deleted: true,
				BaseSHA: "6113728f27ae82c7b1a177c8d03f9e96e0adf246", HeadSHA: "0000000000000000000000000000000000000000",
			}
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			want := pr
			tt.want(&want)
			if diff := cmp.Diff(want, parse(t, tt.file, tt.getenv)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestChoose goes through every payload there is, so a new one needs a row.
func TestChoose(t *testing.T) {
	type row struct {
		story Story
		says  string // the reason, or the fault
	}
	want := map[string]row{
		"deployment.created.json":                            {None, "nothing is done for the event deployment"},
		"deployment_status.created.json":                     {None, "nothing is done for the event deployment_status"},
		"derived.issue_comment.created-on-pr.json":           {None, "nothing is done for the event issue_comment"},
		"derived.pull_request.closed-merged.json":            {Promote, "pull request 2 was merged"},
		"derived.pull_request.opened-dependabot.json":        {Rehearse, "opened"},
		"derived.pull_request.opened-fork-repo-deleted.json": {Rehearse, "opened"},
		"derived.pull_request.opened-fork.json":              {Rehearse, "opened"},
		"derived.push.main-forced.json":                      {Promote, "default branch"},
		"derived.push.main-merge.json":                       {Promote, "default branch"},
		"derived.schedule.json":                              {Sweep, "schedule"},
		"issue_comment.created.json":                         {None, "nothing is done for the event issue_comment"},
		"merge_group.checks_requested.json":                  {Rehearse, "pull request 104"},
		"pull_request.closed.json":                           {Cleanup, "not merged"},
		"pull_request.converted_to_draft.json":               {None, "nothing is done for pull_request: converted_to_draft"},
		"pull_request.labeled.json":                          {Rehearse, "labeled"},
		"pull_request.opened.json":                           {Rehearse, "opened"},
		"pull_request.ready_for_review.json":                 {Rehearse, "ready_for_review"},
		"pull_request.reopened.json":                         {Rehearse, "reopened"},
		"pull_request.synchronize.json":                      {Rehearse, "synchronize"},
		"pull_request_review.submitted.json":                 {None, "nothing is done for the event pull_request_review"},
		"push.branch.json":                                   {Promote, "default branch"},
		"push.tag-deleted.json":                              {None, "removed"},
		"push.tag.json":                                      {None, "nothing is done for a push"},
		"workflow_dispatch.json":                             {None, "does not say what to do"},
		"workflow_run.completed.json":                        {None, "nothing is done for the event workflow_run"},
	}
	files, err := filepath.Glob(events + "/*.json")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d payloads, %d rows: %v", len(files), len(want), err)
	}
	for _, path := range files {
		file := filepath.Base(path)
		t.Run(file, func(t *testing.T) {
			name, _, _ := strings.Cut(strings.TrimPrefix(file, "derived."), ".")
			choice, err := parse(t, file, on(name)).Choose()
			if choice.Story != want[file].story {
				t.Errorf("got %q, want %q", choice.Story, want[file].story)
			}
			said := choice.Because
			if err != nil {
				said = err.Error()
				if e, ok := fault.Explain(err); !ok || !e.Usage || e.Why == "" || e.Do == "" {
					t.Errorf("%v has no words", err)
				}
			}
			if !strings.Contains(said, want[file].says) {
				t.Errorf("got %q, want %q in it", said, want[file].says)
			}
		})
	}
}

func TestChooseWithoutPayloads(t *testing.T) {
	for _, tt := range []struct {
		name  string
		event Event
		want  Story
		fails string
	}{
		{"merged into another pull request's branch", Event{Name: "pull_request", Action: "closed", Merged: true, BaseRef: "feature", DefaultBranch: "main"}, Cleanup, ""},
		{"pull_request_target, opened", Event{Name: "pull_request_target", Action: "opened"}, None, "no rehearsal"},
		{"pull_request_target, closed", Event{Name: "pull_request_target", Action: "closed"}, Cleanup, ""},
		{"pull_request_target, merged", Event{Name: "pull_request_target", Action: "closed", Merged: true}, Promote, ""},
		{"a push to another branch", Event{Name: "push", Ref: "refs/heads/feature", DefaultBranch: "main"}, None, "nothing is done for a push to refs/heads/feature"},
		{"a push where no default branch is known", Event{Name: "push", Ref: "refs/heads/"}, None, "nothing is done for a push"},
		{"a group given up", Event{Name: "merge_group", Action: "destroyed"}, None, ""},
		{"a group without a number", Event{Name: "merge_group", Action: "checks_requested"}, None, "names no pull request"},
		{"no name", Event{}, None, "without a name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := tt.event.Choose()
			if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Fatalf("got %v", err)
			}
			if err == nil && c.Story != tt.want {
				t.Errorf("got %q, want %q", c.Story, tt.want)
			}
		})
	}
}

func TestEventFaults(t *testing.T) {
	for _, tt := range []struct {
		name, body, says string
	}{
		{"not JSON", "<html>", "not the JSON"},
		{"empty", "", "not the JSON"},
		{"of another shape", `{"pull_request": 3}`, "not the JSON"},
		{"too long", strings.Repeat(" ", maxPayload+1), "longer than 32 MiB"},
		{"a negative number", `{"pull_request": {"number": -1}}`, "negative"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseEvent(strings.NewReader(tt.body), on("pull_request"))
			if e, _ := fault.Explain(err); !strings.Contains(e.Why, tt.says) {
				t.Errorf("got %v: %s", err, e.Why)
			}
		})
	}
	for _, path := range []string{"", filepath.Join(t.TempDir(), "missing")} {
		r := New(on("push", "GITHUB_EVENT_PATH", path), &bytes.Buffer{})
		if _, err := r.Event(); err == nil {
			t.Errorf("no fault for the path %q", path)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	files, err := filepath.Glob(events + "/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no payloads: %v", err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), "derived."), ".")
		f.Add(name, body)
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		e, err := ParseEvent(bytes.NewReader(body), on(name))
		if err != nil {
			return
		}
		c, err := e.Choose()
		switch {
		case err != nil && c.Story != None:
			t.Errorf("a story and a fault: %q, %v", c.Story, err)
		case err == nil && c.Story != None && c.Because == "":
			t.Errorf("no reason for %q", c.Story)
		case e.Number < 0:
			t.Errorf("number %d", e.Number)
		}
	})
}
