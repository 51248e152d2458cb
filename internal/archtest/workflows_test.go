package archtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// linter is run by its version rather than kept in go.mod: it checks files and is no part of the program.
const linter = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"

// published is how workflows name this repository's actions.
var published = regexp.MustCompile(`neon-migrations/neon-migrations-action/?(host)?@[\w.]+`)

// callable is how workflows name the one of this repository that others may call.
var callable = regexp.MustCompile(`neon-migrations/neon-migrations-action/\.github/workflows/([\w-]+\.yml)@[\w.]+`)

// repository is a folder with both actions and the given workflows, whose references to what is published
// are made local ones: only then does actionlint hold them to the inputs and outputs there are.
func repository(t *testing.T, workflows map[string]string) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, name := range []string{"action.yml", "host/action.yml", "Dockerfile"} {
		write(name, read(t, name))
	}
	write(".git/HEAD", "ref: refs/heads/main\n") // what actionlint takes for the root
	for name, text := range workflows {
		text = callable.ReplaceAllString(text, "./.github/workflows/workflows-$1")
		files = append(files, write(".github/workflows/"+name, published.ReplaceAllString(text, "./$1")))
	}
	return dir, files
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func collect(t *testing.T, pattern string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	found := map[string]string{}
	for _, p := range paths {
		found[strings.ReplaceAll(filepath.Base(filepath.Dir(p)), ".", "")+"-"+filepath.Base(p)] = read(t, strings.TrimPrefix(p, root+"/"))
	}
	return found
}

// lint runs actionlint without the tools that some machines have and others do not.
func lint(t *testing.T, dir string, files []string) (output string, clean bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "install", linter)
	bin := filepath.Join(t.TempDir(), "bin")
	build.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		need(t, false, "actionlint cannot be built; `go install "+linter+"` must reach the Go module proxy once:\n"+string(out))
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "actionlint"), append([]string{"-no-color", "-shellcheck=", "-pyflakes="}, files...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func TestWorkflowsLint(t *testing.T) {
	workflows := collect(t, "examples/*.yml")
	for name, text := range collect(t, ".github/workflows/*.yml") {
		workflows[name] = text
	}
	dir, files := repository(t, workflows)
	if out, clean := lint(t, dir, files); !clean {
		t.Errorf("actionlint:\n%s", out)
	}
}

// TestTheLinterSeesCalls shows that an example which calls the reusable workflow wrongly is found.
func TestTheLinterSeesCalls(t *testing.T) {
	workflows := collect(t, ".github/workflows/*.yml")
	workflows["wrong.yml"] = strings.Replace(read(t, "examples/reusable.yml"), "neon-project-id:", "neon_project:", 1)
	dir, files := repository(t, workflows)
	if out, clean := lint(t, dir, files); clean || !strings.Contains(out, "neon_project") || !strings.Contains(out, `input "neon-project-id" is required`) {
		t.Errorf("clean %v:\n%s", clean, out)
	}
}

// TestTheLinterSeesInputs shows that the test above can fail: a misspelt input and output are found.
func TestTheLinterSeesInputs(t *testing.T) {
	const wrong = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - id: x
        uses: neon-migrations/neon-migrations-action/host@v1
        with:
          neon_api_key: x
      - run: echo '${{ steps.x.outputs.branchid }}'
`
	dir, files := repository(t, map[string]string{"wrong.yml": wrong})
	out, clean := lint(t, dir, files)
	if clean || !strings.Contains(out, "neon_api_key") || !strings.Contains(out, "branchid") {
		t.Errorf("clean %v:\n%s", clean, out)
	}
}

// TestExamplesUseThisRepository: an example that names another action by mistake would not be linted.
func TestExamplesUseThisRepository(t *testing.T) {
	for name, text := range collect(t, "examples/*.yml") {
		if !published.MatchString(text) && !callable.MatchString(text) {
			t.Errorf("%s does not use the action", name)
		}
		if strings.Contains(text, "actions/checkout") && strings.Count(text, "persist-credentials: false") != strings.Count(text, "uses: actions/checkout") {
			t.Errorf("%s: each checkout needs `persist-credentials: false`, or the pull request's code finds a token in .git/config", name)
		}
	}
}
