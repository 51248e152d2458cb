package report

import (
	"embed"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"text/template/parse"
)

//go:embed templates/*.tmpl
var sources embed.FS

// escaper turns whatever a template prints into text that is safe where it stands.
type escaper func(any) (string, error)

// load reads the templates of one form and seals every action in them with the form's
// escaper. So a stranger's text cannot be forgotten: what has no safe type is escaped,
// whether the template asks for it or not.
func load(pattern string, escape escaper, funcs template.FuncMap) (*template.Template, error) {
	funcs["escape"] = escape
	set, err := template.New("").Funcs(funcs).ParseFS(sources, "templates/"+pattern)
	if err != nil {
		return nil, fmt.Errorf("reading the report's templates: %w", err)
	}
	for _, t := range set.Templates() {
		if t.Tree != nil {
			seal(t.Tree, t.Root)
		}
	}
	return set, nil
}

// seal appends the escaper to every printing pipeline below a node.
func seal(tree *parse.Tree, node parse.Node) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			seal(tree, child)
		}
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
				NodeType: parse.NodeCommand, Pos: n.Pos,
				Args: []parse.Node{parse.NewIdentifier("escape").SetTree(tree).SetPos(n.Pos)},
			})
		}
	case *parse.IfNode:
		sealBoth(tree, &n.BranchNode)
	case *parse.RangeNode:
		sealBoth(tree, &n.BranchNode)
	case *parse.WithNode:
		sealBoth(tree, &n.BranchNode)
	}
}

func sealBoth(tree *parse.Tree, n *parse.BranchNode) {
	seal(tree, n.List)
	seal(tree, n.ElseList)
}

// escapeMarkdown is the escaper of comments and summaries: markup as it is, numbers as
// they are, all other text escaped.
func escapeMarkdown(v any) (string, error) {
	if safe, ok := v.(markup); ok {
		return string(safe), nil
	}
	return escapeText(v, func(s string) string { return string(inline(s)) })
}

// escapeText covers what both forms share: strings of any named type, and numbers.
func escapeText(v any, escape func(string) string) (string, error) {
	switch value := reflect.ValueOf(v); value.Kind() {
	case reflect.String:
		return escape(value.String()), nil
	case reflect.Int:
		return fmt.Sprint(value.Int()), nil
	default:
		return "", fmt.Errorf("a template prints a %T, which has no escaping", v)
	}
}

// run executes a template. Templates are part of the program and tested: one that cannot
// be run is a defect here and not a state of the world.
func run(set *template.Template, name string, data any) string {
	var b strings.Builder
	if err := set.ExecuteTemplate(&b, name, data); err != nil {
		panic(err)
	}
	return b.String()
}
