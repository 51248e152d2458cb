package neonlocal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// What Neon calls things that a local server has only one of.
const (
	userID      = "00000000-0000-4000-8000-000000000001"
	userName    = "local"
	userEmail   = "local@example.invalid"
	region      = "aws-local"
	provisioner = "k8s-neonvm"
	planName    = "scale_v3"
	maxCU       = 8
)

type projectView struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	PlatformID        string `json:"platform_id"`
	RegionID          string `json:"region_id"`
	Provisioner       string `json:"provisioner"`
	PgVersion         int    `json:"pg_version"`
	ProxyHost         string `json:"proxy_host"`
	SizeLimit         int64  `json:"branch_logical_size_limit"`
	SizeLimitBytes    int64  `json:"branch_logical_size_limit_bytes"`
	StorePasswords    bool   `json:"store_passwords"`
	CreationSource    string `json:"creation_source"`
	HistoryRetention  int    `json:"history_retention_seconds"`
	CreatedAt         stamp  `json:"created_at"`
	UpdatedAt         stamp  `json:"updated_at"`
	PeriodStart       stamp  `json:"consumption_period_start"`
	PeriodEnd         stamp  `json:"consumption_period_end"`
	OwnerID           string `json:"owner_id"`
	ActiveTime        int    `json:"active_time"`
	ActiveTimeSeconds int    `json:"active_time_seconds"`
	ComputeTime       int    `json:"compute_time_seconds"`
	CPUUsed           int    `json:"cpu_used_sec"`
	Written           int    `json:"written_data_bytes"`
	Transferred       int    `json:"data_transfer_bytes"`
	StorageHours      int    `json:"data_storage_bytes_hour"`
	Owner             struct {
		Email         string `json:"email"`
		Name          string `json:"name"`
		BranchesLimit int    `json:"branches_limit"`
		Subscription  string `json:"subscription_type"`
	} `json:"owner"`
	Settings struct{} `json:"settings"`
}

func (s *Server) projectView(p *project) projectView {
	month := time.Date(p.CreatedAt.Year(), p.CreatedAt.Month(), 1, 0, 0, 0, 0, time.UTC)
	v := projectView{
		ID: p.ID, Name: p.Name, PlatformID: "aws", RegionID: p.Region, Provisioner: provisioner,
		PgVersion: s.cfg.Binaries.Major, ProxyHost: loopback, StorePasswords: p.StorePasswords, CreationSource: "console",
		HistoryRetention: p.HistorySeconds, CreatedAt: stamp(p.CreatedAt), UpdatedAt: stamp(p.UpdatedAt),
		PeriodStart: stamp(month), PeriodEnd: stamp(month.AddDate(0, 1, 0)), OwnerID: userID,
	}
	v.Owner.Email, v.Owner.Name, v.Owner.Subscription = userEmail, userName, planName
	v.Owner.BranchesLimit = s.branchesLimit()
	return v
}

func (s *Server) branchesLimit() int {
	return cmp.Or(max(s.cfg.Limits.Branches, 0), defaultBranchesLimit)
}

func (s *Server) getProject(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"project": s.projectView(p)}, nil
}

// listProjects is in order of creation; the cursor is the last id of the page before.
func (s *Server) listProjects(r *http.Request) (any, error) {
	limit, err := limitOf(r, 10, 400)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	list := s.projects
	if cursor := query.Get("cursor"); cursor != "" {
		at := slices.IndexFunc(list, func(p *project) bool { return p.ID == cursor })
		list = list[at+1:]
	}
	views := []projectView{}
	for _, p := range list {
		if len(views) < limit && (strings.Contains(p.Name, query.Get("search")) || strings.Contains(p.ID, query.Get("search"))) {
			views = append(views, s.projectView(p))
		}
	}
	out := map[string]any{"projects": views, "applications": map[string]any{}, "integrations": map[string]any{}}
	if len(views) > 0 {
		out["pagination"] = map[string]string{"cursor": views[len(views)-1].ID}
	}
	return out, nil
}

// ProjectSpec is a project to be made, with one branch, one role and one database or more.
type ProjectSpec struct {
	// ID is made up if it is empty, and Name is the ID then.
	ID, Name string
	// Branch is the default branch's name; "" is main.
	Branch string
	// Role owns Database; "" are neondb_owner and neondb.
	Role, Database string
	// MoreDatabases are owned by Role as well.
	MoreDatabases []string
	// Protected protects the default branch.
	Protected bool
	// NoStoredPasswords makes reveal_password answer 412.
	NoStoredPasswords bool
}

