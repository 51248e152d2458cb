package story_test

import (
	"slices"
	"strings"
	"testing"
)

// TestEarlierRunWasCutOff holds that the next run says where one that was cut off within a revision left production, that
// it goes no further, and that others are kept from starting.
func TestEarlierRunWasCutOff(t *testing.T) {
	h := newShop(t)
	h.repository()
	h.write(aNote.path(), `"""a column and an index"""
from alembic import op

revision = "aaaa00001111"
down_revision = "71c2e8f46b0d"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders ADD COLUMN remark text")
        op.execute("""`+onlyOnProduction+`""")
        op.execute("CREATE TABLE remarks (id int)")


def downgrade():
    pass
`)
	task, _ := h.approve(aNote.path())
	holder := h.hold(4711)
	if o, err := h.stage().Promote(t.Context(), task); err == nil || o.Report.Promotion.Stand == nil {
		t.Fatalf("%v, %+v", err, o.Report.Promotion)
	}
	_ = holder.Close(t.Context())
	r := h.stops(task, "failed-at-revision")
	stand := r.Promotion.Stand
	if stand == nil || stand.Safe || !slices.Equal(stand.Pending, []string{aNote.id}) || !strings.Contains(strings.Join(stand.Missing, "; "), "table public.remarks") {
		t.Fatalf("%+v", stand)
	}
	if since := strings.Join(stand.Since, "; "); !strings.Contains(since, "table public.orders") || !strings.Contains(stand.GoBack, "ci/restore-") {
		t.Errorf("since %s, back %s", since, stand.GoBack)
	}
	if all := h.github.Deployments(); all[0].State != "failure" {
		t.Errorf("others are not kept from starting: %+v", all)
	}
	h.sees("An earlier run was cut off within a revision", r)

	h.exec("main", "CREATE TABLE remarks (id int); UPDATE alembic_version SET version_num = 'aaaa00001111'")
	h.promotes(task, aNote.id) // finished by hand
}
