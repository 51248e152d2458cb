package story_test

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// readOnly is a token as a workflow without "pull-requests: write" has it.
func (h *house) readOnly() secret.Text {
	const token = secret.Text("ghs_a_token_that_reads_only")
	h.github.AddToken(githublocal.Token{
		Text:        token,
		Permissions: map[githublocal.Scope]githublocal.Access{githublocal.Contents: githublocal.Read, githublocal.PullRequests: githublocal.Read},
	})
	return token
}

func TestPromoteTwiceUpgradesOnce(t *testing.T) {
	h := newShop(t)
	number := h.open("clean")
	h.use("clean")
	rehearsed, err := h.stage().Rehearse(t.Context(), h.task(number))
	if err != nil {
		t.Fatal(err)
	}
	sha, err := h.github.Merge(number, "squash")
	if err != nil {
		t.Fatal(err)
	}
	task := h.task(0) // as a push to main tells it: a commit, and no number
	task.HeadSHA = sha
	first, err := h.stage().Promote(t.Context(), task)
	if err != nil {
		t.Fatal(err)
	}
	if first.Report.PullRequest.Number != number || len(first.Report.Revisions.Applied) == 0 {
		t.Errorf("pull request %d, applied %+v", first.Report.PullRequest.Number, first.Report.Revisions.Applied)
	}
	if first.Report.Fingerprint.After != rehearsed.Report.Fingerprint.After {
		t.Error("production is not what was rehearsed")
	}
	if b := h.branch("ci/pr-1"); b.ID != "" {
		t.Errorf("the branch is still there: %+v", b)
	}
	second, err := h.stage().Promote(t.Context(), task)
	if err != nil || len(second.Report.Revisions.Applied) != 0 || second.Report.Verdict != report.Pass {
		t.Errorf("the second promotion: %s, %+v, %v", second.Report.Verdict, second.Report.Revisions.Applied, err)
	}
	comments := h.github.Comments(number)
	if len(comments) != 2 || !strings.Contains(comments[1].Body, "2 revisions") {
		t.Errorf("want the comment of the rehearsal and that of the promotion that upgraded: %+v", comments)
	}
	if first.Address != "" || rehearsed.Address == "" {
		t.Error("production's address is handed out, or the branch's is not")
	}
}

func TestPromoteRefuses(t *testing.T) {
	t.Run("an unknown revision", func(t *testing.T) {
		h := newShop(t)
		h.exec("main", "UPDATE alembic_version SET version_num = 'ffffffffffff'")
		h.refuses("ffffffffffff")
	})
	t.Run("several heads", func(t *testing.T) {
		h := newShop(t)
		h.use("two-heads")
		h.refuses("heads")
	})
}

// refuses expects a promotion that changes nothing and says why.
func (h *house) refuses(why string) {
	h.t.Helper()
	before := h.text("main", "SELECT string_agg(version_num, ',') FROM alembic_version")
	task := h.task(0)
	task.HeadSHA = "" // by hand: no commit to look a pull request up by
	o, err := h.stage().Promote(h.t.Context(), task)
	if err != nil {
		h.t.Fatalf("a refusal is a finding and no trouble of ours: %v", err)
	}
	f := o.Report.Failure
	if o.Report.Verdict != report.Block || f == nil || !strings.Contains(f.Why, why) || !strings.Contains(f.Do, "nothing was changed") {
		h.t.Errorf("verdict %s, failure %+v", o.Report.Verdict, f)
	}
	if after := h.text("main", "SELECT string_agg(version_num, ',') FROM alembic_version"); after != before {
		h.t.Errorf("production went from %s to %s", before, after)
	}
}

// TestFailsOnTheCopyFirst holds that a revision that fails on production's rows of today never gets there.
func TestFailsOnTheCopyFirst(t *testing.T) {
	h := newShop(t)
	h.seed()
	h.use("fails-on-real-rows")
	before := h.text("main", "SELECT version_num FROM alembic_version")
	task := h.task(h.open("fails-on-real-rows"))
	task.Promotion.RequirePlan = story.Never
	o, err := h.stage().Promote(t.Context(), task)
	if err != nil || o.Report.Verdict != report.Block || o.Report.Reason != "failed-at-revision" {
		t.Fatalf("verdict %s, reason %q, error %v", o.Report.Verdict, o.Report.Reason, err)
	}
	if after := h.text("main", "SELECT version_num FROM alembic_version"); after != before {
		t.Errorf("production went from %s to %s", before, after)
	}
}

func TestOnlyOurOwnBranchesAreTouched(t *testing.T) {
	h := newShop(t)
	number := h.open("clean")
	client := h.neonClient()
	strange, operations, err := client.CreateBranch(t.Context(), h.project, neonapi.BranchSpec{Name: "ci/pr-1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Wait(t.Context(), h.project, operations); err != nil {
		t.Fatal(err)
	}
	for name, tell := range map[string]func() error{
		"rehearse": func() error { _, err := h.stage().Rehearse(t.Context(), h.task(number)); return err },
		"cleanup":  func() error { _, err := h.stage().Cleanup(t.Context(), h.task(number)); return err },
	} {
		err := tell()
		if explanation, ok := fault.Explain(err); !ok || !strings.Contains(explanation.Why, "not made by Neon Migrations") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b := h.branch("ci/pr-1"); b.ID != strange.ID || b.LastResetAt != nil {
		t.Errorf("the strange branch was touched: %+v", b)
	}
}

func TestCleanup(t *testing.T) {
	h := newShop(t)
	closed, opened := h.open("clean"), h.open("two-heads")
	h.use("clean")
	for _, number := range []int{closed, opened} {
		if _, err := h.stage().Rehearse(t.Context(), h.task(number)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.github.CloseUnmerged(closed); err != nil {
		t.Fatal(err)
	}
	o, err := h.stage().Cleanup(t.Context(), h.task(0))
	if err != nil {
		t.Fatal(err)
	}
	if h.branch("ci/pr-1").ID != "" || h.branch("ci/pr-2").ID == "" {
		t.Errorf("the sweep did %+v", o.Report.Swept)
	}
	for range 2 { // the second time there is nothing left to remove
		if _, err := h.stage().Cleanup(t.Context(), h.task(opened)); err != nil {
			t.Fatal(err)
		}
	}
	if h.branch("ci/pr-2").ID != "" {
		t.Error("the branch of the one pull request is still there")
	}
}

func TestForkIsCheckedWithoutSecrets(t *testing.T) {
	h := newHouse(t, "two-heads")
	stage := h.stage()
	stage.Neon, stage.GitHub = nil, nil
	o, err := stage.Check(t.Context(), h.task(1), "because it is a fork")
	if err != nil || o.Report.Verdict != report.Block {
		t.Errorf("two heads: %s, %v", o.Report.Verdict, err)
	}
	h.use()
	if o, err = stage.Check(t.Context(), h.task(1), "because it is a fork"); err != nil || o.Report.Verdict != report.Neutral {
		t.Errorf("clean: %s, %v", o.Report.Verdict, err)
	}
}
