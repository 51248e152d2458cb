package githublocal

import (
	"net/http"
	"net/url"
	"strings"
)

const (
	apiPrefix  = "/api/v3"
	repoPrefix = "/repos/{owner}/{repo}"
)

// route is one endpoint: what it asks of the token, where GitHub describes it, and who
// answers.
type route struct {
	method, path string
	need         need
	docs         string // below https://docs.github.com/rest/
	handle       func(*call) (reply, error)
}

// routes are all endpoints. Their names and parameters are those of GitHub's OpenAPI
// description; the permissions are those that GitHub's documentation names for each.
// Comments and labels of a pull request need one of two permissions, those of an issue
// need issues: the handlers see to the latter.
func routes() []route {
	const r = repoPrefix
	return []route{
		{"GET", "/user", reads(), "users/users#get-the-authenticated-user", (*call).getUser},
		{"GET", r, reads(), "repos/repos#get-a-repository", (*call).getRepository},
		{"GET", r + "/collaborators/{username}/permission", reads(), "collaborators/collaborators#get-repository-permissions-for-a-user", (*call).getPermission},

		{"GET", r + "/activity", reads(Contents), "repos/repos#list-repository-activities", (*call).listMoves},

		{"GET", r + "/pulls", reads(PullRequests), "pulls/pulls#list-pull-requests", (*call).listPulls},
		{"GET", r + "/pulls/{number}", reads(PullRequests), "pulls/pulls#get-a-pull-request", (*call).getPull},
		{"GET", r + "/pulls/{number}/files", reads(PullRequests), "pulls/pulls#list-pull-requests-files", (*call).listFiles},
		{"GET", r + "/pulls/{number}/commits", reads(PullRequests), "pulls/pulls#list-commits-on-a-pull-request", (*call).listCommits},
		{"GET", r + "/commits", reads(Contents), "commits/commits#list-commits", (*call).listHistory},
		{"GET", r + "/commits/{ref}/pulls", reads(PullRequests), "commits/commits#list-pull-requests-associated-with-a-commit", (*call).listCommitPulls},
		{"GET", r + "/pulls/{number}/reviews", reads(PullRequests), "pulls/reviews#list-reviews-for-a-pull-request", (*call).listReviews},
		{"POST", r + "/pulls/{number}/reviews", writes(PullRequests), "pulls/reviews#create-a-review-for-a-pull-request", (*call).createReview},

		{"GET", r + "/pulls/{number}/comments", reads(PullRequests), "pulls/comments#list-review-comments-on-a-pull-request", (*call).listReviewComments},
		{"GET", r + "/pulls/comments/{id}", reads(PullRequests), "pulls/comments#get-a-review-comment-for-a-pull-request", (*call).getReviewComment},
		{"PATCH", r + "/pulls/comments/{id}", writes(PullRequests), "pulls/comments#update-a-review-comment-for-a-pull-request", (*call).updateReviewComment},
		{"DELETE", r + "/pulls/comments/{id}", writes(PullRequests), "pulls/comments#delete-a-review-comment-for-a-pull-request", (*call).deleteReviewComment},

		{"GET", r + "/issues", reads(Issues), "issues/issues#list-repository-issues", (*call).listIssues},
		{"POST", r + "/issues", writes(Issues), "issues/issues#create-an-issue", (*call).createIssue},
		{"GET", r + "/issues/{number}", reads(Issues, PullRequests), "issues/issues#get-an-issue", (*call).getIssue},
		{"PATCH", r + "/issues/{number}", writes(Issues, PullRequests), "issues/issues#update-an-issue", (*call).updateIssue},
		{"GET", r + "/issues/{number}/comments", reads(Issues, PullRequests), "issues/comments#list-issue-comments", (*call).listComments},
		{"POST", r + "/issues/{number}/comments", writes(Issues, PullRequests), "issues/comments#create-an-issue-comment", (*call).createComment},
		{"GET", r + "/issues/comments/{id}", reads(Issues, PullRequests), "issues/comments#get-an-issue-comment", (*call).getComment},
		{"PATCH", r + "/issues/comments/{id}", writes(Issues, PullRequests), "issues/comments#update-an-issue-comment", (*call).updateComment},
		{"DELETE", r + "/issues/comments/{id}", writes(Issues, PullRequests), "issues/comments#delete-an-issue-comment", (*call).deleteComment},
		{"GET", r + "/issues/{number}/timeline", reads(Issues, PullRequests), "issues/timeline#list-timeline-events-for-an-issue", (*call).listTimeline},
		{"POST", r + "/issues/{number}/labels", writes(Issues, PullRequests), "issues/labels#add-labels-to-an-issue", (*call).addLabels},
		{"DELETE", r + "/issues/{number}/labels/{name}", writes(Issues, PullRequests), "issues/labels#remove-a-label-from-an-issue", (*call).removeLabel},

		{"POST", r + "/statuses/{sha}", writes(Statuses), "commits/statuses#create-a-commit-status", (*call).createStatus},
		{"GET", r + "/commits/{ref}/statuses", reads(Statuses), "commits/statuses#list-commit-statuses-for-a-reference", (*call).listStatuses},
		{"POST", r + "/check-runs", writes(Checks), "reference/checks#create-a-check-run", (*call).createCheck},
		{"PATCH", r + "/check-runs/{id}", writes(Checks), "checks/runs#update-a-check-run", (*call).updateCheck},
		{"GET", r + "/deployments", reads(Deployments), "deployments/deployments#list-deployments", (*call).listDeployments},
		{"POST", r + "/deployments", writes(Deployments), "deployments/deployments#create-a-deployment", (*call).createDeployment},
		{"GET", r + "/deployments/{id}/statuses", reads(Deployments), "deployments/statuses#list-deployment-statuses", (*call).listDeploymentStatuses},
		{"POST", r + "/deployments/{id}/statuses", writes(Deployments), "deployments/statuses#create-a-deployment-status", (*call).createDeploymentStatus},
		{"POST", r + "/actions/runs/{id}/rerun", writes(Actions), "actions/workflow-runs#re-run-a-workflow", (*call).rerun},
	}
}

// apiHandler finds the route of a request for the API, its prefix taken off. net/http's
// multiplexer will not have issues/comments/{id} beside issues/{number}/comments, and
// GitHub answers 404 where it would answer 405.
func (s *Server) apiHandler() http.Handler {
	table := routes()
	nowhere := s.endpoint(route{handle: func(*call) (reply, error) { return reply{}, notFound() }})
	handlers := make([]http.Handler, len(table))
	for i, r := range table {
		handlers[i] = s.endpoint(r)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		for i, r := range table {
			if r.matches(req) {
				handlers[i].ServeHTTP(w, req)
				return
			}
		}
		nowhere.ServeHTTP(w, req)
	})
}

// matches also sets the path's values. Segments are compared while escaped, so that a
// slash inside a label's name stays inside.
func (r route) matches(req *http.Request) bool {
	want, got := strings.Split(r.path, "/"), strings.Split(req.URL.EscapedPath(), "/")
	if r.method != req.Method || len(want) != len(got) {
		return false
	}
	values := map[string]string{}
	for i, segment := range want {
		if name, free := strings.CutPrefix(segment, "{"); free {
			value, err := url.PathUnescape(got[i])
			if err != nil || value == "" {
				return false
			}
			values[strings.TrimSuffix(name, "}")] = value
		} else if segment != got[i] {
			return false
		}
	}
	for name, value := range values {
		req.SetPathValue(name, value)
	}
	return true
}
