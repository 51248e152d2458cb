package githublocal

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// side is head or base of a pull request.
func (st *store) side(owner, ref, sha string, gone bool) object {
	out := object{"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": orNil(st.simpleUser(owner)), "repo": nil}
	if !gone {
		out["repo"] = withMergeSettings(st.repository(owner))
	}
	return out
}

// pullSimple is a pull request as lists show it.
func (st *store) pullSimple(it *issue) object {
	q, at := it.pull, fmt.Sprintf("%s/pulls/%d", st.repoAPI(), it.number)
	page, issueAt := fmt.Sprintf("%s/pull/%d", st.repoWeb(), it.number), fmt.Sprintf("%s/issues/%d", st.repoAPI(), it.number)
	links := object{
		"self": at, "html": page, "issue": issueAt, "comments": issueAt + "/comments", "review_comments": at + "/comments",
		"review_comment": st.repoAPI() + "/pulls/comments{/number}", "commits": at + "/commits",
		"statuses": st.repoAPI() + "/statuses/" + q.headSHA,
	}
	hrefs := object{}
	for name, href := range links {
		hrefs[name] = object{"href": href}
	}
	merge := q.testMerge
	if q.mergeSHA != "" {
		merge = q.mergeSHA
	}
	return object{
		"url": at, "id": it.id, "node_id": node("PullRequest", it.id), "html_url": page, "diff_url": page + ".diff",
		"patch_url": page + ".patch", "issue_url": issueAt, "number": it.number, "state": it.state, "locked": false,
		"title": it.title, "user": st.simpleUser(it.author), "body": orNull(it.body), "created_at": stamp(it.created),
		"updated_at": stamp(it.updated), "closed_at": stamp(it.closed), "merged_at": stamp(q.mergedAt), "merge_commit_sha": orNull(merge),
		"assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{},
		"labels": st.labelShapes(it), "milestone": nil, "draft": q.draft, "commits_url": at + "/commits",
		"review_comments_url": at + "/comments", "review_comment_url": st.repoAPI() + "/pulls/comments{/number}",
		"comments_url": issueAt + "/comments", "statuses_url": st.repoAPI() + "/statuses/" + q.headSHA,
		"head": st.side(or(q.forkOwner, st.owner), q.head, q.headSHA, q.forkGone), "base": st.side(st.owner, q.base, q.baseSHA, false),
		"_links": hrefs, "author_association": it.association, "auto_merge": nil, "active_lock_reason": nil,
	}
}

// pullFull is a pull request by itself and in events.
func (st *store) pullFull(it *issue) object {
	out, q := st.pullSimple(it), it.pull
	added, removed := 0, 0
	for _, f := range q.files {
		a, r := f.counts()
		added, removed = added+a, removed+r
	}
	merged := !q.mergedAt.IsZero()
	// Whether it can be merged is computed in the background on GitHub; here it is known at once.
	mergeable, state := any(true), "clean"
	if merged || it.state == "closed" {
		mergeable, state = nil, "unknown"
	}
	if q.draft && !merged {
		state = "draft"
	}
	maps.Copy(out, object{
		"merged": merged, "mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state,
		"merged_by": orNil(st.simpleUser(q.mergedBy)), "comments": len(st.commentsOf(it.number)), "review_comments": q.reviewComments(),
		"maintainer_can_modify": q.forkOwner != "", "commits": len(q.commits), "additions": added, "deletions": removed,
		"changed_files": len(q.files),
	})
	return out
}

// counts are the added and removed lines of a patch.
func (f File) counts() (added, removed int) {
	for line := range strings.Lines(f.Patch) {
		switch line[0] {
		case '+':
			added++
		case '-':
			removed++
		}
	}
	return added, removed
}

// pullOf finds the pull request in the path.
func (c *call) pullOf() (*issue, error) {
	n, err := c.number("number")
	it := c.issues[int(n)]
	if err != nil || it == nil || it.pull == nil {
		return nil, notFound()
	}
	return it, nil
}

// sortedIssues are all issues and pull requests that keep lets through, by the query's
// sort and direction; GitHub's default is the newest first.
func (c *call) sortedIssues(keep func(*issue) bool) []*issue {
	var out []*issue
	for _, it := range c.issues {
		if keep(it) {
			out = append(out, it)
		}
	}
	query := c.req.URL.Query()
	key := func(it *issue) time.Time { return it.created }
	if query.Get("sort") == "updated" {
		key = func(it *issue) time.Time { return it.updated }
	}
	slices.SortFunc(out, func(a, b *issue) int {
		return cmp.Or(key(a).Compare(key(b)), a.number-b.number)
	})
	if query.Get("direction") != "asc" {
		slices.Reverse(out)
	}
	return out
}

