package githublocal_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// missingOnPurpose are keys of the examples that a workflow does not find in its event:
// the app that a webhook was sent to, and the lists of files of pushed commits; and what
// the example's issue has and ours has not, an assignee and a milestone.
func missingOnPurpose(key string) bool {
	return regexp.MustCompile(`^installation(\.|$)|^issue\.(assignee|milestone)\.`).MatchString(key) ||
		slices.Contains([]string{"added", "removed", "modified"}, key[strings.LastIndex(key, ".")+1:])
}

// newer are keys that GitHub has added since the examples were taken (2019 to 2022); each
// is in its OpenAPI description.
func newer(key string) bool {
	return slices.Contains([]string{
		"user_view_type", "allow_forking", "allow_auto_merge", "allow_update_branch", "use_squash_pr_title_as_default", "has_discussions",
		"squash_merge_commit_title", "squash_merge_commit_message", "merge_commit_title", "merge_commit_message", "visibility", "topics",
		"is_template", "web_commit_signoff_required", "allow_squash_merge", "allow_merge_commit", "allow_rebase_merge",
		"delete_branch_on_merge", "active_lock_reason", "auto_merge", "custom_properties", "assignees", "state_reason", "closed_by", "timeline_url",
		"reactions", "performed_via_github_app", "url", "total_count", "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes",
		"draft", "merged_at", "diff_url", "patch_url",
	}, key[strings.LastIndex(key, ".")+1:])
}

// keys flattens an object to its keys; the elements of a list share theirs, and an empty
// list has the key "*".
func keys(value any, prefix string, into map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			key := strings.TrimPrefix(prefix+"."+name, ".")
			into[key] = true
			keys(inner, key, into)
		}
	case []any:
		if len(value) == 0 {
			into[prefix+".*"] = true
		}
		for _, inner := range value {
			keys(inner, prefix, into)
		}
	}
}

// inEmptyList tells whether a key belongs to the elements of a list that has none here.
func inEmptyList(key string, in map[string]bool) bool {
	for at := strings.LastIndex(key, "."); at > 0; at = strings.LastIndex(key[:at], ".") {
		if in[key[:at]+".*"] {
			return true
		}
	}
	return false
}

func keysOf(t testing.TB, raw []byte) map[string]bool {
	t.Helper()
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	keys(value, "", out)
	return out
}

// eventCase is one payload with the life that leads to it.
type eventCase struct {
	file, name, action string
	organization       bool
	pull               githublocal.PullRequest
	live               func(*githublocal.Server, int) error
	number             func(int) int
	check              func(any) string // what is wrong with the decoded event
}

func merge(s *githublocal.Server, n int) error { _, err := s.Merge(n, "merge"); return err }
func push(s *githublocal.Server, n int) error  { return s.Push(n, "") }
func none(int) int                             { return 0 }

