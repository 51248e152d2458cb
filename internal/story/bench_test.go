package story_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// BenchmarkRehearsal measures a whole rehearsal by the built program against the bare
// commands that it replaces, alembic upgrade head and alembic check, on the same branch in
// the same state, in turns. Reported: seconds of each, their ratio, the program's calls of
// Neon's API and its own peak memory (without Python's).
func BenchmarkRehearsal(b *testing.B) {
	h := newShop(b)
	h.seed()
	h.use("clean")
	program, api := build(b), countCalls(b, h.neon.URL())
	var ours, bare time.Duration
	var peak int64
	rehearse := func() { // also resets the branch, so it comes first in each turn
		began := time.Now()
		kib := h.runProgram(b, program, api.url)
		ours += time.Since(began)
		peak = max(peak, kib)
	}
	rehearse() // makes the branch; from now on it is reset, as for every push but the first
	ours, peak = 0, 0
	calls := api.count.Load()
	b.ResetTimer()
	for range b.N {
		rehearse()
		h.resetBranch(b)
		bare += h.bareAlembic(b)
	}
	n := float64(b.N)
	b.ReportMetric(ours.Seconds()/n, "s/rehearsal")
	b.ReportMetric(bare.Seconds()/n, "s/bare-alembic")
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "ratio")
	b.ReportMetric(float64(api.count.Load()-calls)/n, "api-calls")
	b.ReportMetric(float64(peak)/1024, "peak-MiB")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStartup measures how long the program takes to do nothing, beside /bin/true.
func BenchmarkStartup(b *testing.B) {
	program := build(b)
	var ours, bare time.Duration
	for range b.N {
		for range 20 {
			ours += timed(b, exec.Command(program, "version"))
			bare += timed(b, exec.Command("/bin/true"))
		}
	}
	n := float64(b.N * 20)
	b.ReportMetric(ours.Seconds()*1000/n, "ms/start")
	b.ReportMetric(bare.Seconds()*1000/n, "ms/bin-true")
	b.ReportMetric(0, "ns/op")
}

func timed(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return time.Since(began)
}

func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "neon-migrations")
	timed(b, exec.Command("go", "build", "-o", program, "../.."))
	return program
}

// counter stands before the local Neon and counts requests.
type counter struct {
	url   string
	count atomic.Int64
}

func countCalls(b *testing.B, to string) *counter {
	b.Helper()
	target, err := url.Parse(strings.TrimSuffix(to, "/api/v2"))
	if err != nil {
		b.Fatal(err)
	}
	c := &counter{}
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.count.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	c.url = server.URL + "/api/v2"
	return c
}

// runProgram rehearses once and gives the program's peak memory in KiB, read while it runs.
func (h *house) runProgram(b *testing.B, program, api string) (peak int64) {
	b.Helper()
	cmd := exec.Command(program, "rehearse", "--working-directory", filepath.Join(h.code, sample.WorkingDirectory),
		"--python", sampletest.Python(b), "--neon-api-url", api, "--neon-project-id", h.project)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.TempDir(), "NEON_API_KEY=" + neonKey.Reveal()}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatalf("rehearsing: %v\n%s", err, out.String())
			}
			return peak
		case <-time.After(5 * time.Millisecond):
			peak = max(peak, highWater(cmd.Process.Pid))
		}
	}
}

// highWater is the peak of a process's resident memory in KiB (proc(5), VmHWM).
func highWater(pid int) (kib int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	if _, after, found := strings.Cut(string(status), "VmHWM:"); found {
		if _, err := fmt.Sscan(after, &kib); err != nil {
			return 0
		}
	}
	return kib
}

func (h *house) resetBranch(b *testing.B) {
	b.Helper()
	branch := h.branch("ci/by-hand")
	client := h.neonClient()
	_, operations, err := client.RestoreFromParent(b.Context(), h.project, branch)
	if err == nil {
		err = client.Wait(b.Context(), h.project, operations)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// bareAlembic runs the two commands as a workflow without this program would.
func (h *house) bareAlembic(b *testing.B) time.Duration {
	b.Helper()
	address := h.address("ci/by-hand")
	var took time.Duration
	for _, arguments := range [][]string{{"upgrade", "head"}, {"check"}} {
		cmd := exec.Command(sampletest.Python(b), append([]string{"-m", "alembic"}, arguments...)...)
		cmd.Dir = filepath.Join(h.code, sample.WorkingDirectory)
		cmd.Env = append(os.Environ(), "DATABASE_URL="+strings.Replace(address.URL().Reveal(), "postgresql://", "postgresql+psycopg://", 1))
		took += timed(b, cmd)
	}
	return took
}
