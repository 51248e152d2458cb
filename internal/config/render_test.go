package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write what the table says into action.yml, host/action.yml and README.md")

const root = "../.."

// blocks says what stands between "NAME:begin" and "NAME:end" of which file.
func blocks() []struct{ file, name, text string } {
	return []struct{ file, name, text string }{
		{"action.yml", "inputs", ActionInputs(true)},
		{"action.yml", "outputs", ActionOutputs("")},
		{"host/action.yml", "inputs", ActionInputs(false)},
		{"host/action.yml", "outputs", ActionOutputs("run")},
		{"host/action.yml", "env", ActionEnv("        ")},
		{"README.md", "inputs", "\n" + README() + "\n"},
	}
}

// TestFilesSayWhatTheTableSays holds the files that repeat the table to it.
func TestFilesSayWhatTheTableSays(t *testing.T) {
	for _, b := range blocks() {
		t.Run(b.file+" "+b.name, func(t *testing.T) {
			path := filepath.Join(root, b.file)
			data, err := os.ReadFile(path)
			if os.IsNotExist(err) && b.file == "README.md" && os.Getenv("CI") == "" {
				t.Skip("there is no README.md yet; when there is one, it needs the markers <!-- inputs:begin --> and <!-- inputs:end -->")
			}
			if err != nil {
				t.Fatal(err)
			}
			before, old, after, ok := between(string(data), b.name)
			if !ok {
				t.Fatalf("%s has no lines with %s:begin and %s:end", b.file, b.name, b.name)
			}
			if *update && old != b.text {
				if err := os.WriteFile(path, []byte(before+b.text+after), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(b.text, old); diff != "" {
				t.Errorf("run `go test ./internal/config -update`; -table +file\n%s", diff)
			}
		})
	}
}

// between splits a text at the lines with the markers; those stay with their side.
func between(text, name string) (before, block, after string, ok bool) {
	begin := strings.Index(text, name+":begin")
	end := strings.Index(text, name+":end")
	if begin < 0 || end < begin {
		return "", "", "", false
	}
	from := begin + strings.Index(text[begin:], "\n") + 1
	to := strings.LastIndex(text[:end], "\n") + 1
	return text[:from], text[from:to], text[to:], true
}

// metadata is an action.yml as the runner reads it.
type metadata struct {
	Inputs  map[string]struct{ Description, Default string }
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using, Image string
		Args         []string
		Steps        []struct {
			ID, Run, Shell string
			Env            map[string]string
		}
	}
}

func readMetadata(t *testing.T, file string) metadata {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	var m metadata
	if err := yaml.Unmarshal(data, &m); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return m
}

// TestMetadata reads the files with a YAML parser: the text of the table must survive its quoting.
func TestMetadata(t *testing.T) {
	for _, file := range []string{"action.yml", "host/action.yml"} {
		m := readMetadata(t, file)
		container := m.Runs.Using == "docker"
		n := 0
		for _, in := range Inputs() {
			got, there := m.Inputs[in.Name]
			if there == in.FlagOnly {
				t.Errorf("%s: input %s: there %v, only a flag %v", file, in.Name, there, in.FlagOnly)
			}
			if !there {
				continue
			}
			n++
			if got.Description != in.description(container) || got.Default != in.actionDefault(container) {
				t.Errorf("%s: input %s is %+v", file, in.Name, got)
			}
			if strings.Contains(got.Description, "${{") {
				t.Errorf("%s: the runner would evaluate the description of %s", file, in.Name)
			}
		}
		if n != len(m.Inputs) || len(m.Outputs) != len(Results()) {
			t.Errorf("%s: %d of %d inputs, %d outputs", file, n, len(m.Inputs), len(m.Outputs))
		}
	}
}

// TestHostStepsKeepExpressionsOutOfTheShell: a value of a workflow is data, and a shell would run it.
func TestHostStepsKeepExpressionsOutOfTheShell(t *testing.T) {
	for _, step := range readMetadata(t, "host/action.yml").Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("step %q has an expression in its script:\n%s", step.ID, step.Run)
		}
		for name, v := range step.Env {
			if strings.HasPrefix(name, "INPUT_") && step.ID != "run" {
				t.Errorf("step %q does not need %s: %s", step.ID, name, v)
			}
		}
	}
}

// TestHostEnvironmentIsRead: each variable that host/action.yml sets is one that Load asks for.
func TestHostEnvironmentIsRead(t *testing.T) {
	known := map[string]bool{}
	for _, in := range Inputs() {
		for _, name := range in.variables() {
			known[name] = true
		}
	}
	for line := range strings.Lines(ActionEnv("")) {
		if name, _, _ := strings.Cut(line, ":"); !known[name] {
			t.Errorf("nothing reads %s", name)
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, in := range Inputs() {
		if seen[in.Name] || in.Name == "" || in.read == nil || !strings.HasSuffix(in.Doc, ".") {
			t.Errorf("the row %q is not complete, or there twice", in.Name)
		}
		seen[in.Name] = true
		if in.Kind == Bool && in.Default == "" || in.Kind != Bool && in.Value == "" {
			t.Errorf("%s: a switch needs a default, anything else a word for its value", in.Name)
		}
		if in.Default != "" {
			if m := in.read(&Config{}, in.Default); m != nil {
				t.Errorf("%s: the default is wrong: %s", in.Name, m.why)
			}
		}
		if in.ContainerDefault != "" {
			if m := in.read(&Config{}, in.ContainerDefault); m != nil {
				t.Errorf("%s: the container's default is wrong: %s", in.Name, m.why)
			}
		}
	}
}

func TestFlagHelp(t *testing.T) {
	help := FlagHelp("cleanup")
	for line := range strings.Lines(help) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > helpWidth {
			t.Errorf("%d characters: %s", n, line)
		}
	}
	for _, want := range []string{
		"  --neon-project-id ID        Neon project, such as shiny-wind-028834;",
		"\n  --branch-expires-in DURATION\n                              When Neon removes",
		"[$NEON_API_KEY]", "Default: 30m.", "Switch it off with --comment=false.", "\n  --quiet  ",
	} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is not in\n%s", want, help)
		}
	}
	if strings.Contains(help, "--alembic-config") {
		t.Error("cleanup runs no Alembic, and its help tells of it")
	}
	if got := FlagHelp("diff"); strings.Count(got, "\n  --") != 2 || !strings.HasPrefix(got, "  --format") {
		t.Errorf("a command of its own has the common flags only, got\n%s", got)
	}
}
