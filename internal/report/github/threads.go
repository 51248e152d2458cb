package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// ResolvePermissions are the lines that a workflow needs for resolving the threads of our comments.
// GitHub asks for contents: write although nothing is written there.
const ResolvePermissions = "permissions:\n  contents: write\n  pull-requests: write"

// thread is a conversation at a line, known by its first comment.
type thread struct {
	ID         string `json:"id"`
	IsResolved bool   `json:"isResolved"`
	Comments   struct {
		Nodes []graphComment `json:"nodes"`
	} `json:"comments"`
}

// graphComment is a comment at a line as the GraphQL API names it.
type graphComment struct {
	ID             string `json:"id"`
	FullDatabaseID string `json:"fullDatabaseId"`
}

func (t thread) begins(o ownNote) bool {
	return slices.ContainsFunc(t.Comments.Nodes, func(first graphComment) bool {
		return first.ID == o.comment.GetNodeID() || first.FullDatabaseID == strconv.FormatInt(o.comment.GetID(), 10)
	})
}

const threadsQuery = `query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { id fullDatabaseId } } }
      }
    }
  }
}`

// resolve resolves the threads of comments; one that a person resolved already is left alone. REST
// has no way to do it. Where the token may not, the error is [ErrNotPermitted].
func (c *Client) resolve(ctx context.Context, number int, of []ending) error {
	open, err := c.openThreads(ctx, number)
	if err != nil {
		return err
	}
	variables := map[string]any{}
	for _, t := range open {
		if slices.ContainsFunc(of, func(e ending) bool { return t.begins(e.own) }) {
			variables[fmt.Sprintf("t%d", len(variables))] = t.ID
		}
	}
	if len(variables) == 0 {
		return nil
	}
	return c.ask(ctx, "resolving threads of our comments", resolveMutation(len(variables)), variables, nil)
}

// resolveMutation resolves n threads at once, whose ids are the variables t0, t1 and so on.
func resolveMutation(n int) string {
	var declared, calls []string
	for i := range n {
		declared = append(declared, fmt.Sprintf("$t%d: ID!", i))
		calls = append(calls, fmt.Sprintf("  t%d: resolveReviewThread(input: {threadId: $t%d}) { thread { isResolved } }\n", i, i))
	}
	return "mutation(" + strings.Join(declared, ", ") + ") {\n" + strings.Join(calls, "") + "}"
}

// openThreads are the threads of a pull request that nobody resolved, from all pages.
func (c *Client) openThreads(ctx context.Context, number int) ([]thread, error) {
	variables := map[string]any{"owner": c.owner, "name": c.repo, "number": number}
	var open []thread
	for {
		var answer struct {
			Repository struct {
				PullRequest struct {
					ReviewThreads struct {
						PageInfo struct {
							HasNextPage bool   `json:"hasNextPage"`
							EndCursor   string `json:"endCursor"`
						} `json:"pageInfo"`
						Nodes []thread `json:"nodes"`
					} `json:"reviewThreads"`
				} `json:"pullRequest"`
			} `json:"repository"`
		}
		if err := c.ask(ctx, fmt.Sprintf("listing the threads of pull request %d", number), threadsQuery, variables, &answer); err != nil {
			return nil, err
		}
		page := answer.Repository.PullRequest.ReviewThreads
		for _, t := range page.Nodes {
			if !t.IsResolved {
				open = append(open, t)
			}
		}
		if !page.PageInfo.HasNextPage {
			return open, nil
		}
		variables["after"] = page.PageInfo.EndCursor
	}
}

// graphError is one error in an answer of the GraphQL API, which comes with status 200.
type graphError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// ask sends a query to the GraphQL API, with the same token and patience as all requests, and reads
// the answer's data into a value. An answer that has errors is one, even if it has data besides.
func (c *Client) ask(ctx context.Context, doing, query string, variables map[string]any, into any) error {
	req, err := c.api.NewRequest(http.MethodPost, c.graphPath(), map[string]any{"query": query, "variables": variables})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []graphError    `json:"errors"`
	}
	if _, err := c.api.Do(ctx, req, &answer); err != nil {
		return explain(doing, err)
	}
	if len(answer.Errors) > 0 {
		return explainGraph(doing, answer.Errors)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		return fault.New(doing, "GitHub's answer is not as its schema describes it.", "Run the job again; if it stays, please report it as a defect.").Because(err)
	}
	return nil
}

// graphPath is where the GraphQL API is, seen from the REST API: an enterprise server has
// /api/graphql beside /api/v3, GitHub itself /graphql at the root.
func (c *Client) graphPath() string {
	if strings.HasSuffix(c.api.BaseURL.Path, "/api/v3/") {
		return "../graphql"
	}
	return "graphql"
}

func explainGraph(doing string, said []graphError) error {
	var all error
	for _, e := range said {
		all = errors.Join(all, errors.New(e.Message))
	}
	refused := func(e graphError) bool { return e.Type == "FORBIDDEN" || e.Type == "INSUFFICIENT_SCOPES" }
	if slices.ContainsFunc(said, refused) {
		return fault.New(doing, "The token lacks a permission.", "Add these lines to the workflow or to the job:\n"+ResolvePermissions).
			Because(fmt.Errorf("%w: %w", ErrNotPermitted, all))
	}
	return fault.New(doing, "GitHub understood the request and does not accept it.", "See its words above.").Because(all)
}
