package githublocal

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// graphqlPaths are where the GraphQL API answers: beside the REST API of an enterprise server, and at
// the root as on api.github.com.
var graphqlPaths = []string{"/api/graphql", "/graphql"}

// graphqlRoute is the only endpoint of the GraphQL API; what a query needs is asked where it is answered.
func graphqlRoute() route {
	return route{method: http.MethodPost, path: "/graphql", need: reads(), handle: (*call).graphql}
}

// maxNodes is the most that one connection gives at once.
const maxNodes = 100

// Fields of an object of GraphQL: a value, or a field that is asked with its arguments.
type (
	gqlObject map[string]any
	gqlField  func(args object) (any, error)
)

// gqlError is an error beside the data, which leaves null where it happened.
type gqlError struct{ kind, message string }

// Error implements error.
func (e gqlError) Error() string { return e.message }

// gqlRun is one query under way.
type gqlRun struct {
	variables object
	document  *ast.QueryDocument
	errors    []any
}

// graphql is POST graphql. Errors of a query come with status 200, as GitHub's do.
func (c *call) graphql() (reply, error) {
	if c.token == nil {
		return reply{}, problem{
			status: http.StatusUnauthorized, message: "This endpoint requires you to be authenticated.",
			docs: "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql",
		}
	}
	var in struct {
		Query         string `json:"query"`
		Variables     object `json:"variables"`
		OperationName string `json:"operationName"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	document, err := parser.ParseQuery(&ast.Source{Input: in.Query})
	if err != nil {
		return ok(object{"errors": []any{object{"message": err.Error()}}}), nil //nolint:nilerr // it is the answer
	}
	operation := document.Operations.ForName(in.OperationName)
	if operation == nil {
		return ok(object{"errors": []any{object{"message": "A query attribute must be specified and must be a string."}}}), nil
	}
	run := &gqlRun{variables: defaults(operation, in.Variables), document: document}
	root := c.queries()
	if operation.Operation == ast.Mutation {
		root = c.mutations()
	}
	answer := object{"data": run.object(operation.SelectionSet, root, []any{})}
	if len(run.errors) > 0 {
		answer["errors"] = run.errors
	}
	return ok(answer), nil
}

// defaults are the variables with those that were not given and have a default.
func defaults(operation *ast.OperationDefinition, given object) object {
	all := object{}
	for _, v := range operation.VariableDefinitions {
		if v.DefaultValue != nil {
			all[v.Variable], _ = v.DefaultValue.Value(nil)
		}
	}
	maps.Copy(all, given)
	return all
}

// object answers the fields that are selected of an object.
func (r *gqlRun) object(selected ast.SelectionSet, on gqlObject, path []any) any {
	out := object{}
	for _, selection := range selected {
		switch s := selection.(type) {
		case *ast.Field:
			out[s.Alias] = r.field(s, on, append(path[:len(path):len(path)], s.Alias))
		case *ast.InlineFragment:
			r.merge(out, s.TypeCondition, s.SelectionSet, on, path)
		case *ast.FragmentSpread:
			if f := r.document.Fragments.ForName(s.Name); f != nil {
				r.merge(out, f.TypeCondition, f.SelectionSet, on, path)
			}
		}
	}
	return out
}

// merge adds a fragment's fields if the object is of its type.
func (r *gqlRun) merge(out object, kind string, selected ast.SelectionSet, on gqlObject, path []any) {
	if kind != "" && kind != on["__typename"] {
		return
	}
	for name, value := range r.object(selected, on, path).(object) {
		out[name] = value
	}
}

func (r *gqlRun) field(f *ast.Field, on gqlObject, path []any) any {
	value, known := on[f.Name]
	if !known {
		r.fail(f, path, gqlError{"undefinedField", fmt.Sprintf("Field '%s' doesn't exist on type '%v'", f.Name, on["__typename"])})
		return nil
	}
	if ask, asks := value.(gqlField); asks {
		args := object{}
		for _, a := range f.Arguments {
			args[a.Name], _ = a.Value.Value(r.variables)
		}
		var err error
		if value, err = ask(args); err != nil {
			r.fail(f, path, err)
			return nil
		}
	}
	return r.value(f, value, path)
}

func (r *gqlRun) value(f *ast.Field, value any, path []any) any {
	switch v := value.(type) {
	case gqlObject:
		if v == nil {
			return nil
		}
		return r.object(f.SelectionSet, v, path)
	case []gqlObject:
		out := []any{}
		for i, item := range v {
			out = append(out, r.object(f.SelectionSet, item, append(path[:len(path):len(path)], i)))
		}
		return out
	}
	return value
}

func (r *gqlRun) fail(f *ast.Field, path []any, err error) {
	kind := "UNPROCESSABLE"
	if known, is := err.(gqlError); is { //nolint:errorlint // ours, and never wrapped
		kind = known.kind
	}
	r.errors = append(r.errors, object{
		"type": kind, "path": path, "message": err.Error(),
		"locations": []any{object{"line": f.Position.Line, "column": f.Position.Column}},
	})
}

// connection is a list in GraphQL's pages. A caller says how many it wants, as on GitHub.
func (c *call) connection(name string, all []gqlObject) gqlField {
	return func(args object) (any, error) {
		first, fromStart := count(args["first"])
		last, fromEnd := count(args["last"])
		if !fromStart && !fromEnd {
			return nil, gqlError{"MISSING_PAGINATION_BOUNDARIES", fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", name)}
		}
		if first > maxNodes || last > maxNodes {
			return nil, gqlError{"EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of %d records.", max(first, last), name, maxNodes)}
		}
		from, to := cursor(args["after"], 0), cursor(args["before"], len(all)+1)-1
		from, to = min(from, len(all)), min(max(to, 0), len(all))
		size := max(first, last)
		if c.pageSize > 0 {
			size = min(size, c.pageSize)
		}
		if fromStart {
			to = min(to, from+size)
		} else {
			from = max(from, to-size)
		}
		return gqlObject{
			"__typename": "Connection", "totalCount": len(all), "nodes": all[from:max(from, to)],
			"pageInfo": gqlObject{
				"__typename": "PageInfo", "hasNextPage": to < len(all), "hasPreviousPage": from > 0,
				"startCursor": cursorAt(from + 1), "endCursor": cursorAt(to),
			},
		}, nil
	}
}

func count(value any) (int, bool) {
	switch n := value.(type) {
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}

// cursor reads the place after which a page begins.
func cursor(value any, otherwise int) int {
	text, _ := value.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	n, failed := strconv.Atoi(string(raw))
	if err != nil || failed != nil {
		return otherwise
	}
	return n
}

func cursorAt(n int) string { return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(n))) }
