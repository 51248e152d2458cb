package story_test

import "testing"

// TestAheadUntilMerged holds that production which ran a pull request's revision is ahead of its code as long as
// that is not merged, and not when the pull request is rehearsed again afterwards.
func TestAheadUntilMerged(t *testing.T) {
	h := newShop(t)
	const name = "migrations/versions/2026_11_21_1200-aaaa00001111_step.py"
	h.write(name, "\"\"\"a step\"\"\"\nfrom alembic import op\n\nrevision = \"aaaa00001111\"\ndown_revision = \"71c2e8f46b0d\"\n\n\ndef upgrade():\n    op.execute(\"SELECT 1\")\n\n\ndef downgrade():\n    pass\n")
	h.repository()
	h.deploy()
	number := h.openWithFiles(h.task(1).HeadSHA, name)
	for _, merged := range []bool{false, true} {
		if merged {
			if _, err := h.github.Merge(number, "merge"); err != nil {
				t.Fatal(err)
			}
		}
		o, err := h.stage().Rehearse(t.Context(), h.task(number))
		if err != nil {
			t.Fatal(err)
		}
		if _, told := finding(o.Report, "production-ahead"); told == merged {
			t.Errorf("merged %t, told %t: %+v", merged, told, o.Report.Findings)
		}
	}
}
