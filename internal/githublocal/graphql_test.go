package githublocal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// graphSchema is GitHub's own schema of its GraphQL API.
var graphSchema = sync.OnceValues(func() (*ast.Schema, error) {
	root, err := toolsDir()
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(root, "node/node_modules/@octokit/graphql-schema/schema.graphql"))
	if err != nil {
		return nil, err
	}
	document, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "github", Input: string(raw)})
	if err != nil {
		return nil, err
	}
	for _, d := range document.Definitions {
		// GitHub describes a field of the enterprise's settings twice.
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := seen[f.Name]
			seen[f.Name] = true
			return twice
		})
	}
	return validator.ValidateSchemaDocument(document)
})

const (
	threadsQuery = `query($owner: String!, $name: String!, $number: Int!, $size: Int = 50, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    pull: pullRequest(number: $number) {
      __typename id number title
      reviewThreads(first: $size, after: $after) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes {
          ... on PullRequestReviewThread { id path isResolved isOutdated line originalLine viewerCanResolve viewerCanUnresolve resolvedBy { login } }
          comments(last: 1) { nodes { ...said } }
        }
      }
    }
  }
}
fragment said on PullRequestReviewComment { id fullDatabaseId body path author { login } }`
	resolveMutation = `mutation($thread: ID!) {
  resolveReviewThread(input: { threadId: $thread, clientMutationId: "x" }) { clientMutationId thread { id isResolved resolvedBy { login } } }
}`
)

// ask sends a query, holds it and its answer to GitHub's schema, and gives the answer.
func ask(t *testing.T, c caller, query string, variables j) j {
	t.Helper()
	schema, err := graphSchema()
	if errors.Is(err, fs.ErrNotExist) {
		missing(t, "GitHub's GraphQL schema", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	document, problems := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules())
	if problems != nil {
		t.Fatalf("GitHub would not take the query: %v", problems)
	}
	got := c.do("POST", "/graphql", j{"query": query, "variables": variables})
	if got.status != http.StatusOK {
		t.Fatalf("%d: %s", got.status, got.raw)
	}
	answer := got.object(t)
	if data, _ := answer["data"].(j); answer["errors"] == nil {
		for _, problem := range misfits(document.Operations[0].SelectionSet, data, "data") {
			t.Error(problem)
		}
	}
	return answer
}

// misfits tells what of an answer is not as its schema has it.
func misfits(selected ast.SelectionSet, data j, at string) []string {
	var out []string
	for _, selection := range selected {
		switch s := selection.(type) {
		case *ast.Field:
			value, given := data[s.Alias]
			path := at + "." + s.Alias
			if !given || value == nil && s.Definition.Type.NonNull {
				out = append(out, path+" is missing or null")
				continue
			}
			out = append(out, misfit(s, s.Definition.Type, value, path)...)
		case *ast.InlineFragment:
			out = append(out, misfits(s.SelectionSet, data, at)...)
		case *ast.FragmentSpread:
			out = append(out, misfits(s.Definition.SelectionSet, data, at)...)
		}
	}
	return out
}

func misfit(f *ast.Field, kind *ast.Type, value any, at string) []string {
	if value == nil {
		return nil
	}
	if kind.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %T and no list", at, value)}
		}
		var out []string
		for i, item := range list {
			out = append(out, misfit(f, kind.Elem, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
		return out
	}
	want := map[string]string{"Int": "float64", "Boolean": "bool", "String": "string", "ID": "string", "BigInt": "string"}[kind.NamedType]
	if len(f.SelectionSet) > 0 {
		inner, ok := value.(j)
		if !ok {
			return []string{fmt.Sprintf("%s is %T and no object", at, value)}
		}
		return misfits(f.SelectionSet, inner, at)
	}
	if got := fmt.Sprintf("%T", value); want != "" && got != want {
		return []string{fmt.Sprintf("%s is %s and not %s", at, got, want)}
	}
	return nil
}

// dig follows names and indexes into an answer.
func dig(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			value = value.(j)[step]
		case int:
			value = value.([]any)[step]
		}
	}
	return value
}

