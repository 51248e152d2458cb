package githublocal

import (
	"context"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Drop is when a connection is dropped.
type Drop int

// The moments at which a connection is dropped: never; before the request had its
// effect; after it, so that the caller cannot know.
const (
	NoDrop Drop = iota
	BeforeEffect
	AfterEffect
)

// Fault is something that goes wrong on request.
type Fault struct {
	// Method and Path choose the requests; "" is any. Path is as in path.Match, below the
	// API's prefix: /repos/*/*/issues/*/comments.
	Method, Path string
	// Skip lets so many chosen requests pass first.
	Skip int
	// Times is how often it strikes; 0 is once, -1 for ever.
	Times int
	// Delay is waited before anything else.
	Delay time.Duration
	// Drop closes the connection without an answer. Go's own client asks again by itself
	// when that happens to a GET on a connection used before: set Times to meet that too.
	Drop Drop
	// Status, Header, Message and Docs are the answer instead of GitHub's; Status 0 leaves the
	// answer as it is.
	Status        int
	Header        http.Header
	Message, Docs string
}

// Inject makes a fault happen to requests from now on. Earlier faults strike first.
func (s *Server) Inject(f Fault) { s.faults.add(f) }

// Recover takes all faults away.
func (s *Server) Recover() { s.faults.clear() }

// PrimaryLimit is the answer to a token whose hour is used up. status is 403 or 429: GitHub
// documents both.
func PrimaryLimit(status int, resets time.Time) Fault {
	return Fault{Status: status, Message: primaryMessage, Docs: rateDocs, Header: http.Header{
		"X-Ratelimit-Limit": {"1000"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Used": {"1000"},
		"X-Ratelimit-Reset": {strconv.FormatInt(resets.Unix(), 10)}, "X-Ratelimit-Resource": {"core"},
	}}
}

// SecondaryLimit is the answer to too much at once, 403 or 429; retryAfter 0 leaves the
// header out, as GitHub sometimes does.
func SecondaryLimit(status int, retryAfter time.Duration) Fault {
	f := Fault{Status: status, Message: secondaryMessage, Docs: secondaryDocs, Header: http.Header{}}
	if retryAfter > 0 {
		f.Header.Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	return f
}

// ServerError is a failure inside GitHub: 500, 502, 503 or 504.
func ServerError(status int) Fault { return Fault{Status: status, Message: "Server Error"} }

func (f Fault) chooses(req *http.Request) bool {
	if f.Method != "" && f.Method != req.Method {
		return false
	}
	fits, err := path.Match(f.Path, req.URL.Path)
	return f.Path == "" || err == nil && fits
}

func (f Fault) answers() bool { return f.Status != 0 }

// wait is false when the caller went away first.
func (f Fault) wait(ctx context.Context) bool {
	if f.Delay <= 0 {
		return true
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f Fault) reply(id string) reply {
	message := strings.Replace(f.Message, "the request ID", "the request ID "+id, 1)
	body := object{"message": message, "documentation_url": or(f.Docs, "https://docs.github.com/rest"), "status": strconv.Itoa(f.Status)}
	return reply{status: f.Status, body: body, header: f.Header}
}

// faults are those still to strike. The zero value has none.
type faults struct {
	mu   sync.Mutex
	list []*Fault
}

func (fs *faults) add(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	fs.mu.Lock()
	fs.list = append(fs.list, &f)
	fs.mu.Unlock()
}

func (fs *faults) clear() {
	fs.mu.Lock()
	fs.list = nil
	fs.mu.Unlock()
}

// take gives the fault that strikes this request; the zero Fault is none.
func (fs *faults) take(req *http.Request) Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range fs.list {
		if f.Times == 0 || !f.chooses(req) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		return *f
	}
	return Fault{}
}
