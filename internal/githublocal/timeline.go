package githublocal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// happening is something that befell an issue or a pull request, as its timeline keeps it.
type happening struct {
	id          int64
	kind, actor string // kind is GitHub's word: labeled, base_ref_changed, closed
	label       string
	at          time.Time
}

func (st *store) happen(it *issue, h happening) {
	h.id, h.at = st.id(), st.now()
	it.happened, it.updated = append(it.happened, h), h.at
}

// Retarget makes a person choose another base branch for an open pull request.
func (s *Server) Retarget(number int, login, base string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.store.openPull("retargeting", number)
	if err != nil {
		return err
	}
	tip, known := s.store.refs[base]
	if !known {
		return fmt.Errorf("retargeting pull request #%d: there is no branch %q", number, base)
	}
	it.pull.base, it.pull.baseSHA = base, tip
	s.store.happen(it, happening{kind: "base_ref_changed", actor: login})
	return nil
}

// moment is one entry of a timeline with the time that it is sorted by.
type moment struct {
	at    time.Time
	shape object
}

// listTimeline is GET issues/{n}/timeline, oldest first. A push leaves no time of the server's there:
// a commit carries only the times that its author's git wrote.
func (c *call) listTimeline() (reply, error) {
	it, err := c.conversation()
	if err != nil {
		return reply{}, err
	}
	var all []moment
	for _, h := range it.happened {
		all = append(all, moment{h.at, c.happeningShape(it, h)})
	}
	for _, m := range c.commentsOf(it.number) {
		shape := c.commentShape(m)
		maps.Copy(shape, object{"event": "commented", "actor": c.simpleUser(m.Author)})
		all = append(all, moment{m.CreatedAt, shape})
	}
	if it.pull != nil {
		all = append(all, c.pullMoments(it)...)
	}
	slices.SortStableFunc(all, func(a, b moment) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	return page(c, all, func(m moment) object { return m.shape })
}

func (st *store) pullMoments(it *issue) []moment {
	var out []moment
	for _, sha := range it.pull.commits {
		m := st.commits[sha]
		whole := st.commitShape(m)
		shape := maps.Clone(whole["commit"].(object))
		delete(shape, "comment_count")
		maps.Copy(shape, object{
			"event": "committed", "sha": sha, "node_id": whole["node_id"], "html_url": whole["html_url"], "parents": whole["parents"],
		})
		out = append(out, moment{m.at, shape})
	}
	for _, r := range it.pull.reviews {
		if r.state != "PENDING" {
			shape := st.reviewShape(it, r)
			shape["event"] = "reviewed"
			out = append(out, moment{r.at, shape})
		}
	}
	return out
}

func (st *store) happeningShape(it *issue, h happening) object {
	out := object{
		"id": h.id, "node_id": node("Event", h.id), "url": fmt.Sprintf("%s/issues/events/%d", st.repoAPI(), h.id),
		"actor": orNil(st.simpleUser(h.actor)), "event": h.kind, "commit_id": nil, "commit_url": nil,
		"created_at": stamp(h.at), "performed_via_github_app": nil,
	}
	switch h.kind {
	case "labeled", "unlabeled":
		out["label"] = object{"name": h.label, "color": labelColour}
	case "closed", "reopened":
		out["state_reason"] = orNull(it.reason)
	}
	return out
}