func eventCases() []eventCase {
	fork, gone, bot := example(), example(), example()
	fork.Fork, fork.Author = "mallory", "mallory"
	gone.Fork, gone.Author, gone.ForkGone = "mallory", "mallory", true
	bot.Author, bot.Head = "dependabot[bot]", "dependabot/pip/sqlmodel-0.0.22"
	pr := func(f func(*github.PullRequestEvent) string) func(any) string {
		return func(e any) string { return f(e.(*github.PullRequestEvent)) }
	}
	return []eventCase{
		{file: "pull_request.opened", name: "pull_request", action: "opened", check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{"opened", 1, "open", "acme/shop"}, []any{e.GetAction(), e.GetNumber(), e.PullRequest.GetState(), e.PullRequest.Head.Repo.GetFullName()})
		})},
		{file: "pull_request.synchronize", name: "pull_request", action: "synchronize", live: push, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{e.PullRequest.Head.GetSHA(), true}, []any{e.GetAfter(), e.GetBefore() != e.GetAfter()})
		})},
		{file: "pull_request.reopened", name: "pull_request", action: "reopened", live: func(s *githublocal.Server, n int) error {
			if err := s.CloseUnmerged(n); err != nil {
				return err
			}
			return s.Reopen(n)
		}},
		{file: "pull_request.closed", name: "pull_request", action: "closed", live: (*githublocal.Server).CloseUnmerged, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{false, "closed"}, []any{e.PullRequest.GetMerged(), e.PullRequest.GetState()})
		})},
		{file: "derived.pull_request.closed-merged", name: "pull_request", action: "closed", live: merge, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{true, 40, "mona"}, []any{e.PullRequest.GetMerged(), len(e.PullRequest.GetMergeCommitSHA()), e.PullRequest.MergedBy.GetLogin()})
		})},
		{file: "derived.pull_request.opened-fork", name: "pull_request", action: "opened", pull: fork, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{"mallory/shop", true, "mallory:loyalty"}, []any{e.PullRequest.Head.Repo.GetFullName(), e.PullRequest.Head.Repo.GetFork(), e.PullRequest.Head.GetLabel()})
		})},
		{file: "derived.pull_request.opened-fork-repo-deleted", name: "pull_request", action: "opened", pull: gone, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff(true, e.PullRequest.Head.Repo == nil)
		})},
		{file: "derived.pull_request.opened-dependabot", name: "pull_request", action: "opened", pull: bot, check: pr(func(e *github.PullRequestEvent) string {
			return cmp.Diff([]any{"dependabot[bot]", "Bot"}, []any{e.Sender.GetLogin(), e.PullRequest.User.GetType()})
		})},
		{file: "derived.issue_comment.created-on-pr", name: "issue_comment", action: "created", live: func(s *githublocal.Server, n int) error {
			_, err := s.Comment(n, "mona", "/rehearse")
			return err
		}, check: func(e any) string { return cmp.Diff("/rehearse", e.(*github.IssueCommentEvent).Comment.GetBody()) }},
		{file: "push.branch", name: "push", number: none},
		{file: "derived.push.main-merge", name: "push", live: merge, check: func(e any) string {
			p := e.(*github.PushEvent)
			return cmp.Diff([]any{"refs/heads/main", 40, 2, false}, []any{p.GetRef(), len(p.GetBefore()), len(p.Commits), p.GetForced()})
		}},
		{file: "derived.push.main-forced", name: "push", action: "forced", number: none, check: func(e any) string {
			return cmp.Diff(true, e.(*github.PushEvent).GetForced())
		}},
		{file: "merge_group.checks_requested", name: "merge_group", action: "checks_requested", organization: true, check: func(e any) string {
			return cmp.Diff(true, strings.HasPrefix(e.(*github.MergeGroupEvent).MergeGroup.GetHeadRef(), "refs/heads/gh-readonly-queue/main/pr-1-"))
		}},
		{file: "workflow_dispatch", name: "workflow_dispatch", organization: true, number: none, check: func(e any) string {
			return cmp.Diff("refs/heads/main", e.(*github.WorkflowDispatchEvent).GetRef())
		}},
		{file: "derived.schedule", name: "schedule", action: "5 4 * * *", number: none},
	}
}

func TestEventsHaveTheShapeOfTheExamples(t *testing.T) {
	for _, c := range eventCases() {
		t.Run(c.file, func(t *testing.T) {
			got := makeEvent(t, c)
			want, err := os.ReadFile(filepath.Join("testdata/events", c.file+".json"))
			if err != nil {
				t.Fatal(err)
			}
			compareKeys(t, keysOf(t, want), keysOf(t, got))
			if c.name == "schedule" {
				return // go-github has no type for it
			}
			event, err := github.ParseWebHook(c.name, got)
			if err != nil {
				t.Fatal(err)
			}
			if reflect.ValueOf(event).Elem().IsZero() {
				t.Error("decoded to nothing")
			}
			if c.check != nil {
				if diff := c.check(event); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func makeEvent(t testing.TB, c eventCase) []byte {
	t.Helper()
	s := serve(t, githublocal.Config{OwnerIsUser: !c.organization})
	p := c.pull
	if p.Title == "" {
		p = example()
	}
	n := open(t, s, p)
	if c.live != nil {
		if err := c.live(s, n); err != nil {
			t.Fatal(err)
		}
	}
	if c.number != nil {
		n = c.number(n)
	}
	got, err := s.Event(c.name, c.action, n)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func compareKeys(t testing.TB, want, got map[string]bool) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !got[key] && !missingOnPurpose(key) && !inEmptyList(key, got) && !strings.HasSuffix(key, "*") {
			t.Errorf("%s is missing", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if !want[key] && !newer(key) && !inEmptyList(key, want) && !strings.HasSuffix(key, "*") {
			t.Errorf("%s is not in the example", key)
		}
	}
}

func TestEventsThatCannotBeAreRefused(t *testing.T) {
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	for _, c := range []struct {
		name   string
		number int
	}{{"pull_request", 0}, {"pull_request", 9}, {"issue_comment", n}, {"star", n}} {
		if raw, err := s.Event(c.name, "created", c.number); err == nil {
			t.Errorf("%s of #%d: %s", c.name, c.number, raw)
		}
	}
}
