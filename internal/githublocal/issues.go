package githublocal

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Comment is one comment of a conversation.
type Comment struct {
	// ID is its number; Number is that of the issue or pull request.
	ID     int64
	Number int
	// Author is a login; Body is Markdown as sent.
	Author, Body string
	// CreatedAt and UpdatedAt differ when it was edited, Edits times.
	CreatedAt, UpdatedAt time.Time
	Edits                int
	// URL is the web page's.
	URL string
	app bool
}

// Comments are the comments of an issue or a pull request, oldest first.
func (s *Server) Comments(number int) []Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Comment
	for _, m := range s.store.commentsOf(number) {
		out = append(out, *m)
	}
	return out
}

// Comment makes a person write a comment, as on the web page.
func (s *Server) Comment(number int, author, body string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.store.issues[number]
	if it == nil {
		return 0, fmt.Errorf("commenting on #%d: there is none", number)
	}
	return s.store.addComment(it, author, body, false).ID, nil
}

func (st *store) commentsOf(number int) []*Comment {
	var out []*Comment
	for _, m := range st.comments {
		if m.Number == number {
			out = append(out, m)
		}
	}
	return out
}

func (st *store) addComment(it *issue, author, body string, app bool) *Comment {
	now := st.now()
	m := &Comment{ID: st.id(), Number: it.number, Author: author, Body: body, CreatedAt: now, UpdatedAt: now, app: app}
	m.URL = fmt.Sprintf("%s#issuecomment-%d", st.page(it), m.ID)
	st.comments = append(st.comments, m)
	it.updated = now
	return m
}

// page is the web address of an issue or a pull request.
func (st *store) page(it *issue) string {
	if it.pull != nil {
		return fmt.Sprintf("%s/pull/%d", st.repoWeb(), it.number)
	}
	return fmt.Sprintf("%s/issues/%d", st.repoWeb(), it.number)
}

// conversation finds the issue or pull request in the path and asks for the permission
// that is due: a pull request's conversation goes by either, an issue's by issues alone.
func (c *call) conversation() (*issue, error) {
	n, err := c.number("number")
	it := c.issues[int(n)]
	if err != nil || it == nil {
		return nil, notFound()
	}
	return it, c.permitConversation(it)
}

func (c *call) permitConversation(it *issue) error {
	if it.pull != nil || c.token == nil || c.route.need.access == Read && !c.private {
		return nil
	}
	return c.permit(need{c.route.need.access, []Scope{Issues}})
}

func (st *store) commentShape(m *Comment) object {
	it := st.issues[m.Number]
	at := fmt.Sprintf("%s/issues/comments/%d", st.repoAPI(), m.ID)
	out := object{
		"url": at, "html_url": m.URL, "issue_url": fmt.Sprintf("%s/issues/%d", st.repoAPI(), m.Number), "id": m.ID,
		"node_id": node("IssueComment", m.ID), "user": st.simpleUser(m.Author), "created_at": stamp(m.CreatedAt),
		"updated_at": stamp(m.UpdatedAt), "author_association": st.association(m.Author, ""), "body": m.Body,
		"performed_via_github_app": nil, "reactions": reactions(at),
	}
	if m.Author == it.author {
		out["author_association"] = it.association
	}
	if m.app {
		out["performed_via_github_app"] = st.actionsApp()
	}
	return out
}

func reactions(at string) object {
	out := object{"url": at + "/reactions", "total_count": 0}
	for _, name := range []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"} {
		out[name] = 0
	}
	return out
}

// since leaves out what was not updated after the query's time.
func (c *call) since() (time.Time, error) {
	return parseTime("since", c.req.URL.Query().Get("since"), time.Time{})
}

// listComments is GET issues/{n}/comments, in the order of writing.
func (c *call) listComments() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	since, err := c.since()
	if err != nil {
		return reply{}, err
	}
	all := slices.DeleteFunc(c.commentsOf(it.number), func(m *Comment) bool { return m.UpdatedAt.Before(since) })
	return page(c, all, c.commentShape)
}

type commentBody struct {
	Body string `json:"body"`
}

func (c *call) createComment() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	var in commentBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := written("IssueComment", "body", in.Body, maxBody); err != nil {
		return reply{}, err
	}
	return created(c.commentShape(c.addComment(it, c.login(), in.Body, c.token.installation()))), nil
}

// comment finds the comment in the path.
func (c *call) comment() (*Comment, error) {
	id, err := c.number("id")
	i := slices.IndexFunc(c.comments, func(m *Comment) bool { return m.ID == id })
	if err != nil || i < 0 {
		return nil, notFound()
	}
	return c.comments[i], c.permitConversation(c.issues[c.comments[i].Number])
}

func (c *call) getComment() (reply, error) {
	m, err := c.comment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.commentShape(m)), nil
}

func (c *call) updateComment() (reply, error) {
	m, err := c.comment()
	if err != nil {
		return reply{}, err
	}
	var in commentBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := written("IssueComment", "body", in.Body, maxBody); err != nil {
		return reply{}, err
	}
	if m.Body != in.Body {
		m.Body, m.UpdatedAt = in.Body, c.now()
		m.Edits++
	}
	return ok(c.commentShape(m)), nil
}

