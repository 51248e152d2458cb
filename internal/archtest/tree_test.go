package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/neon-migrations/neon-migrations-action"
)

// source is one Go file that is no test.
type source struct {
	path string // seen from the root, with slashes
	room string // its folder below internal; "main" for the root
	file *ast.File
	set  *token.FileSet
}

// sources parses the program's own Go files. Code that is there for tests only may know more.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || strings.HasSuffix(name, "test")):
			return filepath.SkipDir
		case d.IsDir() && path != root && exists(filepath.Join(path, "go.mod")):
			return filepath.SkipDir // another module, such as the bench with its peers
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		s := source{set: token.NewFileSet()}
		if s.path, err = filepath.Rel(root, path); err != nil {
			return err
		}
		s.path = filepath.ToSlash(s.path)
		s.room = roomOf(filepath.ToSlash(filepath.Dir(s.path)))
		s.file, err = parser.ParseFile(s.set, path, nil, parser.ParseComments)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("found %d files: the test looks in the wrong place", len(all))
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func roomOf(dir string) string {
	if dir == "." {
		return "main"
	}
	return strings.TrimPrefix(dir, "internal/")
}

// imports gives the paths that a file imports.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, path)
		}
	}
	return paths
}

// need skips with words where a tool is missing, and fails where CI should have it.
func need(t *testing.T, present bool, words string) {
	t.Helper()
	switch {
	case present:
	case os.Getenv("CI") != "":
		t.Fatal(words)
	default:
		t.Skip(words)
	}
}
