package story_test

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// files writes a tree of files into a fresh directory.
func files(t testing.TB, tree map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range tree {
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		if err == nil {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// revision is a revision file that does what is given.
func revision(id, down, upgrade string) string {
	if down != "None" {
		down = fmt.Sprintf("%q", down)
	}
	return fmt.Sprintf("\"\"\"revision %s\"\"\"\nfrom alembic import op\nrevision = %q\ndown_revision = %s\n\n\ndef upgrade():\n    %s\n\n\ndef downgrade():\n    pass\n",
		id, id, down, upgrade)
}

// bare is the interpreter without the packages that are installed for it.
func bare(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec "+sampletest.Python(t)+" -S \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckReadsWhatCannotBeRun(t *testing.T) {
	t.Parallel()
	const ini = "[alembic]\nscript_location = migrations\n"
	one, two := revision("a1", "None", "pass"), revision("a2", "a1", "pass")
	side := revision("b2", "a1", "pass")
	foreign := "import a_package_that_is_not_there\n" + two
	tests := map[string]struct {
		python   string
		versions map[string]string
		verdict  report.Verdict
		note     string
	}{
		"with Alembic":                {sampletest.Python(t), map[string]string{"1.py": one, "2.py": two}, report.Neutral, ""},
		"a dependency missing":        {sampletest.Python(t), map[string]string{"1.py": one, "2.py": foreign}, report.Neutral, "read without being run"},
		"Alembic missing":             {bare(t), map[string]string{"1.py": one, "2.py": two}, report.Neutral, "read without being run"},
		"two heads and no Alembic":    {bare(t), map[string]string{"1.py": one, "2.py": two, "3.py": side}, report.Block, "read without being run"},
		"two heads and a missing one": {sampletest.Python(t), map[string]string{"1.py": one, "2.py": foreign, "3.py": side}, report.Block, "read without being run"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tree := map[string]string{"alembic.ini": ini, "migrations/env.py": "raise SystemExit('the models are not imported')\n"}
			for file, content := range tt.versions {
				tree["migrations/versions/"+file] = content
			}
			o, err := checking().Check(t.Context(), story.Task{Alembic: migrate.Locate{Dir: files(t, tree), Python: tt.python, Getenv: os.Getenv}}, "it is a fork")
			if err != nil || o.Report.Verdict != tt.verdict {
				t.Errorf("verdict %s, %+v, error %v", o.Report.Verdict, o.Report.Checks, err)
			}
			notes := strings.Join(o.Report.Notes, "\n")
			if !strings.Contains(notes, "it is a fork") || !strings.Contains(notes, tt.note) || len(o.Report.Notes) > 1 != (tt.note != "") {
				t.Errorf("notes %q", notes)
			}
		})
	}
}

func TestCheckWithoutAProjectSaysWhatIsNeeded(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"alembic.ini": "[alembic]\nscript_location = migrations\n"})
	for name, at := range map[string]migrate.Locate{
		"no project": {Dir: t.TempDir(), Python: bare(t)},
		"no Python":  {Dir: dir, Python: "no-such-python"},
	} {
		o, err := checking().Check(t.Context(), story.Task{Alembic: at}, "it is a fork")
		if explained, ok := fault.Explain(err); !ok || explained.Do == "" || o.Report.Verdict != report.Failed {
			t.Errorf("%s: verdict %s, error %v", name, o.Report.Verdict, err)
		}
	}
}

// checking is a stage without Neon and GitHub.
func checking() *story.Stage {
	return &story.Stage{
		Hide: func(...secret.Text) {}, Mask: func(s string) string { return s }, Progress: &said{},
		Output: io.Discard, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}
