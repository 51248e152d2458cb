package neonlocal

import (
	"net"
	"time"
)

// The documents below have the fields of Neon's description, as far as this server knows
// them; those that measure consumption are zero.

type branchView struct {
	ID              string `json:"id"`
	ProjectID       string `json:"project_id"`
	ParentID        string `json:"parent_id,omitempty"`
	ParentLSN       string `json:"parent_lsn,omitempty"`
	ParentTimestamp *stamp `json:"parent_timestamp,omitempty"`
	Name            string `json:"name"`
	CurrentState    string `json:"current_state"`
	PendingState    string `json:"pending_state,omitempty"`
	StateChangedAt  stamp  `json:"state_changed_at"`
	CreationSource  string `json:"creation_source"`
	Primary         bool   `json:"primary"`
	Default         bool   `json:"default"`
	Protected       bool   `json:"protected"`
	CPUUsed         int    `json:"cpu_used_sec"`
	ComputeTime     int    `json:"compute_time_seconds"`
	ActiveTime      int    `json:"active_time_seconds"`
	Written         int    `json:"written_data_bytes"`
	Transferred     int    `json:"data_transfer_bytes"`
	CreatedAt       stamp  `json:"created_at"`
	UpdatedAt       stamp  `json:"updated_at"`
	TTL             int64  `json:"ttl_interval_seconds,omitempty"`
	ExpiresAt       *stamp `json:"expires_at,omitempty"`
	LastResetAt     *stamp `json:"last_reset_at,omitempty"`
	CreatedBy       struct {
		Name string `json:"name"`
	} `json:"created_by"`
	InitSource   string `json:"init_source"`
	RestoredFrom string `json:"restored_from,omitempty"`
	RestoredAs   string `json:"restored_as,omitempty"`
}

func (b *branch) view() branchView {
	v := branchView{
		ID: b.ID, ProjectID: b.ProjectID, ParentID: b.ParentID, ParentLSN: b.ParentLSN,
		ParentTimestamp: optional(b.ParentTimestamp), Name: b.Name, CurrentState: b.State, PendingState: b.Pending,
		StateChangedAt: stamp(b.StateChangedAt), CreationSource: b.CreationSource,
		Primary: b.Default, Default: b.Default, Protected: b.Protected,
		CreatedAt: stamp(b.CreatedAt), UpdatedAt: stamp(b.UpdatedAt), TTL: int64(b.TTL / time.Second),
		ExpiresAt: optional(b.ExpiresAt), LastResetAt: optional(b.LastResetAt),
		InitSource: b.InitSource, RestoredFrom: b.RestoredFrom, RestoredAs: b.RestoredAs,
	}
	v.CreatedBy.Name = userName
	return v
}

type annotationView struct {
	Object struct {
		Type string `json:"type"`
		ID   string `json:"id"`
	} `json:"object"`
	Value     map[string]string `json:"value"`
	CreatedAt *stamp            `json:"created_at,omitempty"`
	UpdatedAt *stamp            `json:"updated_at,omitempty"`
}

func (b *branch) annotationView() annotationView {
	v := annotationView{Value: b.Annotation, CreatedAt: optional(b.AnnotatedAt), UpdatedAt: optional(b.AnnotatedAt)}
	v.Object.Type, v.Object.ID = "console/branch", b.ID
	if v.Value == nil {
		v.Value = map[string]string{}
	}
	return v
}

type endpointView struct {
	ID             string       `json:"id"`
	Name           string       `json:"name,omitempty"`
	Host           string       `json:"host"`
	ProxyHost      string       `json:"proxy_host"`
	ProjectID      string       `json:"project_id"`
	BranchID       string       `json:"branch_id"`
	RegionID       string       `json:"region_id"`
	Type           string       `json:"type"`
	MinCU          float64      `json:"autoscaling_limit_min_cu"`
	MaxCU          float64      `json:"autoscaling_limit_max_cu"`
	CurrentState   string       `json:"current_state"`
	PendingState   string       `json:"pending_state,omitempty"`
	Settings       settingsView `json:"settings"`
	PoolerEnabled  bool         `json:"pooler_enabled"`
	PoolerMode     string       `json:"pooler_mode"`
	Disabled       bool         `json:"disabled"`
	Passwordless   bool         `json:"passwordless_access"`
	CreationSource string       `json:"creation_source"`
	Provisioner    string       `json:"provisioner"`
	SuspendTimeout int          `json:"suspend_timeout_seconds"`
	CreatedAt      stamp        `json:"created_at"`
	UpdatedAt      stamp        `json:"updated_at"`
	StartedAt      *stamp       `json:"started_at,omitempty"`
	SuspendedAt    *stamp       `json:"suspended_at,omitempty"`
}

