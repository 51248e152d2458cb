package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	api "github.com/google/go-github/v60/github"
)

// maxNotes is the most comments that one push brings. GitHub answers too many with a secondary rate
// limit, and nobody reads more: the others are in the report.
const maxNotes = 20

// The reasons why a note is not a comment.
const (
	// OffDiff: the pull request's diff shows neither its line nor the fall-back.
	OffDiff = "its line is not part of the pull request's diff"
	// Beyond: graver notes were enough for one push.
	Beyond = "a push brings 20 comments at most"
)

// LeftOut is a note that is not a comment.
type LeftOut struct {
	Note Note
	// Reason is [OffDiff] or [Beyond].
	Reason string
}

// Reviewed is what [Client.Review] did.
type Reviewed struct {
	// URL is the address of the review with the new comments; empty where nothing was new.
	URL string
	// New, Edited, Unchanged and Resolved count comments.
	New, Edited, Unchanged, Resolved int
	// LeftOut are the notes that are not comments, in their order.
	LeftOut []LeftOut
	// Stale tells that nothing was done because the pull request has a newer head: its own run
	// comments it.
	Stale bool
	// ThreadsOpen tells that the threads of resolved comments stay open, because the token may not
	// resolve them; the comments themselves say that they are resolved. GitHub asks for contents: write
	// beside pull-requests: write for it, which is more than a workflow of ours should have.
	ThreadsOpen bool
}

// Review makes our comments at the lines of a pull request's files those of notes, the gravest
// first; head is the commit that the notes are about. New ones come as one review, which notifies
// once; a comment that says something else now is edited, one whose line is gone is written again at
// the new line, and one whose finding is gone says that it is resolved; none of these notifies.
// Asked a second time for the same head, it writes nothing. Ours is a comment that begins with a marker
// for m and was written by our own author.
//
// Without the permission to write, the error is [ErrNotPermitted] and a fault that has the lines for
// the workflow; [Annotations] says the same then. What was done before another failure stays.
func (c *Client) Review(ctx context.Context, number int, head string, m Marker, notes []Note) (Reviewed, error) {
	pr, err := c.PullRequest(ctx, number)
	if err != nil {
		return Reviewed{}, err
	}
	if !strings.EqualFold(pr.HeadSHA, head) {
		return Reviewed{Stale: true}, nil
	}
	m.ID = noteID
	own, err := c.ownNotes(ctx, number, m)
	if err != nil || len(own)+len(notes) == 0 {
		return Reviewed{}, err
	}
	lines, err := c.diff(ctx, number)
	if err != nil {
		return Reviewed{}, err
	}
	r := &reviewing{client: c, number: number, head: head, marker: m}
	r.arrange(notes, own, lines)
	err = r.carryOut(ctx)
	return r.done, err
}

// reviewing is one call of Review under way: what is to be done, and what was.
type reviewing struct {
	client *Client
	number int
	head   string
	marker Marker

	post   []placed
	edit   []edit
	settle []ending
	spare  []ownNote
	done   Reviewed
}

// placed is a note at the line that it is shown at.
type placed struct {
	note Note
	line int
}

// edit is a comment and what it is to say.
type edit struct {
	own  ownNote
	note Note
}

// ending is a comment that no longer holds, and why, in its first words.
type ending struct {
	own ownNote
	why string
}

const (
	gone  = "**Resolved** as of %s: this was not found again."
	moved = "**Moved** as of %s: see the comment at its new line."
)

// arrange decides what is to be done.
func (r *reviewing) arrange(notes []Note, own []ownNote, lines shown) {
	byKey := map[string][]ownNote{}
	for _, o := range own {
		if o.live() {
			byKey[o.Note] = append(byKey[o.Note], o)
		}
	}
	shownNotes, seen := 0, map[string]bool{}
	for _, n := range notes {
		if seen[n.Key] {
			continue // one finding, one comment
		}
		seen[n.Key] = true
		line := lines.place(n)
		if line > 0 {
			shownNotes++
		}
		r.one(placed{n, line}, byKey[n.Key], shownNotes <= maxNotes)
	}
	for _, o := range own {
		if o.live() && !seen[o.Note] {
			r.settle = append(r.settle, ending{o, gone})
		}
	}
}

// one decides for one note and the comments that it has already. room tells whether it may become a
// new comment.
func (r *reviewing) one(p placed, own []ownNote, room bool) {
	if len(own) > 0 {
		keep := own[0]
		for _, o := range own[1:] {
			if o.outdated() {
				r.settle = append(r.settle, ending{o, moved})
			} else {
				r.spare = append(r.spare, o)
			}
		}
		if p.line == 0 || !r.hasMoved(keep, p.line) || !room {
			r.edit = append(r.edit, edit{keep, p.note})
			return
		}
		r.settle = append(r.settle, ending{keep, moved})
	}
	switch {
	case p.line == 0:
		r.done.LeftOut = append(r.done.LeftOut, LeftOut{p.note, OffDiff})
	case !room:
		r.done.LeftOut = append(r.done.LeftOut, LeftOut{p.note, Beyond})
	default:
		r.post = append(r.post, p)
	}
}

// hasMoved tells that a comment is not where its finding is. GitHub moves a comment with its line, and
// brings commit_id to the head when it has done so: until then, its line says nothing.
func (r *reviewing) hasMoved(o ownNote, line int) bool {
	return o.outdated() || o.comment.GetCommitID() == r.head && o.comment.GetLine() != line
}

