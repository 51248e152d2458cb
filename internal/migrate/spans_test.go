package migrate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// spanning is a revision with one of each way to reach the database; "# span NAME" marks the lines at which a span is expected.
const spanning = `"""many ways"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

revision = "c3"
down_revision = "b2"
branch_labels = None
depends_on = None


def filled(connection):
    return connection.execute(sa.text("SELECT count(*) FROM author")).scalar()  # span execute


def upgrade():  # span
    op.add_column(  # span add_column
        "author",
        sa.Column("mail", sa.String(80)),
    )
    op.execute(  # span execute
        """
        UPDATE author
        SET mail = 'x'
        """
    )
    for i in range(300):
        op.execute("SELECT 1")  # span execute
    table = sa.table("author", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.bulk_insert(  # span bulk_insert
        table,
        [
            {"id": 7, "name": "a"},
            {"id": 8, "name": "b"},
        ],
    )
    with op.batch_alter_table("author") as batch:
        batch.add_column(sa.Column("one", sa.Integer))  # span add_column
        batch.create_index(  # span create_index
            "ix_one",
            ["one"],
        )
    filled(op.get_bind())
    with Session(bind=op.get_bind()) as session:
        session.execute(sa.text("SELECT 2"))  # span execute
    with op.get_context().autocommit_block():
        op.create_index("ix_mail", "author", ["mail"], postgresql_concurrently=True)  # span create_index
`

// wantSpans are "line operation" of the marked lines; the whole function's comes first, since it begins first.
func wantSpans(text string) []string {
	var whole, others []string
	for i, line := range strings.Split(text, "\n") {
		_, name, marked := strings.Cut(line, "# span")
		if !marked {
			continue
		}
		said := fmt.Sprintf("%d%s", i+1, name)
		if name == "" {
			whole = append(whole, said)
		} else {
			others = append(others, said)
		}
	}
	return append(whole, others...)
}

func shownSpans(t *testing.T, spans []Span) []string {
	t.Helper()
	var out []string
	for _, s := range spans {
		if s.Revision != "c3" {
			continue
		}
		if s.Path != "migrations/versions/c3_ways.py" || s.End.Before(s.Start) || time.Since(s.Start) > time.Minute {
			t.Errorf("span %+v", s)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s", s.Line, s.Operation)))
	}
	return out
}

var spanRows = []struct{ env, project string }{
	{"alembic1.8-sa1.4-psycopg2", "tiny-sync"},
	{"alembic1.13-sa2.0-psycopg", "tiny-async"},
	{"newest-asyncpg", "tiny-async"},
	{newest, "tiny-sync"},
}

func TestSpansLeadToTheLine(t *testing.T) {
	t.Parallel()
	for _, row := range spanRows {
		t.Run(row.env+"/"+row.project, func(t *testing.T) {
			t.Parallel()
			dir := copyProject(t, row.project, map[string]string{"migrations/versions/c3_ways.py": spanning})
			var kinds []string
			var early []Span
			r := mustRun(t, find(t, dir, row.env), Run{Address: database(t), Upgrade: "heads", Drift: true, Pause: func(_ context.Context, p Pause) error {
				kinds = append(kinds, p.Kind)
				early = append(early, p.Spans...)
				return nil
			}})
			want := wantSpans(spanning)
			// The helper's function stands first in the file and is called late.
			helper := want[1]
			want = append(want[:1], want[2:]...)
			want = append(want[:7], append([]string{helper}, want[7:]...)...)
			if diff := cmp.Diff(want, shownSpans(t, r.Spans)); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(r.Spans, early); diff != "" || strings.Join(kinds, " ") != "migrated upgraded" {
				t.Errorf("pauses %q, their spans (-result +pause):\n%s", kinds, diff)
			}
		})
	}
}

func TestSpansOfAFailedUpgrade(t *testing.T) {
	t.Parallel()
	for _, row := range spanRows {
		t.Run(row.env+"/"+row.project, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(uniqueRevision, "\n    op.create_unique_constraint(", `  # span
    cursor = op.get_bind().connection.cursor()
    cursor.execute("SELECT 1")
    cursor.close()
    op.execute(  # span execute
        "SELECT 1 / 0"
    )
    op.create_unique_constraint(`, 1)
			dir := copyProject(t, row.project, map[string]string{"migrations/versions/c3_ways.py": text})
			r, out, err := runIt(t, find(t, dir, row.env), Run{Address: database(t), Upgrade: "heads"})
			if err == nil || !strings.Contains(err.Error(), "c3") {
				t.Errorf("error = %v\n%s", err, out)
			}
			if diff := cmp.Diff(wantSpans(text), shownSpans(t, r.Spans)); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
			last := r.Spans[len(r.Spans)-1]
			if whole := r.Spans[len(r.Spans)-2]; last.Start.Before(whole.Start) || last.End.After(whole.End) {
				t.Errorf("the failed statement %+v does not lie in its function %+v", last, whole)
			}
		})
	}
}
