package neonlocal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const maxIdentifier = 63 // bytes; PostgreSQL's NAMEDATALEN - 1

// reservedRoles are the platform's own.
var reservedRoles = []string{superuser, "neon_superuser", "postgres", "public", "none"}

// validName holds a role's or database's name to what Neon takes.
func validName(kind, name string) error {
	switch {
	case name == "":
		return badRequest("%s name is required", kind)
	case len(name) > maxIdentifier:
		return badRequest("%s name must be at most %d bytes", kind, maxIdentifier)
	case kind == "role" && (slices.Contains(reservedRoles, name) || strings.HasPrefix(name, "pg_")),
		kind == "database" && slices.Contains([]string{"postgres", "template0", "template1"}, name):
		return unprocessable("%s name %q is reserved", kind, name)
	}
	return nil
}

func (s *Server) role(r *http.Request) (*project, *branch, *role, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, nil, nil, err
	}
	one := b.role(r.PathValue("role"))
	if one == nil {
		return p, b, nil, notFound("RESOURCE_NOT_FOUND", "role")
	}
	return p, b, one, nil
}

// sqlStep changes a branch's cluster; Neon calls that applying a configuration.
func sqlStep(b *branch, statements ...string) step {
	one := step{action: "apply_config", branch: b, work: func(ctx context.Context) error {
		return b.cluster.execute(ctx, "postgres", statements...)
	}}
	if e := b.compute(); e != nil {
		one.endpointID = e.ID
	}
	return one
}

func (s *Server) listRoles(r *http.Request) (any, error) {
	_, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"roles": roleViews(b)}, nil
}

func (s *Server) getRole(r *http.Request) (any, error) {
	_, b, one, err := s.role(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"role": one.view(b)}, nil
}

func (s *Server) revealPassword(r *http.Request) (any, error) {
	p, _, one, err := s.role(r)
	switch {
	case err != nil:
		return nil, err
	case !p.StorePasswords:
		return nil, precondition("Storing passwords is disabled")
	}
	return map[string]string{"password": one.Password.text().Reveal()}, nil
}

type roleRequest struct {
	Role struct {
		Name    string `json:"name"`
		NoLogin bool   `json:"no_login"`
	} `json:"role"`
}

func (s *Server) createRole(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[roleRequest](r)
	if err != nil {
		return nil, err
	}
	if err := validName("role", in.Role.Name); err != nil {
		return nil, err
	}
	switch {
	case b.role(in.Role.Name) != nil:
		return nil, conflict("", "role already exists; role_name:%q", in.Role.Name)
	case p.busy():
		return nil, busy()
	}
	now := s.cfg.Now()
	one := &role{Name: in.Role.Name, NoLogin: in.Role.NoLogin, CreatedAt: now, UpdatedAt: now}
	if !one.NoLogin {
		one.Password = password(newPassword())
	}
	b.Roles = append(b.Roles, one)
	work := sqlStep(b, createRoleSQL(one))
	work.failed = func(time.Time) { b.Roles = remove(b.Roles, one) }
	return created{map[string]any{"role": one.revealed(b), "operations": s.schedule(p, work)}}, nil
}

// resetPassword ends the role's sessions; the old password holds until the operation is over.
func (s *Server) resetPassword(r *http.Request) (any, error) {
	p, b, one, err := s.role(r)
	switch {
	case err != nil:
		return nil, err
	case p.busy():
		return nil, busy()
	}
	one.Password, one.UpdatedAt = password(newPassword()), s.cfg.Now()
	work := sqlStep(b, setPasswordSQL(one),
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "+quote(one.Name))
	return map[string]any{"role": one.revealed(b), "operations": s.schedule(p, work)}, nil
}

func (s *Server) deleteRole(r *http.Request) (any, error) {
	p, b, one, err := s.role(r)
	switch {
	case gone(err):
		return noContent{}, nil
	case err != nil:
		return nil, err
	case slices.ContainsFunc(b.Databases, func(d *database) bool { return d.Owner == one.Name }):
		return nil, unprocessable("cannot delete role that owns a database")
	case p.busy():
		return nil, busy()
	}
	work := sqlStep(b, "DROP ROLE "+pgx.Identifier{one.Name}.Sanitize())
	work.done = func(time.Time) { b.Roles = remove(b.Roles, one) }
	return map[string]any{"role": one.view(b), "operations": s.schedule(p, work)}, nil
}

// gone tells an answer about something below a branch that is not there.
func gone(err error) bool {
	said := (*apiError)(nil)
	return errors.As(err, &said) && said.Code == "RESOURCE_NOT_FOUND"
}

func (s *Server) listDatabases(r *http.Request) (any, error) {
	_, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"databases": databaseViews(b)}, nil
}

func (s *Server) database(r *http.Request) (*project, *branch, *database, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, nil, nil, err
	}
	d := b.database(r.PathValue("database"))
	if d == nil {
		return p, b, nil, notFound("RESOURCE_NOT_FOUND", "database")
	}
	return p, b, d, nil
}

func (s *Server) getDatabase(r *http.Request) (any, error) {
	_, b, d, err := s.database(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"database": d.view(b)}, nil
}

type databaseRequest struct {
	Database struct {
		Name  string `json:"name"`
		Owner string `json:"owner_name"`
	} `json:"database"`
}

func (s *Server) createDatabase(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[databaseRequest](r)
	if err != nil {
		return nil, err
	}
	if err := validName("database", in.Database.Name); err != nil {
		return nil, err
	}
	switch {
	case b.database(in.Database.Name) != nil:
		return nil, conflict("", "database already exists; database_name:%q", in.Database.Name)
	case b.role(in.Database.Owner) == nil:
		return nil, notFound("RESOURCE_NOT_FOUND", "role")
	case p.busy():
		return nil, busy()
	}
	p.LastDatabaseID++
	now := s.cfg.Now()
	d := &database{ID: p.LastDatabaseID, Name: in.Database.Name, Owner: in.Database.Owner, CreatedAt: now, UpdatedAt: now}
	b.Databases = append(b.Databases, d)
	work := sqlStep(b, createDatabaseSQL(d))
	create := work.work
	work.work = func(ctx context.Context) error {
		if err := create(ctx); err != nil {
			return err
		}
		return b.cluster.execute(ctx, d.Name, defaultPrivileges...)
	}
	work.failed = func(time.Time) { b.Databases = remove(b.Databases, d) }
	return created{map[string]any{"database": d.view(b), "operations": s.schedule(p, work)}}, nil
}

func (s *Server) deleteDatabase(r *http.Request) (any, error) {
	p, b, d, err := s.database(r)
	switch {
	case gone(err):
		return noContent{}, nil
	case err != nil:
		return nil, err
	case p.busy():
		return nil, busy()
	}
	work := sqlStep(b, "DROP DATABASE "+pgx.Identifier{d.Name}.Sanitize()+" WITH (FORCE)")
	work.done = func(time.Time) { b.Databases = remove(b.Databases, d) }
	return map[string]any{"database": d.view(b), "operations": s.schedule(p, work)}, nil
}