// carryOut begins with what is new: where that is refused, nothing else is tried.
func (r *reviewing) carryOut(ctx context.Context) error {
	if err := r.postNew(ctx); err != nil {
		return err
	}
	for _, e := range r.edit {
		changed, err := r.rewrite(ctx, e.own, e.own.noteMarker, e.note.Body)
		if err != nil {
			return err
		}
		if changed {
			r.done.Edited++
		} else {
			r.done.Unchanged++
		}
	}
	if err := r.settleAll(ctx); err != nil {
		return err
	}
	for _, o := range r.spare {
		if err := r.client.removeNote(ctx, o); err != nil {
			return err
		}
	}
	if r.done.New == 0 {
		return nil
	}
	return r.undouble(ctx)
}

// postNew sends the new comments as one review.
func (r *reviewing) postNew(ctx context.Context) error {
	if len(r.post) == 0 {
		return nil
	}
	event, side := "COMMENT", "RIGHT"
	review := &api.PullRequestReviewRequest{CommitID: &r.head, Event: &event}
	for _, p := range r.post {
		text, err := noteMarker{Marker: r.marker, Note: p.note.Key}.text(p.note.Body)
		if err != nil {
			return err
		}
		review.Comments = append(review.Comments, &api.DraftReviewComment{Path: &p.note.Path, Line: &p.line, Side: &side, Body: &text})
	}
	made, _, err := r.client.api.PullRequests.CreateReview(ctx, r.client.owner, r.client.repo, r.number, review)
	if status(err) == http.StatusUnprocessableEntity && strings.Contains(message(err), "part of the diff") {
		// A push came between: GitHub takes none of them then.
		for _, p := range r.post {
			r.done.LeftOut = append(r.done.LeftOut, LeftOut{p.note, OffDiff})
		}
		return nil
	}
	if err != nil {
		return explain(fmt.Sprintf("commenting on lines of pull request %d", r.number), err)
	}
	r.client.learn(made.GetUser().GetLogin())
	r.done.URL, r.done.New = made.GetHTMLURL(), len(review.Comments)
	return nil
}

// rewrite makes a comment say body behind a marker; false means that it says so already.
func (r *reviewing) rewrite(ctx context.Context, o ownNote, m noteMarker, body string) (bool, error) {
	text, err := m.text(body)
	if err != nil || sameText(o.comment.GetBody(), text) {
		return false, err
	}
	_, _, err = r.client.api.PullRequests.EditComment(ctx, r.client.owner, r.client.repo, o.comment.GetID(), &api.PullRequestComment{Body: &text})
	if status(err) == http.StatusNotFound {
		return false, nil // somebody removed it a moment ago
	}
	if err != nil {
		return false, explain("updating a comment of ours at a line", err)
	}
	return true, nil
}

// settleAll resolves the threads of what no longer holds, and says so in the comments. The threads
// come first: a comment that is marked is not looked at again.
func (r *reviewing) settleAll(ctx context.Context) error {
	if len(r.settle) == 0 {
		return nil
	}
	err := r.client.resolve(ctx, r.number, r.settle)
	if errors.Is(err, ErrNotPermitted) {
		r.done.ThreadsOpen, err = true, nil
	}
	if err != nil {
		return err
	}
	for _, e := range r.settle {
		m := e.own.noteMarker
		m.Settled = short(r.head)
		if _, err := r.rewrite(ctx, e.own, m, e.text(m.Settled)); err != nil {
			return err
		}
		if e.why == gone {
			r.done.Resolved++
		}
	}
	return nil
}

// text is what the comment says from now on, with what it said folded away, if there is room for both.
func (e ending) text(commit string) string {
	body := fmt.Sprintf(e.why, "`"+commit+"`")
	_, said, _ := strings.Cut(unixLines(e.own.comment.GetBody()), "\n")
	if len(said) > maxComment/2 {
		return body
	}
	return body + "\n\n<details><summary>What was said</summary>\n\n" + said + "\n\n</details>"
}

// short is a commit's name as people read it.
func short(sha string) string { return sha[:min(7, len(sha))] }

// undouble looks again after new comments: another run may have written the same at the same time, or
// the author was a wrong guess and older comments of ours show up now. The oldest stays.
func (r *reviewing) undouble(ctx context.Context) error {
	own, err := r.client.ownNotes(ctx, r.number, r.marker)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, o := range own {
		if !o.live() || o.outdated() {
			continue
		}
		if seen[o.Note] {
			if err := r.client.removeNote(ctx, o); err != nil {
				return err
			}
		}
		seen[o.Note] = true
	}
	return nil
}

// ownNotes finds our comments for a marker: those at lines that are still there first, then the
// oldest first.
func (c *Client) ownNotes(ctx context.Context, number int, m Marker) ([]ownNote, error) {
	author, err := c.Author(ctx)
	if err != nil {
		return nil, err
	}
	all := pages(func(page api.ListOptions) ([]*api.PullRequestComment, *api.Response, error) {
		return c.api.PullRequests.ListComments(ctx, c.owner, c.repo, number, &api.PullRequestListCommentsOptions{ListOptions: page})
	})
	var own []ownNote
	for comment, err := range all {
		if err != nil {
			return nil, explain(fmt.Sprintf("listing the comments at lines of pull request %d", number), err)
		}
		marker, ok := readNote(comment.GetBody())
		if ok && marker.Marker == m && c.wrote(comment.GetUser(), author) {
			own = append(own, ownNote{marker, comment})
		}
	}
	slices.SortFunc(own, func(a, b ownNote) int {
		switch {
		case a.outdated() == b.outdated():
			return cmp.Compare(a.comment.GetID(), b.comment.GetID())
		case a.outdated():
			return 1
		}
		return -1
	})
	return own, nil
}

func (c *Client) removeNote(ctx context.Context, o ownNote) error {
	_, err := c.api.PullRequests.DeleteComment(ctx, c.owner, c.repo, o.comment.GetID())
	if err != nil && status(err) != http.StatusNotFound {
		return explain("removing a duplicate of a comment at a line", err)
	}
	return nil
}
