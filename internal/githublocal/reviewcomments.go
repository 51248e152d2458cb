package githublocal

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reviewComment is one comment at a line of a file, and begins a thread of its own.
type reviewComment struct {
	id                    int64
	review                *review
	body                  string
	path, side            string
	line, start, position int // as of the newest push; 0 once outdated
	firstLine, firstStart int // as it was written
	firstPosition         int
	commit, firstCommit   string
	hunk, text            string // text is the line's own, by which a push finds it again
	resolvedBy            string // "" while the thread is open
	created, updated      time.Time
	edits                 int
}

// reviewCommentIn is an inline comment as a caller sends it.
type reviewCommentIn struct {
	Path      string `json:"path"`
	Body      string `json:"body"`
	Position  int    `json:"position"`
	Line      int    `json:"line"`
	Side      string `json:"side"`
	StartLine int    `json:"start_line"`
}

// ReviewComment is a comment at a line of a file, as a person sees it.
type ReviewComment struct {
	ID int64
	// Author is a login; Body is Markdown as sent.
	Author, Body string
	// Path and Line are where it stands now; Line is 0 when it is outdated.
	Path string
	Line int
	// Resolved tells that its thread was resolved; Edits how often it was changed.
	Resolved bool
	Edits    int
	// Review is the review that it came with.
	Review int64
}

// ReviewComments are the comments at lines of a pull request's files, oldest first.
func (s *Server) ReviewComments(number int) []ReviewComment {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.store.issues[number]
	if it == nil || it.pull == nil {
		return nil
	}
	var out []ReviewComment
	for _, m := range it.pull.lineComments() {
		out = append(out, ReviewComment{
			ID: m.id, Author: m.review.author, Body: m.body, Path: m.path, Line: m.line,
			Resolved: m.resolvedBy != "", Edits: m.edits, Review: m.review.id,
		})
	}
	return out
}

// CommentOnLine makes a person comment a line that the pull request's diff shows, as on the web
// page, and gives the comment's number.
func (s *Server) CommentOnLine(number int, author, path string, line int, body string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.store.openPull("commenting on a line of", number)
	if err != nil {
		return 0, err
	}
	r := s.store.newReview(it, author, "COMMENTED", []reviewCommentIn{{Path: path, Line: line, Body: body}})
	if err := r.check(it); err != nil {
		return 0, fmt.Errorf("commenting on line %d of %s: %w", line, path, err)
	}
	it.pull.reviews = append(it.pull.reviews, r)
	return r.comments[0].id, nil
}

// lineComments are the comments of all reviews that were sent, in the order of writing.
func (q *pull) lineComments() []*reviewComment {
	var out []*reviewComment
	for _, r := range q.reviews {
		if r.state != "PENDING" {
			out = append(out, r.comments...)
		}
	}
	slices.SortFunc(out, func(a, b *reviewComment) int { return int(a.id - b.id) })
	return out
}

// place puts a comment onto its line; the line is 0 where the diff does not show it.
func (m *reviewComment) place(q *pull, in reviewCommentIn) {
	i := slices.IndexFunc(q.files, func(f File) bool { return f.Path == in.Path })
	if i < 0 {
		return
	}
	lines, _ := diffLines(q.files[i].Patch)
	at := find(lines, m.side, in.Line)
	if in.Position > 0 {
		if j := slices.IndexFunc(lines, func(d diffLine) bool { return d.position == in.Position }); j >= 0 {
			at = &lines[j]
			m.side = sideOf(*at)
		}
	}
	if at == nil || in.StartLine > 0 && find(lines, m.side, in.StartLine) == nil {
		return
	}
	m.line, m.start, m.position, m.text = at.on(m.side), in.StartLine, at.position, at.text[1:]
	m.firstLine, m.firstStart, m.firstPosition = m.line, m.start, m.position
	m.hunk = hunkTo(q.files[i].Patch, at.position)
}

func sideOf(d diffLine) string {
	if d.right == 0 {
		return "LEFT"
	}
	return "RIGHT"
}

// hunkTo is the patch's hunk down to a position, as GitHub shows it above a comment.
func hunkTo(patch string, position int) string {
	var hunk []string
	at := -1
	for line := range strings.Lines(patch) {
		at++
		if strings.HasPrefix(line, "@@") {
			hunk = nil
		}
		hunk = append(hunk, strings.TrimSuffix(line, "\n"))
		if at == position {
			break
		}
	}
	return strings.Join(hunk, "\n")
}

