package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// stairs are two revisions; each test says what their functions do.
func (h *house) stairs(lowerUp, lowerDown, upperUp, upperDown string) {
	for _, one := range []struct{ id, down, up, back string }{
		{"aaaa00001111", "71c2e8f46b0d", lowerUp, lowerDown},
		{"bbbb00002222", "aaaa00001111", upperUp, upperDown},
	} {
		h.write("migrations/versions/2026_11_21_1200-"+one.id+"_step.py", `"""a step"""
from alembic import op

revision = "`+one.id+`"
down_revision = "`+one.down+`"


def upgrade():
    op.execute("`+one.up+`")


def downgrade():
    op.execute("`+one.back+`")
`)
	}
}

// TestStairwayNamesTheStep holds that the schema is compared at every step of the way, and that the step that
// leaves something is named, whichever of several it is.
func TestStairwayNamesTheStep(t *testing.T) {
	const (
		mood  = "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE moods (mood mood)"
		index = "CREATE INDEX ix_users_phone ON users (phone)"
	)
	for name, c := range map[string]struct {
		lowerUp, lowerDown, upperUp, upperDown string
		state                                  report.State
		says                                   []string
	}{
		"all goes": {
			mood, "DROP TABLE moods; DROP TYPE mood", index, "DROP INDEX ix_users_phone",
			report.OK, nil,
		},
		"the lower one leaves a type": {
			mood, "DROP TABLE moods", index, "DROP INDEX ix_users_phone",
			report.Drift,
			[]string{"the downgrade of revision aaaa00001111 leaves behind", "enum public.mood"},
		},
		"the upper one leaves an index": {
			mood, "DROP TABLE moods; DROP TYPE mood", "CREATE INDEX IF NOT EXISTS ix_users_phone ON users (phone)", "SELECT 1",
			report.Drift,
			[]string{"the downgrade of revision bbbb00002222 leaves behind", "ix_users_phone"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newShop(t)
			h.stairs(c.lowerUp, c.lowerDown, c.upperUp, c.upperDown)
			task := h.thorough(h.open("clean"))
			task.ModelDrift, task.ProductionDrift = story.Ignore, story.Ignore
			o, err := h.stage().Rehearse(t.Context(), task)
			if err != nil {
				t.Fatal(err)
			}
			check := checkOf(t, o, report.CheckReversible)
			if check.State != c.state {
				t.Errorf("%s: %s %+v", check.State, check.Summary, check.Differences)
			}
			for _, word := range c.says {
				if !strings.Contains(check.Summary, word) {
					t.Errorf("%q is not in %q", word, check.Summary)
				}
			}
		})
	}
}
