package migrate

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// branched are revisions with everything a graph may have: two branches from b2, a merge, a
// dependency, labels, and types in the assignments as newer templates write them.
var branched = map[string]string{
	"migrations/versions/c3_left.py":  "\"\"\"left\n\nRevision ID: c3\n\"\"\"\nfrom typing import Union\nrevision: str = \"c3\"\ndown_revision: Union[str, None] = \"b2\"\nbranch_labels = (\"left\",)\n" + passes,
	"migrations/versions/c4_right.py": "\"\"\"right\"\"\"\nrevision = \"c4\"\ndown_revision = \"b2\"\ndepends_on = None\n" + passes,
	"migrations/versions/d5_merge.py": "\"\"\"merge\"\"\"\nrevision = \"d5\"\ndown_revision = (\"c3\", \"c4\")\n" + passes,
	"migrations/versions/e6_alone.py": "\"\"\"alone\"\"\"\nrevision = \"e6\"\ndown_revision = None\ndepends_on = \"d5\"\n" + passes,
}

const passes = "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n"

func TestGraphByAlembicAndByReadingAgree(t *testing.T) {
	for _, m := range []struct{ env, project string }{
		{newest, "tiny-sync"}, {"alembic1.8-sa1.4-psycopg2", "tiny-sync"}, {"alembic1.16-sa2.0-pyproject", "tiny-pyproject"},
	} {
		t.Run(m.env, func(t *testing.T) {
			t.Parallel()
			p := find(t, copyProject(t, m.project, branched), m.env)
			byAlembic, err := p.Graph(t.Context(), Env{})
			if err != nil {
				t.Fatal(err)
			}
			static, err := p.GraphStatic(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range []Graph{byAlembic, static} {
				slices.SortFunc(g.Revisions, func(a, b Revision) int { return strings.Compare(a.ID, b.ID) })
				for _, r := range g.Revisions {
					slices.Sort(r.Down)
				}
			}
			if diff := cmp.Diff(byAlembic, static); diff != "" {
				t.Errorf("Graph and GraphStatic differ (-Graph +GraphStatic):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"d5", "e6"}, byAlembic.Heads); diff != "" || len(byAlembic.Revisions) != 6 {
				t.Errorf("%d revisions, heads (-want +got):\n%s", len(byAlembic.Revisions), diff)
			}
			want := Revision{
				ID: "c3", Down: []string{"b2"}, DependsOn: []string{}, Labels: []string{"left"}, Doc: "left",
				Path: "migrations/versions/c3_left.py", Reversible: true, SHA256: byAlembic.Revisions[2].SHA256,
			}
			if diff := cmp.Diff(want, byAlembic.Revisions[2]); diff != "" || len(want.SHA256) != 64 {
				t.Errorf("revision (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGraphStaticImportsNothing(t *testing.T) {
	trap := "import pathlib\npathlib.Path('trap').write_text('x')\n"
	dir := copyProject(t, "tiny-sync", map[string]string{
		"migrations/versions/x1.py": trap + "revision = 'x1'\ndown_revision = 'b2'\n",
		"migrations/versions/x2.py": trap + "revision = make()\n",
		"migrations/versions/x3.py": "def broken(:\n", "migrations/versions/notes.py": "x = 1\n",
		"sitecustomize.py": trap, "ast.py": trap, "configparser.py": trap,
	})
	p := find(t, dir, newest)
	g, err := p.GraphStatic(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x1"}, g.Heads); diff != "" || len(g.Revisions) != 3 || len(g.Problems) != 2 {
		t.Errorf("revisions %v, problems %q, heads (-want +got):\n%s", g.Revisions, g.Problems, diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "trap")); err == nil {
		t.Error("code of the project ran")
	}
}

func TestGraphStaticFindsTheDirectories(t *testing.T) {
	one := "revision = 'n1'\n"
	for name, files := range map[string]map[string]string{
		"here":      {"alembic.ini": "[alembic]\nscript_location = %(here)s/m\n", "m/versions/n1.py": one},
		"package":   {"alembic.ini": "[alembic]\nscript_location = app.db:m\n", "src/app/db/m/versions/n1.py": one},
		"several":   {"alembic.ini": "[alembic]\nscript_location = m\nversion_locations = m/a, m/b\n", "m/a/n0.py": "revision = 'n0'\n", "m/b/n1.py": "revision = 'n1'\ndown_revision = 'n0'\n"},
		"separator": {"alembic.ini": "[alembic]\nscript_location = m\nversion_locations = m/a b:m/b\npath_separator = :\n", "m/a b/n1.py": one},
		"deep":      {"alembic.ini": "[alembic]\nscript_location = m\nrecursive_version_locations = true\n", "m/versions/2026/n1.py": one},
		"toml list": {"pyproject.toml": "[tool.alembic]\nscript_location = \"m\"\nversion_locations = [\"%(here)s/m/a\"]\n", "m/a/n1.py": one},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := find(t, tree(t, files), newest).GraphStatic(t.Context())
			if diff := cmp.Diff([]string{"n1"}, g.Heads); err != nil || diff != "" {
				t.Errorf("%v, heads (-want +got):\n%s", err, diff)
			}
		})
	}
	_, err := find(t, tree(t, map[string]string{"alembic.ini": "[alembic]\nscript_location = nowhere\n"}), newest).GraphStatic(t.Context())
	if e := (*Error)(nil); !errors.As(err, &e) || e.Code != "no-scripts" {
		t.Errorf("no directory: %v", err)
	}
}

func TestGraphTellsOfDoubledRevisions(t *testing.T) {
	p := find(t, copyProject(t, "tiny-sync", map[string]string{"migrations/versions/copy.py": "revision = \"b2\"\ndown_revision = \"a1\"\n" + passes}), newest)
	g, err := p.Graph(t.Context(), Env{})
	if err != nil || len(g.Problems) != 1 || !strings.Contains(g.Problems[0], "b2 is present more than once") {
		t.Errorf("%v, problems %q", err, g.Problems)
	}
	static, err := p.GraphStatic(t.Context())
	if diff := cmp.Diff(g.Problems, static.Problems); err != nil || diff != "" {
		t.Errorf("%v, problems (-Graph +GraphStatic):\n%s", err, diff)
	}
}

func TestSeveralHeadsUpgradeAndGoBack(t *testing.T) {
	dir := copyProject(t, "tiny-sync", nil)
	p, db := find(t, dir, newest), database(t)
	mustRun(t, p, Run{Address: db, Upgrade: "heads"})
	for path, text := range branched {
		write(t, filepath.Join(dir, path), text)
	}
	mustRun(t, p, Run{Address: db, Upgrade: "c3"})
	r := mustRun(t, p, Run{Address: db, Upgrade: "heads", Downgrade: ToBefore})
	// e6 depends on d5 and so stands for it in alembic_version.
	if diff := cmp.Diff([]string{"c3"}, r.Before); diff != "" || len(r.Applied) != 3 || len(r.Graph.Heads) != 2 {
		t.Errorf("applied %+v, heads %q, before (-want +got):\n%s", r.Applied, r.Graph.Heads, diff)
	}
	if diff := cmp.Diff(r.Before, r.AfterDowngrade); diff != "" || len(r.Reverted) != 3 {
		t.Errorf("from %q reverted %+v; back where it was (-want +got):\n%s", r.After, r.Reverted, diff)
	}
	r = mustRun(t, p, Run{Address: db, Upgrade: "heads", Downgrade: "base"})
	if len(r.AfterDowngrade) != 0 || len(r.Reverted) != 6 {
		t.Errorf("to base: %q, %+v", r.AfterDowngrade, r.Reverted)
	}
}