type settingsView struct {
	PgSettings map[string]string `json:"pg_settings,omitempty"`
}

func (s *Server) endpointView(p *project, b *branch, e *endpoint) endpointView {
	name, _, _ := net.SplitHostPort(e.host())
	return endpointView{
		ID: e.ID, Name: e.Name, Host: e.host(), ProxyHost: name, ProjectID: p.ID, BranchID: b.ID,
		RegionID: p.Region, Type: e.Type, MinCU: e.MinCU, MaxCU: e.MaxCU, CurrentState: e.state(b), PendingState: e.Pending,
		Settings: settingsView{PgSettings: e.Settings}, PoolerMode: "transaction", Disabled: e.Disabled,
		CreationSource: b.CreationSource, Provisioner: provisioner, SuspendTimeout: e.SuspendTimeout,
		CreatedAt: stamp(e.CreatedAt), UpdatedAt: stamp(e.UpdatedAt), StartedAt: optional(e.StartedAt), SuspendedAt: optional(e.SuspendedAt),
	}
}

// States of an endpoint.
const (
	endpointInit   = "init"
	endpointActive = "active"
	endpointIdle   = "idle"
)

// state is what the cluster really does.
func (e *endpoint) state(b *branch) string {
	switch {
	case !e.Made:
		return endpointInit
	case b.cluster.running() != nil:
		return endpointActive
	}
	return endpointIdle
}

func (s *Server) endpointViews(p *project, b *branch) []endpointView {
	views := make([]endpointView, len(b.Endpoints))
	for i, e := range b.Endpoints {
		views[i] = s.endpointView(p, b, e)
	}
	return views
}

type roleView struct {
	BranchID  string `json:"branch_id"`
	Name      string `json:"name"`
	Password  string `json:"password,omitempty"`
	Protected bool   `json:"protected"`
	Method    string `json:"authentication_method"`
	CreatedAt stamp  `json:"created_at"`
	UpdatedAt stamp  `json:"updated_at"`
}

func (r *role) view(b *branch) roleView {
	method := "password"
	if r.NoLogin {
		method = "no_login"
	}
	return roleView{BranchID: b.ID, Name: r.Name, Method: method, CreatedAt: stamp(r.CreatedAt), UpdatedAt: stamp(r.UpdatedAt)}
}

// revealed shows the password, as answers to creating and resetting do.
func (r *role) revealed(b *branch) roleView {
	v := r.view(b)
	v.Password = r.Password.text().Reveal()
	return v
}

func roleViews(b *branch) []roleView {
	views := make([]roleView, len(b.Roles))
	for i, r := range b.Roles {
		views[i] = r.view(b)
	}
	return views
}

type databaseView struct {
	ID        int64  `json:"id"`
	BranchID  string `json:"branch_id"`
	Name      string `json:"name"`
	OwnerName string `json:"owner_name"`
	CreatedAt stamp  `json:"created_at"`
	UpdatedAt stamp  `json:"updated_at"`
}

func (d *database) view(b *branch) databaseView {
	return databaseView{
		ID: d.ID, BranchID: b.ID, Name: d.Name, OwnerName: d.Owner,
		CreatedAt: stamp(d.CreatedAt), UpdatedAt: stamp(d.UpdatedAt),
	}
}

func databaseViews(b *branch) []databaseView {
	views := make([]databaseView, len(b.Databases))
	for i, d := range b.Databases {
		views[i] = d.view(b)
	}
	return views
}

type connectionView struct {
	URI        string `json:"connection_uri"`
	Parameters struct {
		Database   string `json:"database"`
		Password   string `json:"password"`
		Role       string `json:"role"`
		Host       string `json:"host"`
		PoolerHost string `json:"pooler_host"`
	} `json:"connection_parameters"`
}

// connectionViews are given only when there is one role, one database and an endpoint.
func (s *Server) connectionViews(b *branch) []connectionView {
	e := b.compute()
	if e == nil || len(b.Roles) != 1 || len(b.Databases) != 1 {
		return nil
	}
	r, d := b.Roles[0], b.Databases[0]
	v := connectionView{URI: s.uri(e.host(), r, d.Name)}
	v.Parameters.Database, v.Parameters.Role, v.Parameters.Password = d.Name, r.Name, r.Password.text().Reveal()
	v.Parameters.Host, v.Parameters.PoolerHost = e.host(), e.poolerHost()
	return []connectionView{v}
}

// optional is nil for a moment that never came.
func optional(t time.Time) *stamp {
	if t.IsZero() {
		return nil
	}
	at := stamp(t)
	return &at
}
