package neonlocal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault is one failure to inject. The zero value of a field leaves that side alone; a fault may
// have several, such as a delay and a status.
type Fault struct {
	// On is what it strikes: "request" (the default), "operation" or "wake".
	On string `json:"on,omitempty"`
	// Times is how often it strikes; 0 means once, a negative number until it is cleared.
	Times int `json:"times,omitempty"`
	// Delay is how much longer the request, the operation or the waking of a compute takes.
	Delay time.Duration `json:"-"`
	// Message replaces the text of the error.
	Message string `json:"message,omitempty"`

	// Method and Path choose requests; "" is any. Path is a pattern of [path.Match] below
	// /api/v2, such as "/projects/*/branches".
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Status is answered instead of doing anything, with Code, Message and RetryAfter (the
	// header's value: seconds or an HTTP date).
	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	RetryAfter string `json:"retry_after,omitempty"`
	// Drop ends the connection without an answer: "before" anything was done, or "after" it.
	Drop string `json:"drop,omitempty"`

	// Action chooses operations, such as "create_branch"; "" is any. Fail makes them fail
	// instead of doing their work.
	Action string `json:"action,omitempty"`
	Fail   bool   `json:"fail,omitempty"`
}

// What a fault can strike, and when a connection can drop.
const (
	onRequest   = "request"
	onOperation = "operation"
	onWake      = "wake"
	dropBefore  = "before"
	dropAfter   = "after"
)

// plainFault has no methods of its own, so that encoding it does not end in itself.
type plainFault Fault

type faultJSON struct {
	plainFault
	Delay string `json:"delay,omitempty"`
}

// MarshalJSON writes the delay as "1.5s".
func (f Fault) MarshalJSON() ([]byte, error) {
	out := faultJSON{plainFault: plainFault(f)}
	if f.Delay != 0 {
		out.Delay = f.Delay.String()
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Fault) UnmarshalJSON(b []byte) error {
	var in faultJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*f = Fault(in.plainFault)
	if in.Delay == "" {
		return nil
	}
	var err error
	f.Delay, err = time.ParseDuration(in.Delay)
	return err
}

func (f *Fault) check() error {
	switch {
	case !slices.Contains([]string{"", onRequest, onOperation, onWake}, f.On):
		return fmt.Errorf("on is %q: request, operation or wake", f.On)
	case !slices.Contains([]string{"", dropBefore, dropAfter}, f.Drop):
		return fmt.Errorf("drop is %q: before or after", f.Drop)
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("status is %d: 400 to 599", f.Status)
	case f.Delay < 0:
		return fmt.Errorf("delay is %s", f.Delay)
	}
	_, err := path.Match(f.Path, "")
	return err
}

func (f *Fault) strikesRequest(r *http.Request) bool {
	below := strings.TrimPrefix(r.URL.Path, prefix)
	matched, _ := path.Match(f.Path, below) // checked when it was injected
	return cmp.Or(f.On, onRequest) == onRequest && (f.Method == "" || f.Method == r.Method) && (f.Path == "" || matched)
}

func (f *Fault) strikesOperation(action string) bool {
	return f.On == onOperation && (f.Action == "" || f.Action == action)
}

func (f *Fault) message(otherwise string) string { return cmp.Or(f.Message, otherwise) }

// answer is the error that the fault answers with; what Neon says with the same status.
func (f *Fault) answer() error {
	said := map[int]string{http.StatusLocked: busyMessage, http.StatusTooManyRequests: "too many requests, please use exponential backoff"}
	return refuse(f.Status, f.Code, "%s", f.message(cmp.Or(said[f.Status], strings.ToLower(http.StatusText(f.Status)))))
}

// Faults are the failures still to come, in the order in which they were injected. A request, an
// operation or a waking compute meets the first that strikes it, and only that one.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Inject adds faults. A fault that cannot be is an error, and then none is added.
func (f *Faults) Inject(all ...Fault) error {
	for i := range all {
		if err := all[i].check(); err != nil {
			return fmt.Errorf("injecting a fault: %w", err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range all {
		if one.Times == 0 {
			one.Times = 1
		}
		f.list = append(f.list, &one)
	}
	return nil
}

// Clear removes all that have not struck yet.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// Pending are those that have not struck yet, with the times that are left.
func (f *Faults) Pending() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Fault, len(f.list))
	for i, one := range f.list {
		out[i] = *one
	}
	return out
}

// take finds the first fault that strikes, and counts it.
func (f *Faults) take(strikes func(*Fault) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.list, strikes)
	if at < 0 {
		return Fault{}, false
	}
	one := f.list[at]
	if one.Times > 0 {
		one.Times--
	}
	if one.Times == 0 {
		f.list = slices.Delete(f.list, at, at+1)
	}
	return *one, true
}

// chill is how much longer the next compute takes to wake.
func (f *Faults) chill() time.Duration {
	one, _ := f.take(func(f *Fault) bool { return f.On == onWake })
	return one.Delay
}

// serveFaults is the administration's path: POST adds one fault or a list, GET shows those
// pending, DELETE clears them. It asks for the same key as the API.
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	if !s.authorized(r) {
		s.writeError(w, r, unauthorized())
		return
	}
	switch r.Method {
	case http.MethodPost:
		if err := s.injectFrom(r); err != nil {
			s.writeError(w, r, badRequest("%v", err))
			return
		}
	case http.MethodDelete:
		s.faults.Clear()
	case http.MethodGet:
	default:
		s.writeError(w, r, noRoute())
		return
	}
	body, err := json.Marshal(map[string]any{"faults": s.faults.Pending()})
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

func (s *Server) injectFrom(r *http.Request) error {
	raw, err := readBody(r)
	if err != nil {
		return err
	}
	var many []Fault
	if err := json.Unmarshal(raw, &many); err == nil {
		return s.faults.Inject(many...)
	}
	var one Fault
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	return s.faults.Inject(one)
}