func (c *call) deleteComment() (reply, error) {
	m, err := c.comment()
	if err != nil {
		return reply{}, err
	}
	c.store.comments = slices.DeleteFunc(c.comments, func(other *Comment) bool { return other == m })
	return reply{status: http.StatusNoContent}, nil
}

func (st *store) issueShape(it *issue) object {
	at := fmt.Sprintf("%s/issues/%d", st.repoAPI(), it.number)
	out := object{
		"url": at, "repository_url": st.repoAPI(), "labels_url": at + "/labels{/name}", "comments_url": at + "/comments",
		"events_url": at + "/events", "timeline_url": at + "/timeline", "html_url": st.page(it), "id": it.id, "node_id": node("Issue", it.id), "number": it.number,
		"title": it.title, "user": st.simpleUser(it.author), "labels": st.labelShapes(it), "state": it.state, "state_reason": orNull(it.reason),
		"locked": false, "active_lock_reason": nil, "assignee": nil, "assignees": []any{}, "milestone": nil,
		"comments": len(st.commentsOf(it.number)), "created_at": stamp(it.created), "updated_at": stamp(it.updated),
		"closed_at": stamp(it.closed), "closed_by": orNil(st.simpleUser(it.closedBy)), "author_association": it.association, "body": orNull(it.body),
		"performed_via_github_app": nil, "reactions": reactions(at),
	}
	if q := it.pull; q != nil {
		page := st.page(it)
		out["draft"] = q.draft
		out["pull_request"] = object{
			"url": fmt.Sprintf("%s/pulls/%d", st.repoAPI(), it.number), "html_url": page,
			"diff_url": page + ".diff", "patch_url": page + ".patch", "merged_at": stamp(q.mergedAt),
		}
	}
	return out
}

// listIssues is GET issues. Pull requests are issues too and are listed, with the field
// pull_request.
func (c *call) listIssues() (reply, error) {
	query := c.req.URL.Query()
	since, err := c.since()
	if err != nil {
		return reply{}, err
	}
	var labels []string
	if named := query.Get("labels"); named != "" {
		labels = strings.Split(named, ",")
	}
	creator := strings.Replace(query.Get("creator"), "app/github-actions", "github-actions[bot]", 1)
	all := c.sortedIssues(func(it *issue) bool {
		return c.inState(it) && !it.updated.Before(since) && (creator == "" || creator == it.author) &&
			!slices.ContainsFunc(labels, func(name string) bool { return !it.hasLabel(name) })
	})
	return page(c, all, c.issueShape)
}

func (c *call) getIssue() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	return ok(c.issueShape(it)), nil
}

// issueBody is what a caller may set; nil leaves a field as it is.
type issueBody struct {
	Title       *string    `json:"title"`
	Body        *string    `json:"body"`
	State       *string    `json:"state"`
	StateReason *string    `json:"state_reason"`
	Labels      *[]labelIn `json:"labels"`
}

func (in issueBody) check() error {
	if in.Title != nil {
		if err := written("Issue", "title", *in.Title, maxTitle); err != nil {
			return err
		}
	}
	if in.State != nil && *in.State != "open" && *in.State != "closed" {
		return invalid("Issue", "state", "invalid", "")
	}
	if in.Body != nil {
		return fits("Issue", "body", *in.Body, maxBody)
	}
	return nil
}

func (c *call) createIssue() (reply, error) {
	var in issueBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Title == nil {
		return reply{}, invalid("Issue", "title", "missing_field", "")
	}
	if err := in.check(); err != nil {
		return reply{}, err
	}
	it := c.newIssue(*in.Title, "", c.login())
	in.State = nil // a new issue is open
	c.apply(it, in)
	return created(c.issueShape(it)), nil
}

func (c *call) updateIssue() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	var in issueBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := in.check(); err != nil {
		return reply{}, err
	}
	c.apply(it, in)
	return ok(c.issueShape(it)), nil
}

func (c *call) apply(it *issue, in issueBody) {
	if in.Title != nil {
		it.title = *in.Title
	}
	if in.Body != nil {
		it.body = *in.Body
	}
	if in.Labels != nil {
		c.relabel(it, *in.Labels)
	}
	reason := ""
	if in.StateReason != nil {
		reason = *in.StateReason
	}
	switch {
	case in.State == nil || *in.State == it.state:
	case *in.State == "closed":
		c.close(it, c.login(), or(reason, "completed"))
	default:
		it.state, it.reason, it.closed, it.closedBy = "open", "reopened", time.Time{}, ""
		c.happen(it, happening{kind: "reopened", actor: c.login()})
	}
	it.updated = c.now()
}

// Issue is what an issue, no pull request, says now.
type Issue struct {
	Number int
	// Author is a login; State is open or closed.
	Author, Title, Body, State string
	Labels                     []string
	URL                        string
}

// Issues are all issues, oldest first, without pull requests.
func (s *Server) Issues() []Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Issue
	for _, number := range slices.Sorted(maps.Keys(s.store.issues)) {
		it := s.store.issues[number]
		if it.pull != nil {
			continue
		}
		one := Issue{Number: number, Author: it.author, Title: it.title, Body: it.body, State: it.state, URL: s.store.page(it)}
		one.Labels = append(one.Labels, it.labels...)
		out = append(out, one)
	}
	return out
}
