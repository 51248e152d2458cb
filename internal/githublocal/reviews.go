package githublocal

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// review is one review of a pull request.
type review struct {
	id                          int64
	author, body, state, commit string
	association                 string
	comments                    []reviewComment
	at                          time.Time
}

// reviewComment is one inline comment of a review.
type reviewComment struct {
	Path      string `json:"path"`
	Body      string `json:"body"`
	Position  int    `json:"position"`
	Line      int    `json:"line"`
	Side      string `json:"side"`
	StartLine int    `json:"start_line"`
}

func (q *pull) reviewComments() int {
	n := 0
	for _, r := range q.reviews {
		n += len(r.comments)
	}
	return n
}

// createReview is POST pulls/{n}/reviews. One inline comment off the diff rejects all,
// and GitHub does not say which.
func (c *call) createReview() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		CommitID string          `json:"commit_id"`
		Body     string          `json:"body"`
		Event    string          `json:"event"`
		Comments []reviewComment `json:"comments"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	r := &review{id: c.id(), author: c.login(), body: in.Body, commit: or(in.CommitID, it.pull.headSHA), comments: in.Comments, at: c.now()}
	r.association = c.association(r.author, "")
	switch in.Event {
	case "":
		r.state = "PENDING"
	case "APPROVE":
		r.state = "APPROVED"
	case "REQUEST_CHANGES":
		r.state = "CHANGES_REQUESTED"
	case "COMMENT":
		r.state = "COMMENTED"
	default:
		return reply{}, unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value")
	}
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
		if err := written("PullRequestReviewComment", "body", m.Body, maxBody); err != nil {
			return err
		}
		if !it.pull.shows(m) {
			return unprocessable("pull_request_review_thread.line must be part of the diff")
		}
	}
	return nil
}

// shows tells whether an inline comment is on a line of the diff.
func (q *pull) shows(m reviewComment) bool {
	i := slices.IndexFunc(q.files, func(f File) bool { return f.Path == m.Path })
	if i < 0 {
		return false
	}
	left, right, positions := diffLines(q.files[i].Patch)
	if m.Position > 0 {
		return m.Position <= positions
	}
	lines := right
	if strings.EqualFold(m.Side, "LEFT") {
		lines = left
	}
	return slices.Contains(lines, m.Line) && (m.StartLine == 0 || slices.Contains(lines, m.StartLine))
}

// diffLines are the line numbers that a patch shows of the old and the new file, and how
// many positions it has: lines below the first hunk header, later headers included.
func diffLines(patch string) (left, right []int, positions int) {
	header := regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@`)
	from, to, hunks := 0, 0, 0
	for line := range strings.Lines(patch) {
		if at := header.FindStringSubmatch(line); at != nil {
			from, _ = strconv.Atoi(at[1])
			to, _ = strconv.Atoi(at[2])
			if hunks++; hunks > 1 {
				positions++
			}
			continue
		}
		positions++
		if line[0] == ' ' || line[0] == '-' {
			left, from = append(left, from), from+1
		}
		if line[0] == ' ' || line[0] == '+' {
			right, to = append(right, to), to+1
		}
	}
	return left, right, positions
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
