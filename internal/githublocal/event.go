package githublocal

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"
)

// sweepSchedule is the cron line of a schedule event that is not given one.
const sweepSchedule = "17 3 * * *"

// Event gives the payload that GitHub sends for an event, as a workflow finds it at
// GITHUB_EVENT_PATH, from the state as it is now. number is that of the pull request;
// action is the event's action:
//
//   - pull_request and pull_request_target: opened, synchronize, reopened, closed (merged
//     or not as the pull request is), labeled, ready_for_review and so on;
//   - issue_comment: created, edited; the last comment of the conversation;
//   - merge_group: checks_requested;
//   - push: the push of the merge to the base branch, or, of an open pull request, of its
//     head; number 0 is the default branch; action "forced" a forced push;
//   - workflow_dispatch: on the default branch, without inputs;
//   - schedule: action is the cron line, with a default.
func (s *Server) Event(name, action string, number int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out, err := s.store.event(name, action, number)
	if err != nil {
		return nil, fmt.Errorf("making the event %s: %w", name, err)
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the event %s: %w", name, err)
	}
	return raw, nil
}

func (st *store) event(name, action string, number int) (object, error) {
	it := st.issues[number]
	if number != 0 && it == nil {
		return nil, fmt.Errorf("there is no #%d", number)
	}
	switch name {
	case "workflow_dispatch":
		return st.payload(st.owner, object{
			"inputs": object{}, "ref": "refs/heads/" + st.branch, "workflow": ".github/workflows/neon-migrations.yml",
		}), nil
	case "schedule":
		out := st.payload("", object{"schedule": or(action, sweepSchedule), "workflow": ".github/workflows/neon-migrations.yml"})
		delete(out, "sender")
		return out, nil
	case "push":
		return st.pushEvent(it, action == "forced"), nil
	}
	if it == nil {
		return nil, fmt.Errorf("it needs the number of a pull request")
	}
	switch {
	case name == "issue_comment":
		return st.commentEvent(it, action)
	case it.pull == nil:
		return nil, fmt.Errorf("#%d is an issue", number)
	case name == "pull_request" || name == "pull_request_target":
		return st.pullEvent(it, action), nil
	case name == "merge_group":
		return st.mergeGroupEvent(it, or(action, "checks_requested")), nil
	}
	return nil, fmt.Errorf("it is not one of pull_request, pull_request_target, issue_comment, merge_group, push, workflow_dispatch, schedule")
}

// payload adds what each event has.
func (st *store) payload(sender string, own object) object {
	own["repository"] = st.repository(st.owner)
	own["sender"] = orNil(st.simpleUser(sender))
	if !st.ownerIsUser {
		own["organization"] = st.organization()
	}
	return own
}

// organization is the owner as events show it, which is not as it is shown elsewhere.
func (st *store) organization() object {
	id, at := st.userID(st.owner), st.api+"/orgs/"+st.owner
	return object{
		"login": st.owner, "id": id, "node_id": node("Organization", id), "url": at, "repos_url": at + "/repos",
		"events_url": at + "/events", "hooks_url": at + "/hooks", "issues_url": at + "/issues",
		"members_url": at + "/members{/member}", "public_members_url": at + "/public_members{/member}",
		"avatar_url": st.web + "/avatars/" + st.owner, "description": "",
	}
}

func (st *store) pullEvent(it *issue, action string) object {
	sender, q := it.author, it.pull
	if action == "closed" {
		sender = or(it.closedBy, sender)
	}
	out := object{"action": action, "number": it.number, "pull_request": st.pullFull(it)}
	pull := out["pull_request"].(object)
	switch action {
	case "synchronize":
		out["before"], out["after"] = q.before, q.headSHA
	case "labeled":
		if labels := st.labelShapes(it); len(labels) > 0 {
			out["label"] = labels[len(labels)-1]
		}
	}
	if action == "opened" || action == "synchronize" || action == "reopened" {
		// The event is sent before GitHub has tried the merge.
		maps.Copy(pull, object{"mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown"})
	}
	if action == "opened" {
		pull["merge_commit_sha"] = nil
	}
	return st.payload(sender, out)
}

