package story_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/sample"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// moment is a step of a promotion: the nth time that this is seen. Its words begin with who is spoken to.
type moment struct {
	what string
	nth  int
}

func (m moment) String() string { return fmt.Sprintf("%s, time %d", m.what, m.nth) }

// kind is who is spoken to.
func (m moment) kind() string { kind, _, _ := strings.Cut(m.what, " "); return kind }

// killer stands between one run of the program and all that it speaks to: Neon, GitHub, PostgreSQL behind the addresses
// that Neon gives, and whoever reads its progress. It kills the process at one step: before a request or statement is
// passed on, after it was answered and the answer not yet passed on, or at a line of progress.
type killer struct {
	t          testing.TB
	at         moment // the zero moment is never
	production string // host and port
	alembic    bool   // kill what the process started, and not itself

	mu       sync.Mutex
	seen     map[string]int
	moments  []moment // in their order
	process  *os.Process
	fired    bool
	children []int             // of the killed process
	doors    map[string]string // the addresses that stand for PostgreSQL's own
	closers  []func()
}

func newKiller(t testing.TB, at moment, production string) *killer {
	return &killer{t: t, at: at, production: production, seen: map[string]int{}, doors: map[string]string{}}
}

// step counts, and tells whether the process is dead now.
func (k *killer) step(what string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	what = withoutNumbers(what)
	k.seen[what]++
	now := moment{what, k.seen[what]}
	k.moments = append(k.moments, now)
	if now != k.at || k.process == nil || k.fired {
		return false
	}
	k.children = descendants(k.process.Pid)
	if k.alembic {
		for _, pid := range k.children {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		k.fired = len(k.children) > 0
		return k.fired
	}
	k.fired = true
	_ = k.process.Kill() // it may have ended by itself
	return true
}

// numbers are what differs between two runs that do the same.
var numbers = regexp.MustCompile(`\b(br|ep)(-[a-z0-9]+)+|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{7,40}\b|story-[a-z0-9]+|[0-9]+([.][0-9]+)?`)

func withoutNumbers(what string) string { return numbers.ReplaceAllString(what, "N") }

// before puts the killer before a server, and gives the address to use.
func (k *killer) before(name, target string) string {
	k.t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		k.t.Fatal(err)
	}
	path := to.Path
	to.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	proxy.ModifyResponse = func(r *http.Response) error {
		err := k.replaceAddresses(r)
		if k.step(name + " after " + r.Request.Method + " " + r.Request.URL.Path) {
			return http.ErrAbortHandler
		}
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.step(name + " before " + r.Method + " " + r.URL.Path) {
			panic(http.ErrAbortHandler)
		}
		r.Header.Del("Accept-Encoding")
		proxy.ServeHTTP(w, r)
	}))
	k.closers = append(k.closers, server.Close)
	return server.URL + path
}

// endpoints are the addresses of computes in an answer, and secured what their URIs say of encryption, also as JSON
// writes it. The program speaks to the killer in clear, and the killer with encryption to the server: SCRAM's channel
// binding would find it out.
var (
	endpoints = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	secured   = regexp.MustCompile(`sslmode=require(&|\\u0026)channel_binding=require`)
)

// replaceAddresses leads the program to doors of the killer's.
func (k *killer) replaceAddresses(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	body = endpoints.ReplaceAllFunc(body, func(address []byte) []byte {
		if "http://"+string(address) == "http://"+r.Request.URL.Host {
			return address
		}
		return []byte(k.door(string(address)))
	})
	body = secured.ReplaceAll(body, []byte("sslmode=disable"))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// door is an address that leads to a compute's by way of the killer.
func (k *killer) door(target string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if door, known := k.doors[target]; known {
		return door
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		k.t.Error(err)
		return target
	}
	k.closers = append(k.closers, func() { listener.Close() })
	name := "PostgreSQL copy"
	if target == k.production {
		name = "PostgreSQL production"
	}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go (&wire{step: k.step, name: name, client: client}).carry(target)
		}
	}()
	k.doors[target] = listener.Addr().String()
	return k.doors[target]
}

// promote runs the program once, and gives its exit status, -1 for one that was killed. It returns when the children
// of a killed process are gone, too: they have nobody to speak to.
func (k *killer) promote(h *house, program, commit string, number int) (status int, said string) {
	k.t.Helper()
	home := k.t.TempDir()
	cmd := exec.Command(program, "promote", "--working-directory", filepath.Join(h.code, sample.WorkingDirectory), "--python", sampletest.Python(k.t),
		"--neon-api-url", k.before("Neon", h.neon.URL()), "--neon-project-id", h.project, "--pull-request", strconv.Itoa(number), "--commit", commit)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "NEON_API_KEY=" + neonKey.Reveal(), "GITHUB_TOKEN=" + githubToken.Reveal(),
		"GITHUB_REPOSITORY=acme/shop", "GITHUB_API_URL=" + k.before("GitHub", h.github.APIURL()),
	}
	defer k.close()
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
			k.step("progress " + lines.Text())
		}
	}
	_, _ = io.Copy(io.Discard, stderr)
	_ = cmd.Wait() // the status tells
	k.orphans()
	return cmd.ProcessState.ExitCode(), out.String()
}

// killed tells that the moment came.
func (k *killer) killed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.fired
}

func (k *killer) close() {
	k.mu.Lock()
	closers := k.closers
	k.closers = nil
	k.mu.Unlock()
	for _, one := range slices.Backward(closers) {
		one()
	}
}

// orphans waits until what the killed process had started is gone.
func (k *killer) orphans() {
	k.t.Helper()
	k.mu.Lock()
	left := k.children
	k.mu.Unlock()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left = slices.DeleteFunc(left, func(pid int) bool { return !alive(pid) })
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			k.t.Errorf("killed at %s: processes %v of the killed run go on", k.at, left)
			return
		}
	}
}

// alive tells a process that runs from one that is gone or only not yet waited for.
func alive(pid int) bool {
	_, state, _ := parent(pid)
	return state != "" && state != "Z" && state != "X"
}

// descendants are the children of a process and theirs, where the system has /proc.
func descendants(of int) []int {
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	children := map[int][]int{}
	for _, path := range all {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if of, _, known := parent(pid); known {
			children[of] = append(children[of], pid)
		}
	}
	found := children[of]
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i]]...)
	}
	return found
}

// parent reads proc_pid_stat(5): the state and the parent come after the name, which stands in parentheses.
func parent(pid int) (of int, state string, known bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, "", false
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 2 {
		return 0, "", false
	}
	of, err = strconv.Atoi(fields[1])
	return of, fields[0], err == nil
}
