package githublocal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// review is one review of a pull request.
type review struct {
	id                          int64
	author, body, state, commit string
	association                 string
	comments                    []*reviewComment
	at                          time.Time
}

func (q *pull) reviewComments() int { return len(q.lineComments()) }

// newReview makes a review of the newest commit; it is not yet part of the pull request.
func (st *store) newReview(it *issue, author, state string, comments []reviewCommentIn) *review {
	now := st.now()
	r := &review{id: st.id(), author: author, state: state, commit: it.pull.headSHA, at: now, association: st.association(author, "")}
	for _, in := range comments {
		m := &reviewComment{id: st.id(), review: r, body: in.Body, path: in.Path, side: strings.ToUpper(or(in.Side, "RIGHT")), created: now, updated: now}
		m.commit, m.firstCommit = r.commit, r.commit
		m.place(it.pull, in)
		r.comments = append(r.comments, m)
	}
	return r
}

// createReview is POST pulls/{n}/reviews. One inline comment off the diff rejects all,
// and GitHub does not say which.
func (c *call) createReview() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		CommitID string            `json:"commit_id"`
		Body     string            `json:"body"`
		Event    string            `json:"event"`
		Comments []reviewCommentIn `json:"comments"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	state, known := map[string]string{
		"": "PENDING", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED",
	}[in.Event]
	if !known {
		return reply{}, unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value")
	}
	r := c.newReview(it, c.login(), state, in.Comments)
	r.body, r.commit = in.Body, or(in.CommitID, r.commit)
	if err := r.check(it); err != nil {
		return reply{}, err
	}
	it.pull.reviews = append(it.pull.reviews, r)
	it.updated = c.now()
	return ok(c.reviewShape(it, r)), nil
}

func (r *review) check(it *issue) error {
	if r.author == it.author && oneOf(r.state, "APPROVED", "CHANGES_REQUESTED") {
		verb := map[string]string{"APPROVED": "approve", "CHANGES_REQUESTED": "request changes on"}[r.state]
		return unprocessable("Can not " + verb + " your own pull request")
	}
	if slices.ContainsFunc(it.pull.reviews, func(other *review) bool { return other.state == "PENDING" && other.author == r.author }) {
		return unprocessable("User can only have one pending review per pull request")
	}
	if r.body == "" && (r.state == "CHANGES_REQUESTED" || r.state == "COMMENTED" && len(r.comments) == 0) {
		return unprocessable("Body can't be blank")
	}
	if !slices.Contains(it.pull.commits, r.commit) {
		return unprocessable("The commit_id is not part of the pull request")
	}
	if err := fits("PullRequestReview", "body", r.body, maxBody); err != nil {
		return err
	}
	for _, m := range r.comments {
		if err := written("PullRequestReviewComment", "body", m.body, maxBody); err != nil {
			return err
		}
		if m.line == 0 {
			return unprocessable("pull_request_review_thread.line must be part of the diff")
		}
	}
	return nil
}

// listReviews is GET pulls/{n}/reviews, oldest first.
func (c *call) listReviews() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	return page(c, it.pull.reviews, func(r *review) object { return c.reviewShape(it, r) })
}

func (st *store) reviewShape(it *issue, r *review) object {
	at, html := fmt.Sprintf("%s/pulls/%d", st.repoAPI(), it.number), fmt.Sprintf("%s#pullrequestreview-%d", st.page(it), r.id)
	out := object{
		"id": r.id, "node_id": node("PullRequestReview", r.id), "user": st.simpleUser(r.author), "body": r.body, "state": r.state,
		"html_url": html, "pull_request_url": at, "author_association": r.association, "commit_id": r.commit,
		"_links": object{"html": object{"href": html}, "pull_request": object{"href": at}},
	}
	if r.state != "PENDING" {
		out["submitted_at"] = stamp(r.at)
	}
	return out
}
