package github_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

const revision = "migrations/versions/a1.py"

// patched is a new file of so many lines, numbered, with more lines put before the fifth.
func patched(lines, more int) githublocal.File {
	var b strings.Builder
	fmt.Fprintf(&b, "@@ -0,0 +1,%d @@\n", lines+more)
	for n := 1; n <= lines; n++ {
		for i := range more {
			if n == 5 {
				fmt.Fprintf(&b, "+more %d\n", i)
			}
		}
		fmt.Fprintf(&b, "+line %d\n", n)
	}
	return githublocal.File{Path: revision, Status: "added", Patch: b.String()}
}

func note(key string, line int, body string) github.Note {
	return github.Note{Key: key, Path: revision, Line: line, Fallback: 2, Body: body, Level: "warning", Title: key, Message: body}
}

var marker = github.Marker{Project: "quiet-field-1", Key: "backend"}

func (h *hub) review(head string, notes ...github.Note) github.Reviewed {
	h.t.Helper()
	done, err := h.client.Review(h.t.Context(), h.number, head, marker, notes)
	h.must(err)
	return done
}

// open are the comments that are not resolved, as "line: first word of the second line".
func (h *hub) open() []string {
	var all []string
	for _, c := range h.ReviewComments(h.number) {
		_, body, _ := strings.Cut(c.Body, "\n")
		if !c.Resolved && !strings.Contains(body, "esolved") && c.Line > 0 {
			all = append(all, fmt.Sprintf("%d: %s", c.Line, strings.Fields(body)[0]))
		}
	}
	slices.Sort(all)
	return all
}

func (h *hub) wantOpen(want ...string) {
	h.t.Helper()
	if got := h.open(); !slices.Equal(got, want) {
		h.t.Errorf("open comments %q, want %q; all: %+v", got, want, h.ReviewComments(h.number))
	}
}

// TestReviewFollowsThePushes goes from the first comment to the last.
func TestReviewFollowsThePushes(t *testing.T) {
	t.Parallel()
	h := newHub(t, patched(10, 0))
	if done := h.review(firstHead, note("H006", 6, "slow"), note("H016", 40, "index")); done.New != 2 || done.URL == "" {
		t.Errorf("first: %+v", done)
	}
	h.wantOpen("2: index", "6: slow") // the one that the diff does not show stands at the function
	if done := h.review(firstHead, note("H006", 6, "slow"), note("H016", 40, "index")); done.Unchanged != 2 || done.New+done.Edited > 0 {
		t.Errorf("the same again: %+v", done)
	}
	h.later()
	const second = "2222222222222222222222222222222222222222"
	h.must(h.Push(h.number, second, patched(10, 3)))
	if done := h.review(firstHead, note("H006", 6, "slow")); !done.Stale {
		t.Errorf("for an old head: %+v", done)
	}
	done := h.review(second, note("H006", 9, "slower"))
	h.wantOpen("9: slower")
	if done.Resolved != 1 {
		t.Errorf("after the push: %+v", done)
	}
	h.later()
	h.review(second)
	h.wantOpen()
	h.review(second, note("H006", 9, "slow again"))
	h.wantOpen("9: slow")
}

// TestReviewLeavesOut holds what is no comment: a file that the pull request does not change, and what is
// beyond the number that anybody reads.
func TestReviewLeavesOut(t *testing.T) {
	t.Parallel()
	h := newHub(t, patched(60, 0))
	elsewhere := note("H001", 3, "elsewhere")
	elsewhere.Path = "models.py"
	notes := []github.Note{elsewhere}
	for n := range 25 {
		notes = append(notes, note(fmt.Sprintf("H%d", n), 10+n, "n"))
	}
	done := h.review(firstHead, notes...)
	reasons := map[string]int{}
	for _, l := range done.LeftOut {
		reasons[l.Reason]++
	}
	if done.New != 20 || reasons[github.OffDiff] != 1 || reasons[github.Beyond] != 5 {
		t.Errorf("%d new, left out %v", done.New, reasons)
	}
}

// TestReviewKnowsItsOwn holds that another project's comments and a stranger's stay.
func TestReviewKnowsItsOwn(t *testing.T) {
	t.Parallel()
	h := newHub(t, patched(10, 0))
	h.review(firstHead, note("H006", 6, "slow"))
	forged := h.ReviewComments(h.number)[0].Body
	_, err := h.CommentOnLine(h.number, "mallory", revision, 7, strings.Replace(forged, "slow", "forged", 1))
	h.must(err)
	other := github.Marker{Project: "quiet-field-1", Key: "frontend"}
	if _, err := h.client.Review(t.Context(), h.number, firstHead, other, nil); err != nil {
		t.Fatal(err)
	}
	h.wantOpen("6: slow", "7: forged")
	h.review(firstHead)
	h.wantOpen("7: forged")
}

// TestReviewWithoutPermission holds that a token that may not write is told so, and that annotations say the same.
func TestReviewWithoutPermission(t *testing.T) {
	t.Parallel()
	h := newHub(t, patched(10, 0))
	h.AddToken(githublocal.Token{Text: "ghs_reader", Permissions: map[githublocal.Scope]githublocal.Access{githublocal.Contents: githublocal.Read, githublocal.PullRequests: githublocal.Read}})
	reader, err := github.New(github.Config{BaseURL: h.APIURL(), Token: "ghs_reader", Owner: "acme", Repo: "shop"})
	h.must(err)
	notes := []github.Note{note("H006", 6, "slow")}
	if _, err := reader.Review(t.Context(), h.number, firstHead, marker, notes); !errors.Is(err, github.ErrNotPermitted) {
		t.Errorf("error %v", err)
	}
	if all := github.Annotations(notes); len(all) != 1 || all[0].Line != 6 || all[0].Level != "warning" || all[0].Path != revision {
		t.Errorf("annotations %+v", all)
	}
}
