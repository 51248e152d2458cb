package neonlocal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"
)

const readWrite = "read_write"

// endpointOptions are what a request may say of a compute.
type endpointOptions struct {
	Type           string   `json:"type"`
	Name           string   `json:"name"`
	MinCU          *float64 `json:"autoscaling_limit_min_cu"`
	MaxCU          *float64 `json:"autoscaling_limit_max_cu"`
	SuspendTimeout *int     `json:"suspend_timeout_seconds"`
	Disabled       *bool    `json:"disabled"`
	BranchID       string   `json:"branch_id"`
	Settings       struct {
		PgSettings map[string]string `json:"pg_settings"`
	} `json:"settings"`
}

const (
	leastCU           = 0.25
	maxSuspendTimeout = 604800 // Neon's description
)

// check holds the options to the description and to the limits of the plan.
func (s *Server) checkEndpoint(o endpointOptions) error {
	limits := s.cfg.Limits
	switch {
	case o.MinCU != nil && *o.MinCU < leastCU, o.MaxCU != nil && *o.MaxCU < leastCU:
		return badRequest("autoscaling limits must be at least %v", leastCU)
	case o.MinCU != nil && o.MaxCU != nil && *o.MinCU > *o.MaxCU:
		return badRequest("autoscaling_limit_min_cu is greater than autoscaling_limit_max_cu")
	case o.SuspendTimeout == nil:
		return nil
	case *o.SuspendTimeout < -1 || *o.SuspendTimeout > maxSuspendTimeout:
		return badRequest("suspend_timeout_seconds must be between -1 and %d", maxSuspendTimeout)
	case limits.FixedSuspend && *o.SuspendTimeout != 0:
		return precondition("suspend interval changing is not allowed for your account")
	case *o.SuspendTimeout > 0 && time.Duration(*o.SuspendTimeout)*time.Second < limits.MinSuspend:
		return precondition("suspend interval is too short for your plan")
	}
	return nil
}

func newEndpoint(o endpointOptions, now time.Time) *endpoint {
	e := &endpoint{ID: endpointID(), Type: readWrite, MinCU: leastCU, MaxCU: 2, Pending: endpointActive, CreatedAt: now}
	e.change(o, now)
	return e
}

// change sets what the options say and leaves the rest.
func (e *endpoint) change(o endpointOptions, now time.Time) {
	e.Name = cmp.Or(o.Name, e.Name)
	if o.MinCU != nil {
		e.MinCU = *o.MinCU
		e.MaxCU = max(e.MaxCU, e.MinCU)
	}
	if o.MaxCU != nil {
		e.MaxCU = *o.MaxCU
		e.MinCU = min(e.MinCU, e.MaxCU)
	}
	if o.SuspendTimeout != nil {
		e.SuspendTimeout = *o.SuspendTimeout
	}
	if o.Settings.PgSettings != nil {
		e.Settings = o.Settings.PgSettings
	}
	if o.Disabled != nil {
		e.Disabled = *o.Disabled
	}
	e.UpdatedAt = now
}

// attach gives a branch its cluster, if it has none yet, and its endpoint an address.
func (s *Server) attach(b *branch, e *endpoint) error {
	if b.cluster == nil {
		b.Data = b.dataDir()
		b.cluster = s.clusterIn(b.Data)
	}
	if e == nil {
		return nil
	}
	if err := s.openFront(e, b.cluster); err != nil {
		return err
	}
	b.Endpoints = append(b.Endpoints, e)
	return nil
}

// startStep wakes the compute.
func (s *Server) startStep(b *branch, e *endpoint) step {
	e.Pending = endpointActive
	return step{
		action: "start_compute", branch: b, endpointID: e.ID,
		work: func(ctx context.Context) error {
			_, release, err := e.front.cluster.Load().acquire(ctx)
			if err == nil {
				release()
			}
			return err
		},
		done:   func(now time.Time) { e.Made, e.Pending, e.StartedAt, e.UpdatedAt = true, "", now, now },
		failed: func(time.Time) { e.Pending = "" },
	}
}

// suspendStep ends the compute's sessions and stops it.
func (s *Server) suspendStep(b *branch, e *endpoint) step {
	e.Pending = endpointIdle
	return step{
		action: "suspend_compute", branch: b, endpointID: e.ID,
		work:   func(ctx context.Context) error { return e.front.cluster.Load().stop(ctx) },
		done:   func(now time.Time) { e.Pending, e.SuspendedAt, e.UpdatedAt = "", now, now },
		failed: func(time.Time) { e.Pending = "" },
	}
}

func (s *Server) endpoint(r *http.Request) (*project, *branch, *endpoint, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, nil, nil, err
	}
	b, e := p.endpoint(r.PathValue("endpoint"))
	if e == nil {
		return nil, nil, nil, notFound("ENDPOINT_NOT_FOUND", "endpoint")
	}
	return p, b, e, nil
}

func (s *Server) endpointAnswer(p *project, b *branch, e *endpoint, steps ...step) map[string]any {
	operations := s.schedule(p, steps...)
	return map[string]any{"endpoint": s.endpointView(p, b, e), "operations": operations}
}