func TestThreads(t *testing.T) {
	s := serve(t, githublocal.Config{PageSize: 2})
	n := open(t, s, example())
	for line := range 3 {
		if _, err := s.CommentOnLine(n, "hubot", "versions/3f2a_loyalty.py", line+1, "hm"); err != nil {
			t.Fatal(err)
		}
	}
	bot := caller{t, s.URL() + "/api", "ghs_local", http.DefaultTransport}
	variables := j{"owner": "acme", "name": "shop", "number": n}
	page := dig(t, ask(t, bot, threadsQuery, variables), "data", "repository", "pull", "reviewThreads")
	if more := dig(t, page, "pageInfo", "hasNextPage"); more != true {
		t.Errorf("three threads in pages of two end after the first: %v", page)
	}
	variables["after"] = dig(t, page, "pageInfo", "endCursor")
	rest := dig(t, ask(t, bot, threadsQuery, variables), "data", "repository", "pull", "reviewThreads")
	if last := dig(t, rest, "nodes").([]any); len(last) != 1 || dig(t, last[0], "line") != 3.0 {
		t.Errorf("the second page has %v", last)
	}
	thread := dig(t, page, "nodes", 1, "id")
	done := ask(t, bot, resolveMutation, j{"thread": thread})
	if dig(t, done, "data", "resolveReviewThread", "thread", "isResolved") != true {
		t.Errorf("%v", done)
	}
	got := s.ReviewComments(n)
	if got[0].Resolved || !got[1].Resolved || got[2].Resolved {
		t.Errorf("resolved are %v", got)
	}
}

func TestGraphQLRefuses(t *testing.T) {
	s := serve(t, githublocal.Config{})
	n := open(t, s, example())
	if _, err := s.CommentOnLine(n, "hubot", "versions/3f2a_loyalty.py", 1, "hm"); err != nil {
		t.Fatal(err)
	}
	s.AddToken(githublocal.Token{Text: "ghs_default", Permissions: map[githublocal.Scope]githublocal.Access{
		githublocal.PullRequests: githublocal.Write, githublocal.Contents: githublocal.Read,
	}})
	s.AddToken(githublocal.Token{Text: "ghp_reader", Login: "reader"})
	s.AddToken(githublocal.Token{Text: "ghp_mona", Login: "mona"})
	call := func(token string) caller { return caller{t, s.URL() + "/api", token, http.DefaultTransport} }
	where := j{"owner": "acme", "name": "shop", "number": n}
	thread := dig(t, ask(t, call("ghs_local"), threadsQuery, where), "data", "repository", "pull", "reviewThreads", "nodes", 0, "id")
	for _, c := range []struct {
		name, token, query string
		variables          j
		says               string
	}{
		{"a token that may not write contents", "ghs_default", resolveMutation, j{"thread": thread}, "Resource not accessible by integration"},
		{"a reader", "ghp_reader", resolveMutation, j{"thread": thread}, "does not have the correct permissions"},
		{"no such thread", "ghs_local", resolveMutation, j{"thread": "x"}, "Could not resolve to a node"},
		{"no such repository", "ghs_local", threadsQuery, j{"owner": "a", "name": "b", "number": n}, "Could not resolve to a Repository"},
		{"no such pull request", "ghs_local", threadsQuery, j{"owner": "acme", "name": "shop", "number": 9}, "Could not resolve to a PullRequest"},
		{"too much at once", "ghs_local", threadsQuery, j{"owner": "acme", "name": "shop", "number": n, "size": 101}, "exceeds the `first` limit"},
		{"the author", "ghp_mona", resolveMutation, j{"thread": thread}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, call(c.token), c.query, c.variables)
			if said := fmt.Sprint(got["errors"]); !strings.Contains(said, c.says) || (c.says == "") != (got["errors"] == nil) {
				t.Errorf("without %q: %v", c.says, got)
			}
		})
	}
	if got := call("").do("POST", "/graphql", j{"query": "{ viewer { login } }"}); got.status != http.StatusUnauthorized {
		t.Errorf("nobody may ask: %d", got.status)
	}
	if got := call("ghs_local").do("POST", "/graphql", j{"query": "{ viewer {"}); !strings.Contains(string(got.raw), `"errors"`) {
		t.Errorf("half a query is taken: %s", got.raw)
	}
}
