package story_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// answering is a stage whose Neon answers GET of the project with a text replaced by another.
func (h *house) answering(old, instead string) *story.Stage {
	h.t.Helper()
	client, err := neonapi.New(neonapi.Config{BaseURL: h.neon.URL(), Key: neonKey, Poll: 10 * time.Millisecond, HTTP: way(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || !strings.HasSuffix(r.URL.Path, "/projects/"+h.project) {
			return resp, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if !bytes.Contains(body, []byte(old)) {
			h.t.Errorf("no %s in %s", old, body)
		}
		body = bytes.Replace(body, []byte(old), []byte(instead), 1)
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		resp.Header.Del("Content-Length")
		return resp, err
	})})
	if err != nil {
		h.t.Fatal(err)
	}
	stage := h.stage()
	stage.Neon = client
	return stage
}

// TestNoRoomIsKnownBefore holds that a restore point which cannot be had is known before anything is begun.
func TestNoRoomIsKnownBefore(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	full := h.answering(`"branches_limit":5000`, `"branches_limit":2`) // production, and the pull request's
	before := len(h.said.String())

	dry := task
	dry.Promotion.DryRun = true
	o, err := full.Promote(t.Context(), dry)
	if told := strings.Join(o.Report.Notes, "\n"); err != nil || !strings.Contains(told, "2 of the 2 branches") || !strings.Contains(told, "reaches back 24 hours") || !strings.Contains(told, "would stop before it began") {
		t.Errorf("%v: %s", err, told)
	}

	o, err = full.Promote(t.Context(), task)
	if err != nil || o.Report.Verdict != report.Block || o.Report.Reason != "no-restore-point" || !strings.Contains(o.Report.Failure.Why, "2 branches") {
		t.Errorf("%v, reason %q, %+v", err, o.Report.Reason, o.Report.Failure)
	}
	if strings.Contains(h.said.String()[before:], "begin rehearse on a copy") || h.at() != aNote.down {
		t.Errorf("something was begun: at %s, %s", h.at(), h.said)
	}

	preferred := task
	preferred.Promotion.RestoreRequired = false
	o, err = full.Promote(t.Context(), preferred) // this Neon has more than it says
	if err != nil || h.at() != aNote.id || o.Report.Promotion.Restore.Name == "" || o.Report.Promotion.Branches != 2 {
		t.Errorf("%v, at %s, %+v, %+v", err, h.at(), o.Report.Failure, o.Report.Promotion)
	}
}

// TestOwnBranchesMakeRoom holds that what an earlier run of the same promotion left does not count against it.
func TestOwnBranchesMakeRoom(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	h.make(neonapi.BranchSpec{Name: "ci/promote-" + task.HeadSHA[:7], ExpiresAt: time.Now().Add(time.Hour), Annotation: ours("1")})
	o, err := h.answering(`"branches_limit":5000`, `"branches_limit":3`).Promote(t.Context(), task)
	if err != nil || h.at() != aNote.id {
		t.Errorf("%v, at %s, %+v", err, h.at(), o.Report.Failure)
	}
}

// TestNeonKeepsToItself holds that a project whose facts cannot be read keeps nobody from promoting.
func TestNeonKeepsToItself(t *testing.T) {
	h := newShop(t)
	task, _ := h.approved(aNote)
	h.inject(neonlocal.Fault{Method: http.MethodGet, Path: "/branches/count", Status: http.StatusForbidden, Message: "not allowed"})
	r := h.promotes(task, aNote.id)
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "is not known") || r.Promotion.History != 0 {
		t.Errorf("%s, %+v", notes, r.Promotion)
	}
}

// TestTheSecondWayBack holds that without a restore point the report names Neon's history, by a command that Neon's own
// client sends as it is meant. The local Neon keeps no history and says so.
func TestTheSecondWayBack(t *testing.T) {
	client, err := filepath.Abs("../../.tools/node/node_modules/.bin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(client, "neonctl")); err != nil && os.Getenv("CI") == "" {
		t.Skipf("Neon's client is not installed: %v; run make setup", err)
	}
	h := newShop(t)
	h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
	task, _ := h.approved(aNote, change{"bbbb00002222", aNote.id, onlyOnProduction, "SELECT 1"})
	task.Promotion.RestoreFor = 0
	h.hold(4711)
	began := time.Now()
	o, _ := h.stage().Promote(t.Context(), task)
	told := o.Report.Promotion
	if told.Stand == nil || told.History != 24*time.Hour || told.Before.Before(began.Add(-time.Second)) || !strings.Contains(told.Stand.GoBack, "^self@") {
		t.Fatalf("%+v, %+v", told, told.Stand)
	}
	said, err := neonctl(t, client, told.Stand.GoBack, h.neon.URL())
	if err == nil || !strings.Contains(said, "keeps no history") {
		t.Errorf("%s: %v\n%s", told.Stand.GoBack, err, said)
	}
}

// neonctl runs a command that a report prints.
func neonctl(t *testing.T, client, command, url string) (string, error) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(context.Background(), "sh", "-c", fmt.Sprintf("%s --no-analytics --api-host %s --api-key %s --config-dir %s", command, url, neonKey.Reveal(), home))
	cmd.Env = []string{"PATH=" + client + ":" + os.Getenv("PATH"), "HOME=" + home, "CI=true"}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
