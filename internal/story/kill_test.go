package story_test

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// killer stands before Neon and GitHub and reads what the process says, and kills it at one of these steps: before
// a request is passed on, after it was answered and the answer not yet passed on, or at a line of progress.
type killer struct {
	t       *testing.T
	mu      sync.Mutex
	at, now int // the step to kill at, from 1; 0 is never
	what    []string
	process *os.Process
}

// step counts, and tells whether the process is dead now.
func (k *killer) step(what string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now++
	k.what = append(k.what, what)
	if k.now != k.at || k.process == nil {
		return false
	}
	_ = k.process.Kill() // it may have ended by itself
	return true
}

// before puts the killer before a server, and gives the address to use.
func (k *killer) before(target string) string {
	k.t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		k.t.Fatal(err)
	}
	path := to.Path
	to.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = nil
	proxy.ModifyResponse = func(r *http.Response) error {
		k.step("after " + r.Request.Method + " " + r.Request.URL.Path)
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.step("before " + r.Method + " " + r.URL.Path) {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	k.t.Cleanup(server.Close)
	return server.URL + path
}

// promote runs the program once, and gives its exit status; -1 for one that was killed.
func (k *killer) promote(h *house, program string, task story.Task, number int) (status int, said string) {
	k.t.Helper()
	event := filepath.Join(k.t.TempDir(), "event.json")
	cmd := exec.Command(program, "promote", "--working-directory", filepath.Join(h.code, sample.WorkingDirectory), "--python", sampletest.Python(k.t),
		"--neon-api-url", k.before(h.neon.URL()), "--neon-project-id", h.project, "--pull-request", strconv.Itoa(number), "--commit", task.HeadSHA)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(event), "NEON_API_KEY=" + neonKey.Reveal(), "GITHUB_TOKEN=" + githubToken.Reveal(),
		"GITHUB_REPOSITORY=acme/shop", "GITHUB_API_URL=" + k.before(h.github.APIURL()),
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.mu.Lock()
	k.process = cmd.Process
	k.mu.Unlock()
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		out.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "✓") || strings.Contains(lines.Text(), "running revision") {
			k.step("said " + lines.Text())
		}
	}
	_, _ = io.Copy(io.Discard, stderr)
	_ = cmd.Wait() // the status tells
	return cmd.ProcessState.ExitCode(), out.String()
}

// TestKilledAtEveryStep kills the process of a promotion at each of its steps, and holds that a second run brings
// it to the same end: production at head, nothing left behind, one comment. Between the two, production is at one of
// the two known states. KILL_EVERY=1 takes every step; without it some of them stand for all.
func TestKilledAtEveryStep(t *testing.T) {
	every, err := strconv.Atoi(os.Getenv("KILL_EVERY"))
	if err != nil || every < 1 {
		every = 25
	}
	h := newShop(t)
	task, number := h.approved(change{"aaaa00001111", "71c2e8f46b0d", "ALTER TABLE orders ADD COLUMN remark text; SELECT pg_sleep(0.3)", "SELECT 1"})
	program := filepath.Join(t.TempDir(), "neon-migrations")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	before := h.at()
	base := h.make(neonapi.BranchSpec{Name: "base", ParentID: h.branch("main").ID})
	whole := &killer{t: t}
	if status, said := whole.promote(h, program, task, number); status != 0 || h.at() != "aaaa00001111" {
		t.Fatalf("without any killing: exit status %d\n%s", status, said)
	}
	outcomes := map[string]int{}
	from := whole.now
	if n, err := strconv.Atoi(os.Getenv("KILL_FROM")); err == nil {
		from = min(n, from)
	}
	for at := from; at > 0; at -= every { // from the end, where production is upgraded already
		h.backTo(base, number)
		k := &killer{t: t, at: at}
		status, _ := k.promote(h, program, task, number)
		killed := h.at()
		if killed != before && killed != "aaaa00001111" {
			t.Errorf("step %d: production is at %s", at, killed)
		}
		outcomes[fmt.Sprintf("killed %t, production %s", status == -1, map[bool]string{true: "as before", false: "upgraded"}[killed == before])]++
		again := &killer{t: t}
		if status, said := again.promote(h, program, task, number); status != 0 {
			t.Errorf("killed at step %d (%s): the second run ends with %d\n%s", at, k.what[min(at, len(k.what))-1], status, said)
			continue
		}
		h.converged(fmt.Sprintf("killed at step %d (%s)", at, k.what[min(at, len(k.what))-1]), number)
	}
	t.Logf("%d steps, every %d. of them: %v", whole.now, every, outcomes)
}

// backTo takes production back to a branch, and removes what promotions left.
func (h *house) backTo(base neonapi.Branch, number int) {
	h.t.Helper()
	client := h.neonClient()
	for b, err := range client.Branches(h.t.Context(), h.project, "ci/") {
		if err != nil {
			h.t.Fatal(err)
		}
		operations, err := client.DeleteBranch(h.t.Context(), h.project, b.ID)
		if err == nil {
			err = client.Wait(h.t.Context(), h.project, operations)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	main := h.branch("main")
	h.call(http.MethodPost, h.neon.URL()+"/projects/"+h.project+"/branches/"+main.ID+"/restore", neonKey,
		fmt.Sprintf(`{"source_branch_id": %q, "preserve_under_name": "before-%s"}`, base.ID, strings.ToLower(rand.Text()[:8])))
	for _, c := range h.github.Comments(number) {
		if strings.Contains(c.Body, "neon-migrations-promotion") {
			h.call(http.MethodDelete, fmt.Sprintf("%s/repos/acme/shop/issues/comments/%d", h.github.APIURL(), c.ID), githubToken, "")
		}
	}
}

// call asks a server for something that the program has no use for.
func (h *house) call(method, address string, token secret.Text, body string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	if said, _ := io.ReadAll(resp.Body); resp.StatusCode >= http.StatusBadRequest {
		h.t.Fatalf("%s %s: %d %s", method, address, resp.StatusCode, said)
	}
}

// converged holds the end that every promotion comes to.
func (h *house) converged(what string, number int) {
	h.t.Helper()
	if at := h.at(); at != "aaaa00001111" {
		h.t.Errorf("%s: production is at %s", what, at)
	}
	for b, err := range h.neonClient().Branches(h.t.Context(), h.project, "ci/") {
		if err != nil {
			h.t.Fatal(err)
		}
		if !strings.HasPrefix(b.Name, "ci/restore-") {
			h.t.Errorf("%s: %s is left", what, b.Name)
		}
	}
	if comments := h.github.Comments(number); len(comments) != 2 {
		h.t.Errorf("%s: want the comment of the rehearsal and that of the promotion: %+v", what, comments)
	}
}