// ProjectInfo is what there is to know of a new project.
type ProjectInfo struct {
	ID, BranchID, EndpointID, Role, Database string
	// URI leads to the database of the default branch.
	URI secret.Text
}

func (spec ProjectSpec) withDefaults() ProjectSpec {
	spec.ID = cmp.Or(spec.ID, projectID())
	spec.Name = cmp.Or(spec.Name, spec.ID)
	spec.Branch = cmp.Or(spec.Branch, "main")
	spec.Database = cmp.Or(spec.Database, "neondb")
	spec.Role = cmp.Or(spec.Role, spec.Database+"_owner")
	return spec
}

// CreateProject makes a project as Neon's console does, and waits until its default branch can be used.
func (s *Server) CreateProject(ctx context.Context, spec ProjectSpec) (ProjectInfo, error) {
	s.mu.Lock()
	p, operations, err := s.newProject(spec.withDefaults(), nil)
	s.mu.Unlock()
	if err != nil {
		return ProjectInfo{}, fmt.Errorf("creating the project: %w", err)
	}
	if err := s.wait(ctx, operations); err != nil {
		return ProjectInfo{}, fmt.Errorf("creating the project %s: %w", p.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := p.Branches[0]
	e, r, d := b.compute(), b.Roles[0], b.Databases[0]
	return ProjectInfo{
		ID: p.ID, BranchID: b.ID, EndpointID: e.ID, Role: r.Name, Database: d.Name,
		URI: secret.Text(s.uri(e.host(), r, d.Name)),
	}, nil
}

// wait looks until all operations are over.
func (s *Server) wait(ctx context.Context, operations []*operation) error {
	for {
		s.mu.Lock()
		open := slices.ContainsFunc(operations, func(o *operation) bool { return !o.over() })
		bad := first(operations, func(o *operation) bool { return o.Status == statusFailed })
		s.mu.Unlock()
		if bad != nil {
			return fmt.Errorf("operation %s: %s", bad.Action, bad.Error)
		}
		if !open {
			return nil
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}

// newProject is called with Server.mu held.
func (s *Server) newProject(spec ProjectSpec, annotation map[string]string) (*project, []*operation, error) {
	switch {
	case !validID.MatchString(spec.ID):
		return nil, nil, badRequest("invalid project id")
	case first(s.projects, func(p *project) bool { return p.ID == spec.ID }) != nil:
		return nil, nil, conflict("PROJECT_ID_ALREADY_EXISTS", "project id already exists")
	}
	now := s.cfg.Now()
	p := &project{
		ID: spec.ID, Name: spec.Name, Region: region, CreatedAt: now, UpdatedAt: now,
		StorePasswords: !spec.NoStoredPasswords, HistorySeconds: 86400, LastDatabaseID: 1,
	}
	b := &branch{
		ID: branchID(), ProjectID: p.ID, Name: spec.Branch, State: stateInit, Pending: stateReady, Default: true,
		Protected: spec.Protected, InitSource: "parent-data", CreationSource: "console", CreatedAt: now, UpdatedAt: now, StateChangedAt: now,
		Annotation: annotation, AnnotatedAt: now,
		Roles:     []*role{{Name: spec.Role, Password: password(newPassword()), CreatedAt: now, UpdatedAt: now}},
		Databases: []*database{{ID: 1, Name: spec.Database, Owner: spec.Role, CreatedAt: now, UpdatedAt: now}},
	}
	e := newEndpoint(endpointOptions{}, now)
	if err := s.attach(b, e); err != nil {
		return nil, nil, err
	}
	p.Branches = append(p.Branches, b)
	s.projects = append(s.projects, p)
	for _, name := range spec.MoreDatabases {
		p.LastDatabaseID++
		b.Databases = append(b.Databases, &database{ID: p.LastDatabaseID, Name: name, Owner: spec.Role, CreatedAt: now, UpdatedAt: now})
	}
	setUp := []string{createRoleSQL(b.Roles[0])}
	for _, d := range b.Databases {
		setUp = append(setUp, createDatabaseSQL(d))
	}
	made := func(ctx context.Context) error { return s.firstCluster(ctx, b, setUp) }
	return p, s.schedule(p,
		step{action: "create_timeline", branch: b, work: made, done: func(now time.Time) { b.enter(stateReady, now) }},
		s.startStep(b, e)), nil
}

// firstCluster makes the cluster of a project's first branch; all others are copies of it.
func (s *Server) firstCluster(ctx context.Context, b *branch, statements []string) error {
	c := b.cluster
	if err := makeRoom(c.config.DataDir); err != nil {
		return err
	}
	if err := postgres.InitCluster(ctx, c.config); err != nil {
		return err
	}
	c.complete()
	major := s.cfg.Binaries.Major
	if err := c.execute(ctx, "postgres", append(neonRoles(major), statements...)...); err != nil {
		return err
	}
	for _, d := range b.Databases {
		if err := c.execute(ctx, d.Name, defaultPrivileges...); err != nil {
			return err
		}
	}
	return nil
}

// neonRoles make the group that API-made roles are members of (Neon's compute_tools, migrations).
func neonRoles(major int) []string {
	statements := []string{
		"CREATE ROLE neon_superuser NOLOGIN CREATEDB CREATEROLE BYPASSRLS REPLICATION",
		"GRANT pg_read_all_data, pg_write_all_data TO neon_superuser",
		"GRANT pg_monitor, pg_signal_backend TO neon_superuser WITH ADMIN OPTION",
	}
	if major >= 16 {
		statements = append(statements, "GRANT pg_create_subscription TO neon_superuser")
	}
	return statements
}

// defaultPrivileges are in every database that Neon's API made, and so in every dump.
var defaultPrivileges = []string{
	"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO neon_superuser WITH GRANT OPTION",
	"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO neon_superuser WITH GRANT OPTION",
}

func createRoleSQL(r *role) string {
	name := pgx.Identifier{r.Name}.Sanitize()
	if r.NoLogin {
		return "CREATE ROLE " + name + " NOLOGIN"
	}
	return "CREATE ROLE " + name + " LOGIN INHERIT CREATEROLE CREATEDB BYPASSRLS REPLICATION PASSWORD " +
		postgres.QuoteLiteral(r.Password.text().Reveal()) + " IN ROLE neon_superuser"
}

func setPasswordSQL(r *role) string {
	return "ALTER ROLE " + pgx.Identifier{r.Name}.Sanitize() + " PASSWORD " + postgres.QuoteLiteral(r.Password.text().Reveal())
}

func createDatabaseSQL(d *database) string {
	return "CREATE DATABASE " + pgx.Identifier{d.Name}.Sanitize() + " OWNER " + pgx.Identifier{d.Owner}.Sanitize()
}

type projectRequest struct {
	Project struct {
		Name      string `json:"name"`
		PgVersion int    `json:"pg_version"`
		Store     *bool  `json:"store_passwords"`
		Branch    struct {
			Name        string            `json:"name"`
			Role        string            `json:"role_name"`
			Database    string            `json:"database_name"`
			Annotations map[string]string `json:"annotations"`
		} `json:"branch"`
	} `json:"project"`
}

func (s *Server) createProject(r *http.Request) (any, error) {
	in, err := decode[projectRequest](r)
	if err != nil {
		return nil, err
	}
	if v := in.Project.PgVersion; v != 0 && v != s.cfg.Binaries.Major {
		return nil, unprocessable("this local Neon runs PostgreSQL %d only", s.cfg.Binaries.Major)
	}
	spec := ProjectSpec{
		Name: in.Project.Name, Branch: in.Project.Branch.Name, Role: in.Project.Branch.Role,
		Database: in.Project.Branch.Database, NoStoredPasswords: in.Project.Store != nil && !*in.Project.Store,
	}.withDefaults()
	if err := errors.Join(validName("role", spec.Role), validName("database", spec.Database)); err != nil {
		return nil, err
	}
	p, operations, err := s.newProject(spec, in.Project.Branch.Annotations)
	if err != nil {
		return nil, err
	}
	b := p.Branches[0]
	return created{map[string]any{
		"project": s.projectView(p), "branch": b.view(), "endpoints": s.endpointViews(p, b),
		"operations": operations, "roles": []roleView{b.Roles[0].revealed(b)}, "databases": databaseViews(b),
		"connection_uris": s.connectionViews(b),
	}}, nil
}

func (s *Server) getAuth(*http.Request) (any, error) {
	return map[string]any{"account_id": userID, "auth_method": "api_key_user", "auth_data": userName}, nil
}

func (s *Server) getUser(*http.Request) (any, error) {
	return map[string]any{
		"id": userID, "name": userName, "last_name": "", "login": userName, "email": userEmail,
		"image": "", "plan": planName, "active_seconds_limit": 0, "projects_limit": len(s.projects) + 100,
		"branches_limit": s.branchesLimit(), "max_autoscaling_limit": maxCU, "auth_accounts": []any{},
	}, nil
}

func (s *Server) listOrganizations(*http.Request) (any, error) {
	return map[string]any{"organizations": []any{}}, nil
}