// follow moves the comments with their lines after a push. A comment whose line is gone is outdated
// and stays at the commit that it was last seen at.
func (q *pull) follow() {
	for _, m := range q.lineComments() {
		i := slices.IndexFunc(q.files, func(f File) bool { return f.Path == m.path })
		if m.line == 0 || i < 0 {
			continue
		}
		lines, _ := diffLines(q.files[i].Patch)
		at := again(lines, m.side, m.text, m.line)
		if at == nil {
			m.line, m.start, m.position = 0, 0, 0
			continue
		}
		if m.start > 0 {
			m.start += at.on(m.side) - m.line
		}
		m.line, m.position, m.commit = at.on(m.side), at.position, q.headSHA
	}
}

func orNone(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func (st *store) reviewCommentShape(it *issue, m *reviewComment) object {
	at := fmt.Sprintf("%s/pulls/comments/%d", st.repoAPI(), m.id)
	pull := fmt.Sprintf("%s/pulls/%d", st.repoAPI(), it.number)
	html := fmt.Sprintf("%s#discussion_r%d", st.page(it), m.id)
	out := object{
		"url": at, "pull_request_review_id": m.review.id, "id": m.id, "node_id": node("PullRequestReviewComment", m.id),
		"diff_hunk": m.hunk, "path": m.path, "commit_id": m.commit, "original_commit_id": m.firstCommit,
		"user": st.simpleUser(m.review.author), "body": m.body, "created_at": stamp(m.created), "updated_at": stamp(m.updated),
		"html_url": html, "pull_request_url": pull, "author_association": m.review.association,
		"_links": object{"self": object{"href": at}, "html": object{"href": html}, "pull_request": object{"href": pull}},
		"line":   orNone(m.line), "original_line": m.firstLine, "start_line": orNone(m.start), "original_start_line": orNone(m.firstStart),
		"start_side": nil, "side": m.side, "original_position": m.firstPosition, "subject_type": "line", "reactions": reactions(at),
		"position": orNone(m.position),
	}
	if m.firstStart > 0 {
		out["start_side"] = m.side
	}
	return out
}

// listReviewComments is GET pulls/{n}/comments, in the order of writing.
func (c *call) listReviewComments() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	since, err := c.since()
	if err != nil {
		return reply{}, err
	}
	all := slices.DeleteFunc(it.pull.lineComments(), func(m *reviewComment) bool { return m.updated.Before(since) })
	if c.req.URL.Query().Get("direction") == "desc" && c.req.URL.Query().Get("sort") != "" {
		slices.Reverse(all)
	}
	return page(c, all, func(m *reviewComment) object { return c.reviewCommentShape(it, m) })
}

// lineComment finds the comment in the path, and its pull request.
func (c *call) lineComment() (*issue, *reviewComment, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, nil, err
	}
	return c.findLineComment(strconv.FormatInt(id, 10))
}

func (st *store) findLineComment(id string) (*issue, *reviewComment, error) {
	for _, it := range st.issues {
		if it.pull == nil {
			continue
		}
		for _, m := range it.pull.lineComments() {
			if strconv.FormatInt(m.id, 10) == id {
				return it, m, nil
			}
		}
	}
	return nil, nil, notFound()
}

func (c *call) getReviewComment() (reply, error) {
	it, m, err := c.lineComment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.reviewCommentShape(it, m)), nil
}

func (c *call) updateReviewComment() (reply, error) {
	it, m, err := c.lineComment()
	if err != nil {
		return reply{}, err
	}
	var in commentBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := written("PullRequestReviewComment", "body", in.Body, maxBody); err != nil {
		return reply{}, err
	}
	if m.body != in.Body {
		m.body, m.updated = in.Body, c.now()
		m.edits++
	}
	return ok(c.reviewCommentShape(it, m)), nil
}

func (c *call) deleteReviewComment() (reply, error) {
	_, m, err := c.lineComment()
	if err != nil {
		return reply{}, err
	}
	m.review.comments = slices.DeleteFunc(m.review.comments, func(other *reviewComment) bool { return other == m })
	return reply{status: http.StatusNoContent}, nil
}