func (s *Server) listEndpoints(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	views := []endpointView{}
	for _, b := range p.Branches {
		views = append(views, s.endpointViews(p, b)...)
	}
	return map[string]any{"endpoints": views}, nil
}

func (s *Server) listBranchEndpoints(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"endpoints": s.endpointViews(p, b)}, nil
}

func (s *Server) getEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"endpoint": s.endpointView(p, b, e)}, nil
}

type endpointRequest struct {
	Endpoint endpointOptions `json:"endpoint"`
}

func (s *Server) createEndpoint(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[endpointRequest](r)
	if err != nil {
		return nil, err
	}
	b := p.branch(in.Endpoint.BranchID)
	switch {
	case b == nil:
		return nil, notFound("BRANCH_NOT_FOUND", "branch")
	case in.Endpoint.Type != readWrite:
		return nil, unprocessable("this local Neon has read_write endpoints only")
	case p.busy():
		return nil, busy()
	case b.compute() != nil:
		return nil, conflict("", "read-write endpoint already exists for the branch")
	}
	if err := s.checkEndpoint(in.Endpoint); err != nil {
		return nil, err
	}
	e := newEndpoint(in.Endpoint, s.cfg.Now())
	if err := s.attach(b, e); err != nil {
		return nil, err
	}
	return created{s.endpointAnswer(p, b, e, s.startStep(b, e))}, nil
}

func (s *Server) updateEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[endpointRequest](r)
	if err != nil {
		return nil, err
	}
	if err := s.checkEndpoint(in.Endpoint); err != nil {
		return nil, err
	}
	suspend := in.Endpoint.Disabled != nil && *in.Endpoint.Disabled && b.cluster.running() != nil
	if suspend && p.busy() {
		return nil, busy()
	}
	e.change(in.Endpoint, s.cfg.Now())
	e.front.disabled.Store(e.Disabled)
	if suspend {
		return s.endpointAnswer(p, b, e, s.suspendStep(b, e)), nil
	}
	return s.endpointAnswer(p, b, e), nil
}

func (s *Server) deleteEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	if missing := (*apiError)(nil); errors.As(err, &missing) && missing.Code == "ENDPOINT_NOT_FOUND" {
		return noContent{}, nil
	}
	switch {
	case err != nil:
		return nil, err
	case b.Protected:
		return nil, unprocessable("cannot delete endpoint of protected branch")
	case p.busy():
		return nil, busy()
	}
	one := s.suspendStep(b, e)
	one.work = func(ctx context.Context) error {
		e.front.close()
		return e.front.cluster.Load().stop(ctx)
	}
	one.done = func(time.Time) { b.Endpoints = remove(b.Endpoints, e) }
	return s.endpointAnswer(p, b, e, one), nil
}

func (s *Server) startEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	switch {
	case err != nil:
		return nil, err
	case p.busy():
		return nil, inTransition("start")
	case e.Disabled:
		return nil, unprocessable("endpoint is disabled")
	case b.cluster.running() != nil:
		return s.endpointAnswer(p, b, e), nil
	}
	return s.endpointAnswer(p, b, e, s.startStep(b, e)), nil
}

func (s *Server) suspendEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	switch {
	case err != nil:
		return nil, err
	case p.busy():
		return nil, inTransition("suspend")
	case b.cluster.running() == nil:
		return s.endpointAnswer(p, b, e), nil
	}
	return s.endpointAnswer(p, b, e, s.suspendStep(b, e)), nil
}

func (s *Server) restartEndpoint(r *http.Request) (any, error) {
	p, b, e, err := s.endpoint(r)
	switch {
	case err != nil:
		return nil, err
	case p.busy():
		return nil, inTransition("restart")
	}
	return s.endpointAnswer(p, b, e, s.suspendStep(b, e), s.startStep(b, e)), nil
}

// getConnectionURI means the default branch when none is named: that is Neon's trap, and kept.
func (s *Server) getConnectionURI(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	b := p.defaultBranch()
	if id := query.Get("branch_id"); id != "" {
		b = p.branch(id)
	}
	if b == nil {
		return nil, notFound("BRANCH_NOT_FOUND", "branch")
	}
	e := b.compute()
	if id := query.Get("endpoint_id"); id != "" && (e == nil || e.ID != id) {
		e = nil
	}
	owner, d := b.role(query.Get("role_name")), b.database(query.Get("database_name"))
	switch {
	case query.Get("role_name") == "" || query.Get("database_name") == "":
		return nil, badRequest("database_name and role_name are required")
	case e == nil:
		return nil, notFound("ENDPOINT_NOT_FOUND", "endpoint")
	case d == nil:
		return nil, notFound("RESOURCE_NOT_FOUND", "database")
	case owner == nil:
		return nil, notFound("RESOURCE_NOT_FOUND", "role")
	case !p.StorePasswords:
		return nil, precondition("Storing passwords is disabled")
	}
	host := e.host()
	if query.Get("pooled") == "true" {
		host = e.poolerHost()
	}
	return map[string]string{"uri": s.uri(host, owner, d.Name)}, nil
}
