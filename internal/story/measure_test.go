package story_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// riskTask has everything measured, with limits so small that a shop of 110,000 rows passes them.
func (h *house) riskTask(number int) story.Task {
	task := h.task(number)
	limits := hazard.DefaultLimits()
	limits.WarnBlocked, limits.StopBlocked = time.Millisecond, time.Minute
	task.Risk = story.Risk{Limits: limits, FailOn: []string{"block"}, Probe: true}
	return task
}

// measured rehearses one of the shop's pull requests on production's rows.
func measured(t *testing.T, name string, change func(*house, *story.Task)) (*house, story.Outcome) {
	t.Helper()
	h := newShop(t)
	h.seed()
	h.use(name)
	task := h.riskTask(h.open(name))
	if change != nil {
		change(h, &task)
	}
	o, err := h.stage().Rehearse(t.Context(), task)
	if err != nil && o.Report.Verdict != report.Block {
		t.Fatal(err)
	}
	return h, o
}

func TestARewriteIsMeasured(t *testing.T) {
	h, o := measured(t, "blocks-orders", nil)
	recording := o.Report.Recording
	if recording == nil {
		t.Fatalf("nothing was recorded: %v", o.Report.Notes)
	}
	found := map[string]recorder.Statement{}
	for _, s := range recording.Statements {
		if s.Revision != "" {
			found[strings.Join(strings.Fields(s.Text)[:2], " ")] = s
		}
	}
	alter, index := found["ALTER TABLE"], found["CREATE INDEX"]
	if len(alter.Rewrites) == 0 || alter.Rewrites[0].Relation.Name != "order_items" {
		t.Errorf("the rewrite of order_items was not seen: %+v", alter)
	}
	if alter.Line != 21 || !strings.HasSuffix(alter.Path, "bigger_keys.py") || index.Operation != "create_index" {
		t.Errorf("lines: %s:%d %s, %s", alter.Path, alter.Line, alter.Operation, index.Operation)
	}
	if f, seen := finding(o.Report, "H006"); !seen || !strings.Contains(f.Title, "order_items") || f.Fix == "" {
		t.Errorf("the finding about the type: %+v of %+v", f, o.Report.Findings)
	}
	if len(o.Report.Stalls) == 0 || o.Report.Stalls[0].Reads+o.Report.Stalls[0].Writes == 0 {
		t.Errorf("no stall was felt: %+v; notes %v", o.Report.Stalls, o.Report.Notes)
	}
	const where = "SELECT version_num FROM alembic_version"
	if at := h.text("ci/pr-1", where); at != "d91e4a7c38f0" {
		t.Errorf("after the second run the branch is at %s", at)
	}
	body := h.github.Comments(1)[0].Body
	if !strings.Contains(body, "order_items") || !strings.Contains(body, "gantt") {
		t.Errorf("the comment tells nothing of it:\n%s", body)
	}
}

func TestTheRowsInTheWayAreCounted(t *testing.T) {
	for _, c := range []struct{ name, code string }{
		{"phone-is-required", "H014"},
		{"fails-on-real-rows", "H014"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, o := measured(t, c.name, nil)
			f, seen := finding(o.Report, c.code)
			if !seen {
				t.Fatalf("no %s among %+v", c.code, o.Report.Findings)
			}
			if !strings.Contains(f.Title+f.Evidence, "users") || !strings.ContainsAny(f.Title+f.Evidence, "123456789") {
				t.Errorf("%+v", f)
			}
			if body := h.github.Comments(1)[0].Body; strings.Contains(body, "@example.com") {
				t.Errorf("the comment has values of rows:\n%s", body)
			}
		})
	}
}

func TestAllowedIsToldAndWeighsNothing(t *testing.T) {
	_, o := measured(t, "blocks-orders", func(h *house, task *story.Task) {
		task.Risk.FailOn, task.Risk.Probe = []string{"H006"}, false
	})
	if o.Report.Verdict != report.Block {
		t.Errorf("verdict %s with fail-on H006", o.Report.Verdict)
	}
	_, o = measured(t, "blocks-orders", func(h *house, task *story.Task) {
		task.Risk.FailOn, task.Risk.Probe = []string{"H006"}, false
		h.write("neon-migrations.toml", "[[allow]]\ncode = \"H006\"\nobject = \"order_items\"\nreason = \"done at night\"\n")
	})
	if f, _ := finding(o.Report, "H006"); o.Report.Verdict == report.Block || f.Allowed == nil || f.Allowed.Reason != "done at night" {
		t.Errorf("verdict %s, %+v", o.Report.Verdict, f)
	}
}

// commitAll makes the code a git repository, or adds a commit to it.
func (h *house) commitAll() string {
	h.t.Helper()
	var head string
	for _, arguments := range [][]string{{"init", "--quiet"}, {"add", "."}, {"commit", "--quiet", "--message=all"}, {"rev-parse", "HEAD"}} {
		cmd := exec.CommandContext(h.t.Context(), "git", arguments...)
		cmd.Dir = h.code
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			h.t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
		head = strings.TrimSpace(string(out))
	}
	return head
}

func TestOldCodeOnTheNewSchema(t *testing.T) {
	h := newShop(t)
	h.seed()
	base := h.commitAll()
	h.write("migrations/versions/2026_11_21_1200-aaaa00001111_rename.py", `"""full_name is called name

Revision ID: aaaa00001111
Revises: 71c2e8f46b0d
"""
from alembic import op

revision = "aaaa00001111"
down_revision = "71c2e8f46b0d"


def upgrade():
    op.alter_column("users", "full_name", new_column_name="name")


def downgrade():
    op.alter_column("users", "name", new_column_name="full_name")
`)
	task := h.riskTask(h.open("clean"))
	task.Risk.Deploy, task.Risk.Probe, task.Risk.Base, task.ModelDrift = true, false, base, story.Warn
	o, err := h.stage().Rehearse(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range o.Report.Findings {
		told = append(told, f.Code+" "+f.Title)
	}
	all := strings.Join(told, "\n")
	if !strings.Contains(all, "H031") || !strings.Contains(all, "full_name") {
		t.Errorf("nothing is told of the old code:\n%s\nnotes %v", all, o.Report.Notes)
	}
	if o.Report.Verdict == report.Pass {
		t.Error("it passes")
	}
}
