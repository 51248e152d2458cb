package githublocal

import (
	"maps"
	"strings"
	"time"
)

// simpleUser is a person or a bot as GitHub shows it inside other things.
func (st *store) simpleUser(login string) object {
	if login == "" {
		return nil
	}
	id, at := st.userID(login), st.api+"/users/"+strings.ReplaceAll(login, "[bot]", "%5Bbot%5D")
	kind, page := "User", st.web+"/"+login
	switch name, bot := strings.CutSuffix(login, "[bot]"); {
	case bot:
		kind, page = "Bot", st.web+"/apps/"+name
	case login == st.owner && !st.ownerIsUser:
		kind = "Organization"
	}
	return object{
		"login": login, "id": id, "node_id": node(kind, id), "type": kind, "site_admin": false, "user_view_type": "public",
		"avatar_url": st.web + "/avatars/" + strings.TrimSuffix(login, "[bot]"), "gravatar_id": "", "url": at, "html_url": page,
		"followers_url": at + "/followers", "following_url": at + "/following{/other_user}",
		"gists_url": at + "/gists{/gist_id}", "starred_url": at + "/starred{/owner}{/repo}",
		"subscriptions_url": at + "/subscriptions", "organizations_url": at + "/orgs", "repos_url": at + "/repos",
		"events_url": at + "/events{/privacy}", "received_events_url": at + "/received_events",
	}
}

// orNil keeps a nil object null inside other objects.
func orNil(o object) any {
	if o == nil {
		return nil
	}
	return o
}

// epoch is when the repository and its people are said to have begun.
func epoch() time.Time { return time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC) }

// getUser is GET /user: only a person's token has a user behind it.
func (c *call) getUser() (reply, error) {
	if c.token.installation() {
		return reply{}, problem{status: 403, message: "Resource not accessible by integration"}
	}
	user := c.simpleUser(c.token.Login)
	maps.Copy(user, object{
		"name": c.token.Login, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"twitter_username": nil, "public_repos": 1, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": stamp(epoch()), "updated_at": stamp(epoch()),
	})
	return ok(user), nil
}

// getPermission is GET collaborators/{username}/permission.
func (c *call) getPermission() (reply, error) {
	login := c.req.PathValue("username")
	if _, known := c.ids[login]; !known || strings.Contains(login, " ") {
		return reply{}, problem{status: 404, message: login + " is not a user"}
	}
	role := or(c.roles[login], c.defaultRole())
	// Five roles are told, four permissions: maintain is write and triage is read to old callers.
	permission := role
	switch role {
	case "maintain":
		permission = "write"
	case "triage":
		permission = "read"
	}
	user := c.simpleUser(login)
	user["role_name"] = role
	return ok(object{"permission": permission, "role_name": role, "user": user}), nil
}

func (st *store) defaultRole() string {
	if st.private {
		return "none"
	}
	return "read"
}

// repositoryLinks are the addresses of a repository's parts, by field name without _url.
func repositoryLinks() map[string]string {
	return map[string]string{
		"forks": "/forks", "keys": "/keys{/key_id}", "collaborators": "/collaborators{/collaborator}", "teams": "/teams",
		"hooks": "/hooks", "issue_events": "/issues/events{/number}", "events": "/events", "assignees": "/assignees{/user}",
		"branches": "/branches{/branch}", "tags": "/tags", "blobs": "/git/blobs{/sha}", "git_tags": "/git/tags{/sha}",
		"git_refs": "/git/refs{/sha}", "trees": "/git/trees{/sha}", "statuses": "/statuses/{sha}", "languages": "/languages",
		"stargazers": "/stargazers", "contributors": "/contributors", "subscribers": "/subscribers", "subscription": "/subscription",
		"commits": "/commits{/sha}", "git_commits": "/git/commits{/sha}", "comments": "/comments{/number}",
		"issue_comment": "/issues/comments{/number}", "contents": "/contents/{+path}", "compare": "/compare/{base}...{head}",
		"merges": "/merges", "archive": "/{archive_format}{/ref}", "downloads": "/downloads", "issues": "/issues{/number}",
		"pulls": "/pulls{/number}", "milestones": "/milestones{/number}",
		"notifications": "/notifications{?since,all,participating}", "labels": "/labels{/name}",
		"releases": "/releases{/id}", "deployments": "/deployments",
	}
}

// repository is a repository as in pull requests and events: this one, or owner's fork of it.
func (st *store) repository(owner string) object {
	full, fork := owner+"/"+st.name, owner != st.owner
	id := st.userID("repository of " + owner)
	at, page := st.api+"/repos/"+full, st.web+"/"+full
	visibility := "public"
	if st.private {
		visibility = "private"
	}
	out := object{
		"id": id, "node_id": node("Repository", id), "name": st.name, "full_name": full, "owner": st.simpleUser(owner),
		"private": st.private, "visibility": visibility, "html_url": page, "description": nil, "fork": fork, "url": at,
		"created_at": stamp(epoch()), "updated_at": stamp(epoch()), "pushed_at": stamp(st.now()),
		"git_url": strings.Replace(page, "http://", "git://", 1) + ".git", "ssh_url": "git@github.local:" + full + ".git",
		"clone_url": page + ".git", "svn_url": page, "homepage": nil, "size": 1, "stargazers_count": 0, "watchers_count": 0,
		"language": "Python", "has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": true, "has_pages": false,
		"has_discussions": false, "forks_count": 0, "mirror_url": nil, "archived": false, "disabled": false,
		"open_issues_count": st.openIssues(), "license": nil, "allow_forking": true, "is_template": false,
		"web_commit_signoff_required": false, "topics": []any{}, "custom_properties": object{}, "forks": 0, "open_issues": st.openIssues(), "watchers": 0,
		"default_branch": st.branch,
	}
	for name, path := range repositoryLinks() {
		out[name+"_url"] = at + path
	}
	return out
}

func (st *store) openIssues() int {
	n := 0
	for _, it := range st.issues {
		if it.state == "open" {
			n++
		}
	}
	return n
}

// withMergeSettings adds what a repository has inside a pull request's head and base.
func withMergeSettings(repository object) object {
	maps.Copy(repository, object{
		"allow_squash_merge": true, "allow_merge_commit": true, "allow_rebase_merge": true, "allow_auto_merge": false,
		"delete_branch_on_merge": false, "allow_update_branch": false, "use_squash_pr_title_as_default": false,
		"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES",
		"merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE",
	})
	return repository
}

// getRepository is GET /repos/{owner}/{repo}.
func (c *call) getRepository() (reply, error) {
	out := withMergeSettings(c.repository(c.owner))
	out["network_count"], out["subscribers_count"] = 0, 0
	if !c.ownerIsUser {
		out["organization"] = c.simpleUser(c.owner)
	}
	if c.token != nil {
		write := c.token.may(Contents, Write)
		out["permissions"] = object{"admin": false, "maintain": false, "push": write, "triage": write, "pull": true}
	}
	return ok(out), nil
}

// actionsApp is the app behind GITHUB_TOKEN, with the id it has on github.com.
func (st *store) actionsApp() object {
	return object{
		"id": 15368, "client_id": "Iv1.local", "slug": "github-actions", "node_id": node("App", 15368), "owner": st.simpleUser(st.owner),
		"name": "GitHub Actions", "description": "Automate your workflow from idea to production",
		"external_url": "https://help.github.com/en/actions", "html_url": st.web + "/apps/github-actions",
		"created_at": stamp(epoch()), "updated_at": stamp(epoch()),
		"permissions": object{"checks": "write", "issues": "write", "metadata": "read", "pull_requests": "write"}, "events": []any{},
	}
}