// inState judges the query's state: open is the default, all is any.
func (c *call) inState(it *issue) bool {
	state := or(c.req.URL.Query().Get("state"), "open")
	return state == "all" || state == it.state
}

// listPulls is GET pulls. A head without its owner is not a filter on GitHub: all are
// listed, so a caller must look again.
func (c *call) listPulls() (reply, error) {
	query := c.req.URL.Query()
	head, base := query.Get("head"), query.Get("base")
	all := c.sortedIssues(func(it *issue) bool {
		q := it.pull
		return q != nil && c.inState(it) && (base == "" || base == q.base) &&
			(!strings.Contains(head, ":") || head == or(q.forkOwner, c.owner)+":"+q.head)
	})
	return page(c, all, c.pullSimple)
}

func (c *call) getPull() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	return ok(c.pullFull(it)), nil
}

func (c *call) listFiles() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	return page(c, it.pull.files, func(f File) object {
		added, removed := f.counts()
		at := c.repoWeb() + "/%s/" + it.pull.headSHA + "/" + f.Path
		out := object{
			"sha": it.pull.headSHA, "filename": f.Path, "status": or(f.Status, "modified"),
			"additions": added, "deletions": removed, "changes": added + removed,
			"blob_url": fmt.Sprintf(at, "blob"), "raw_url": fmt.Sprintf(at, "raw"),
			"contents_url": c.repoAPI() + "/contents/" + f.Path + "?ref=" + it.pull.headSHA,
		}
		if f.Patch != "" {
			out["patch"] = strings.TrimSuffix(f.Patch, "\n")
		}
		return out
	})
}

func (c *call) listCommits() (reply, error) {
	it, err := c.pullOf()
	if err != nil {
		return reply{}, err
	}
	return page(c, it.pull.commits, func(sha string) object { return c.commitShape(c.commits[sha]) })
}

func (st *store) commitShape(m *commit) object {
	who := object{"name": m.author, "email": st.email(m.author), "date": stamp(m.at)}
	at, git := st.repoAPI()+"/commits/"+m.sha, st.repoAPI()+"/git/commits/"+m.sha
	parents := []object{}
	for _, sha := range m.parents {
		parents = append(parents, object{"sha": sha, "url": st.repoAPI() + "/commits/" + sha, "html_url": st.repoWeb() + "/commit/" + sha})
	}
	return object{
		"sha": m.sha, "node_id": node("Commit", 0), "url": at, "html_url": st.repoWeb() + "/commit/" + m.sha,
		"comments_url": at + "/comments", "author": st.simpleUser(m.author), "committer": st.simpleUser(m.author), "parents": parents,
		"commit": object{
			"author": who, "committer": who, "message": m.message, "url": git, "comment_count": 0,
			"tree":         object{"sha": treeOf(m), "url": st.repoAPI() + "/git/trees/" + treeOf(m)},
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}

// treeOf stands in for the tree's name: nothing here reads trees.
func treeOf(m *commit) string { return m.sha[len(m.sha)/2:] + m.sha[:len(m.sha)/2] }

func (st *store) email(login string) string {
	return fmt.Sprintf("%d+%s@users.noreply.github.com", st.userID(login), login)
}

// listCommitPulls is GET commits/{sha}/pulls: the merged pull request that brought a
// commit onto the default branch; for a commit that is not there, all that hold it.
func (c *call) listCommitPulls() (reply, error) {
	sha := c.req.PathValue("ref")
	if known, ok := c.refs[sha]; ok {
		sha = known
	}
	if c.commits[sha] == nil {
		return reply{}, problem{status: http.StatusUnprocessableEntity, message: "No commit found for SHA: " + sha}
	}
	landed := func(it *issue) bool {
		return it.pull != nil && it.pull.base == c.branch && slices.Contains(it.pull.landed, sha)
	}
	all := c.sortedIssues(landed)
	if len(all) == 0 {
		all = c.sortedIssues(func(it *issue) bool { return it.pull != nil && slices.Contains(it.pull.commits, sha) })
	}
	return page(c, all, c.pullSimple)
}
