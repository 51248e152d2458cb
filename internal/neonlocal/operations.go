package neonlocal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// operation is something that goes on after the answer. Its fields are Neon's.
type operation struct {
	ID            string `json:"id"`
	ProjectID     string `json:"project_id"`
	BranchID      string `json:"branch_id,omitempty"`
	EndpointID    string `json:"endpoint_id,omitempty"`
	Action        string `json:"action"`
	Status        string `json:"status"`
	Error         string `json:"error,omitempty"`
	FailuresCount int    `json:"failures_count"`
	CreatedAt     stamp  `json:"created_at"`
	UpdatedAt     stamp  `json:"updated_at"`
	TotalMS       int64  `json:"total_duration_ms"`
}

// Statuses of an operation; Neon has more.
const (
	statusScheduling = "scheduling"
	statusRunning    = "running"
	statusFinished   = "finished"
	statusFailed     = "failed"
	statusCancelled  = "cancelled"
)

func (o *operation) over() bool {
	return o.Status != statusScheduling && o.Status != statusRunning
}

// stamp is a moment as Neon writes it: RFC 3339 in UTC, without fractions.
type stamp time.Time

// MarshalJSON implements [json.Marshaler].
func (t stamp) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON implements [json.Unmarshaler].
func (t *stamp) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, (*time.Time)(t)) }

// String is the moment in Neon's form.
func (t stamp) String() string { return time.Time(t).UTC().Format(time.RFC3339) }

// step is one operation of a chain: what it does, and what is true afterwards.
type step struct {
	action     string
	branch     *branch
	endpointID string
	// work takes the time that it takes; it runs without Server.mu.
	work func(context.Context) error
	// done runs with Server.mu when the work is done.
	done func(now time.Time)
	// failed runs with Server.mu when it could not be done, or was cancelled.
	failed func(now time.Time)
	op     *operation
}

// keptOperations bounds what a project remembers.
const keptOperations = 500

// schedule starts a chain of operations, with Server.mu held. The first one is running when the
// answer is written, as at Neon.
func (s *Server) schedule(p *project, steps ...step) []*operation {
	now := s.cfg.Now()
	all := make([]*operation, len(steps))
	for i := range steps {
		all[i] = &operation{
			ID: uuid(), ProjectID: p.ID, BranchID: steps[i].branch.ID, EndpointID: steps[i].endpointID,
			Action: steps[i].action, Status: statusScheduling, CreatedAt: stamp(now), UpdatedAt: stamp(now),
		}
		steps[i].op = all[i]
	}
	if len(all) == 0 {
		return []*operation{}
	}
	all[0].Status = statusRunning
	p.Operations = append(p.Operations, all...)
	if over := len(p.Operations) - keptOperations; over > 0 {
		p.Operations = slices.Delete(p.Operations, 0, over)
	}
	s.chains.Add(1)
	go func() {
		defer s.chains.Done()
		s.run(p, steps)
	}()
	return all
}

// run goes through a chain. What comes after a failure is cancelled.
func (s *Server) run(p *project, steps []step) {
	for i, one := range steps {
		s.settle(one.op, statusRunning, 0, nil)
		began := time.Now()
		err := s.perform(one)
		if err == nil {
			s.settle(one.op, statusFinished, time.Since(began), one.done)
			continue
		}
		s.cfg.Logger.Error("operation failed", "project", p.ID, "branch", one.branch.ID, "action", one.action, "error", err)
		s.settle(one.op, statusFailed, time.Since(began), func(now time.Time) {
			one.op.Error = err.Error()
			if one.failed != nil {
				one.failed(now)
			}
		})
		for _, rest := range steps[i+1:] {
			s.settle(rest.op, statusCancelled, 0, rest.failed)
		}
		return
	}
}

// perform does the work, or what an injected fault does instead, and takes the time that
// operations take.
func (s *Server) perform(one step) error {
	began := time.Now()
	least := s.cfg.OperationTime
	fault, struck := s.faults.take(func(f *Fault) bool { return f.strikesOperation(one.action) })
	if struck {
		least += fault.Delay
	}
	var err error
	switch {
	case struck && fault.Fail:
		err = fmt.Errorf("%s", fault.message("an injected fault"))
	case one.work != nil:
		err = one.work(s.ctx)
	}
	if waited := pause(s.ctx, least-time.Since(began)); err == nil {
		err = waited
	}
	return err
}

// settle changes an operation and, at the same moment, what it was about.
func (s *Server) settle(o *operation, status string, took time.Duration, then func(now time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	if then != nil {
		then(now)
	}
	o.Status, o.UpdatedAt, o.TotalMS = status, stamp(now), took.Milliseconds()
	if status == statusFailed {
		o.FailuresCount++
	}
	s.save()
}

func (s *Server) getOperation(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	o := first(p.Operations, func(o *operation) bool { return o.ID == r.PathValue("operation") })
	if o == nil {
		return nil, notFound("RESOURCE_NOT_FOUND", "operation")
	}
	return map[string]any{"operation": o}, nil
}

// listOperations gives the newest first. The cursor is the last id of the page before.
func (s *Server) listOperations(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(r, 1000, 1000)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(p.Operations)
	slices.Reverse(list)
	if cursor := r.URL.Query().Get("cursor"); cursor != "" {
		at := slices.IndexFunc(list, func(o *operation) bool { return o.ID == cursor })
		if at < 0 {
			return nil, badRequest("invalid cursor")
		}
		list = list[at+1:]
	}
	list = list[:min(limit, len(list))]
	out := map[string]any{"operations": list}
	if len(list) > 0 {
		out["pagination"] = map[string]string{"cursor": list[len(list)-1].ID}
	}
	return out, nil
}
