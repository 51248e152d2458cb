package archtest

import (
	"go/ast"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// leafs know nothing of migrations, and any room may import them.
var leafs = []string{"secret", "fault", "postgres"}

// mayImport says which rooms a room imports besides the leafs. Arrows point one way:
// main -> cli -> story -> the skills. A new room needs a line here, and a reason.
var mayImport = map[string][]string{
	"main": {"cli"},
	// cli puts everything together, and so may know everything below it.
	"cli": {
		"actions", "config", "demo", "githublocal", "hazard", "migrate", "neonapi", "neonlocal",
		"recorder", "catalog", "report", "report/github", "sample", "story",
	},
	"story": {"neonapi", "migrate", "catalog", "drift", "plan", "recorder", "probe", "scratch", "hazard", "report", "report/github"},
	// demo plays both servers and looks at them from outside.
	"demo":          {"githublocal", "neonlocal", "neonapi", "sample"},
	"drift":         {"catalog"},                               // compares its snapshots and has its statements written
	"hazard":        {"catalog", "recorder"},                   // their plain values
	"report":        {"catalog", "drift", "probe", "recorder"}, // the same
	"report/github": nil,
	"actions":       nil,
	"plan":          {"catalog"}, // lists its changes
	"catalog":       nil,
	"config":        nil,
	"fault":         nil,
	"githublocal":   nil, // must not know the client that it serves
	"migrate":       nil,
	"neonapi":       nil,
	"neonlocal":     nil, // the same
	"postgres":      nil,
	"postgres/line": nil,
	"probe":         nil,
	"recorder":      nil,
	"sample":        nil,
	// scratch reads what it made.
	"scratch": {"catalog"},
	"secret":  nil,
}

func TestImportDirection(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := mayImport[s.room]
		if !known {
			t.Errorf("%s: nothing says what the room %q may import; add it to mayImport", s.path, s.room)
			continue
		}
		for _, p := range s.imports() {
			room, ours := strings.CutPrefix(p, module+"/internal/")
			if ours && !slices.Contains(allowed, room) && !slices.Contains(leafs, room) {
				t.Errorf("%s: %q must not import %q", s.path, s.room, room)
			}
		}
	}
}

// onlyIn says which rooms may import what reaches outside.
var onlyIn = []struct {
	what  string // import path, or its start
	rooms []string
	why   string
}{
	{"github.com/jackc/pgx", []string{"catalog", "probe", "recorder", "scratch", "postgres", "neonlocal", "story"}, "only catalog, probe, recorder and scratch speak to the user's database; story carries their connection"},
	{"github.com/google/go-github", []string{"report/github"}, "only report/github speaks to GitHub"},
	{"github.com/hashicorp/go-retryablehttp", []string{"neonapi"}, "only neonapi speaks to Neon"},
	{"github.com/sethvargo/go-githubactions", []string{"actions"}, "only actions speaks to the runner"},
	{"github.com/fergusstrange/embedded-postgres", []string{"postgres"}, "only postgres starts servers"},
	{"net/http", []string{"neonapi", "report/github", "neonlocal", "githublocal", "story"}, "only neonapi and report/github speak HTTP; story knows the names of statuses"},
	{"os/exec", []string{"migrate", "postgres", "neonlocal", "sample", "demo", "cli"}, "only migrate starts the user's code; the others start servers, git and the demo"},
	{"unsafe", nil, "nothing here is worth it"},
}

func TestReachingOutside(t *testing.T) {
	for _, s := range sources(t) {
		for _, p := range s.imports() {
			for _, rule := range onlyIn {
				if strings.HasPrefix(p, rule.what) && !slices.Contains(rule.rooms, s.room) {
					t.Errorf("%s imports %s: %s", s.path, p, rule.why)
				}
			}
		}
	}
}

// surroundings are what a room takes from its caller, so that a test can give it another.
var surroundings = []string{"Getenv", "LookupEnv", "Environ", "Setenv", "Exit", "Stdin", "Stdout", "Stderr", "Args"}

func TestSurroundings(t *testing.T) {
	for _, s := range sources(t) {
		if s.room == "main" || s.room == "cli" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "os" && pkg.Obj == nil && slices.Contains(surroundings, sel.Sel.Name) {
				t.Errorf("%s: os.%s is for main and cli; take it from the caller", s.set.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

func TestNames(t *testing.T) {
	for _, s := range sources(t) {
		switch name := s.file.Name.Name; name {
		case "util", "utils", "common", "helpers", "helper", "types", "models", "misc", "shared":
			t.Errorf("%s: the package name %q says nothing", s.path, name)
		default:
			if want := path.Base(s.room); want != "main" && name != want {
				t.Errorf("%s: package %s in the folder %s", s.path, name, want)
			}
		}
	}
}

func TestMainIsThin(t *testing.T) {
	data, err := os.ReadFile(root + "/main.go")
	if err != nil {
		t.Fatal(err)
	}
	const most = 40
	if n := strings.Count(string(data), "\n"); n > most {
		t.Errorf("main.go has %d lines; the front door has %d at most", n, most)
	}
}
