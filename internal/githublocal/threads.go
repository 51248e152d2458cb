package githublocal

import (
	"fmt"
	"strconv"
)

// queries are what the GraphQL API can be asked here: the threads of a pull request's review.
func (c *call) queries() gqlObject {
	return gqlObject{
		"__typename": "Query",
		"viewer":     gqlObject{"__typename": "User", "login": c.login()},
		"repository": gqlField(func(args object) (any, error) {
			owner, name := fmt.Sprint(args["owner"]), fmt.Sprint(args["name"])
			if !c.isThis(owner, name) {
				return nil, gqlError{"NOT_FOUND", fmt.Sprintf("Could not resolve to a Repository with the name '%s/%s'.", owner, name)}
			}
			return gqlObject{"__typename": "Repository", "nameWithOwner": c.owner + "/" + c.name, "pullRequest": gqlField(c.pullNode)}, nil
		}),
	}
}

func (c *call) pullNode(args object) (any, error) {
	n, _ := count(args["number"])
	it := c.issues[n]
	if it == nil || it.pull == nil {
		return nil, gqlError{"NOT_FOUND", fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", n)}
	}
	if c.private && c.permit(reads(PullRequests)) != nil {
		return nil, forbidden(c)
	}
	var threads []gqlObject
	for _, m := range it.pull.lineComments() {
		threads = append(threads, c.thread(it, m))
	}
	return gqlObject{
		"__typename": "PullRequest", "id": node("PullRequest", it.id), "number": it.number, "title": it.title,
		"reviewThreads": c.connection("reviewThreads", threads),
	}, nil
}

// thread is a comment at a line with its answers, of which there are none here.
func (c *call) thread(it *issue, m *reviewComment) gqlObject {
	var resolver gqlObject
	if m.resolvedBy != "" {
		resolver = gqlObject{"__typename": "User", "login": m.resolvedBy}
	}
	may := c.mayResolve(it) == nil
	first := gqlObject{
		"__typename": "PullRequestReviewComment", "id": node("PullRequestReviewComment", m.id),
		"databaseId": m.id, "fullDatabaseId": strconv.FormatInt(m.id, 10), "body": m.body, "path": m.path,
		"author": gqlObject{"__typename": "Actor", "login": m.review.author},
	}
	return gqlObject{
		"__typename": "PullRequestReviewThread", "id": node("PullRequestReviewThread", m.id), "path": m.path,
		"isResolved": m.resolvedBy != "", "isOutdated": m.line == 0, "line": orNone(m.line), "originalLine": m.firstLine,
		"resolvedBy": resolver, "viewerCanResolve": may && m.resolvedBy == "", "viewerCanUnresolve": may && m.resolvedBy != "",
		"comments": c.connection("comments", []gqlObject{first}),
	}
}

func (c *call) mutations() gqlObject {
	return gqlObject{
		"__typename":            "Mutation",
		"resolveReviewThread":   c.settle("resolveReviewThread", func(m *reviewComment) { m.resolvedBy = c.login() }),
		"unresolveReviewThread": c.settle("unresolveReviewThread", func(m *reviewComment) { m.resolvedBy = "" }),
	}
}

// settle answers a mutation of a thread's state.
func (c *call) settle(name string, change func(*reviewComment)) gqlField {
	return func(args object) (any, error) {
		in, _ := args["input"].(object)
		id := fmt.Sprint(in["threadId"])
		for _, it := range c.issues {
			if it.pull == nil {
				continue
			}
			for _, m := range it.pull.lineComments() {
				if node("PullRequestReviewThread", m.id) != id {
					continue
				}
				if err := c.mayResolve(it); err != nil {
					return nil, err
				}
				change(m)
				return gqlObject{"__typename": name, "clientMutationId": in["clientMutationId"], "thread": c.thread(it, m)}, nil
			}
		}
		return nil, gqlError{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'", id)}
	}
}

// mayResolve asks for what resolving needs: for a person, write access or the pull request's
// authorship; for an installation, contents: write beside pull-requests: write, although no content
// is written (github/gh-aw#35726).
func (c *call) mayResolve(it *issue) error {
	for _, scope := range []Scope{PullRequests, Contents} {
		if c.permit(writes(scope)) != nil {
			return forbidden(c)
		}
	}
	login := c.login()
	if !c.token.installation() && login != it.author && !oneOf(or(c.roles[login], c.defaultRole()), "admin", "maintain", "write") {
		return gqlError{"FORBIDDEN", login + " does not have the correct permissions to execute `ResolveReviewThread`"}
	}
	return nil
}

func forbidden(c *call) error {
	if c.token.installation() {
		return gqlError{"FORBIDDEN", "Resource not accessible by integration"}
	}
	return gqlError{"FORBIDDEN", "Resource not accessible by personal access token"}
}