func (st *store) commentEvent(it *issue, action string) (object, error) {
	all := st.commentsOf(it.number)
	if len(all) == 0 {
		return nil, fmt.Errorf("#%d has no comment", it.number)
	}
	last := all[len(all)-1]
	return st.payload(last.Author, object{"action": or(action, "created"), "issue": st.issueShape(it), "comment": st.commentShape(last)}), nil
}

func (st *store) mergeGroupEvent(it *issue, action string) object {
	q := it.pull
	base := st.refs[q.base]
	m := st.commits[q.testMerge]
	who := object{"name": m.author, "email": st.email(m.author)}
	return st.payload(it.author, object{"action": action, "merge_group": object{
		"head_sha": m.sha, "head_ref": fmt.Sprintf("refs/heads/gh-readonly-queue/%s/pr-%d-%s", q.base, it.number, base),
		"base_sha": base, "base_ref": "refs/heads/" + q.base,
		"head_commit": object{
			"id": m.sha, "tree_id": treeOf(m), "message": fmt.Sprintf("Merge pull request #%d from %s\n\n%s", it.number, q.head, it.title),
			"timestamp": stamp(m.at), "author": who, "committer": who,
		},
	}})
}

// pushEvent is the push that a merge is, or the last push of an open pull request, or
// the last one to the default branch.
func (st *store) pushEvent(it *issue, forced bool) object {
	branch, before, after, shas := st.branch, "", st.refs[st.branch], []string{st.refs[st.branch]}
	sender := st.owner
	if it != nil && it.pull != nil {
		q := it.pull
		branch, before, after, shas, sender = q.head, q.before, q.headSHA, q.commits[len(q.commits)-1:], it.author
		if !q.mergedAt.IsZero() {
			branch, before, after, shas, sender = q.base, q.mergeBase, q.mergeSHA, q.landed, q.mergedBy
		}
	}
	head := st.commits[after]
	if before == "" && len(head.parents) > 0 {
		before = head.parents[0]
	}
	commits := []object{}
	for _, sha := range shas {
		commits = append(commits, st.pushedCommit(st.commits[sha]))
	}
	out := st.payload(sender, object{
		"ref": "refs/heads/" + branch, "before": or(before, zeroSHA), "after": after, "created": before == "", "deleted": false,
		"forced": forced, "base_ref": nil, "compare": st.compare(before, after), "commits": commits, "head_commit": st.pushedCommit(head),
		"pusher": object{"name": sender, "email": st.email(sender)},
	})
	out["repository"] = st.pushedRepository()
	return out
}

func (st *store) compare(before, after string) string {
	if before == "" {
		return st.repoWeb() + "/commit/" + after
	}
	return st.repoWeb() + "/compare/" + before[:12] + "..." + after[:12]
}

// pushedCommit has no lists of files: workflows get their push events without them.
func (st *store) pushedCommit(m *commit) object {
	who := object{"name": m.author, "email": st.email(m.author), "username": m.author}
	return object{
		"id": m.sha, "tree_id": treeOf(m), "distinct": true, "message": m.message, "timestamp": stamp(m.at),
		"url": st.repoWeb() + "/commit/" + m.sha, "author": who, "committer": who,
	}
}

// pushedRepository is the repository as push events have it: times in seconds since 1970,
// and a few names from before.
func (st *store) pushedRepository() object {
	out := st.repository(st.owner)
	owner := out["owner"].(object)
	owner["name"], owner["email"] = st.owner, strings.ToLower(st.owner)+"@github.local"
	maps.Copy(out, object{
		"created_at": epoch().Unix(), "pushed_at": st.now().Unix(), "updated_at": epoch().Format(time.RFC3339),
		"stargazers": 0, "master_branch": st.branch, "url": st.repoWeb(),
	})
	if !st.ownerIsUser {
		out["organization"] = st.owner
	}
	return out
}
