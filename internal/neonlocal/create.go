package neonlocal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

type createRequest struct {
	Branch struct {
		ParentID        string  `json:"parent_id"`
		Name            *string `json:"name"`
		ParentLSN       string  `json:"parent_lsn"`
		ParentTimestamp string  `json:"parent_timestamp"`
		Protected       bool    `json:"protected"`
		Archived        bool    `json:"archived"`
		InitSource      string  `json:"init_source"`
		ExpiresAt       *string `json:"expires_at"`
	} `json:"branch"`
	Endpoints  []endpointOptions `json:"endpoints"`
	Annotation map[string]string `json:"annotation_value"`
}

const (
	parentData     = "parent-data"
	schemaOnly     = "schema-only"
	parentSchema   = "parent-schema" // how a schema-only branch reads back
	maxAnnotations = 50
)

func (s *Server) createBranch(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[createRequest](r)
	if err != nil {
		return nil, err
	}
	parent, err := s.checkCreate(p, in)
	if err != nil {
		return nil, err
	}
	b, err := s.newBranch(parent, in)
	if err != nil {
		return nil, err
	}
	steps := []step{s.copyStep(b, parent, b.cluster)}
	if e := b.compute(); e != nil {
		steps = append(steps, s.startStep(b, e))
	}
	p.Branches = append(p.Branches, b)
	document := map[string]any{
		"branch": b.view(), "endpoints": s.endpointViews(p, b), "operations": s.schedule(p, steps...),
		"roles": roleViews(b), "databases": databaseViews(b),
	}
	if uris := s.connectionViews(b); uris != nil && p.StorePasswords {
		document["connection_uris"] = uris
	}
	return created{document}, nil
}

// checkCreate finds the parent and everything that speaks against the branch.
func (s *Server) checkCreate(p *project, in createRequest) (*branch, error) {
	parent := p.defaultBranch()
	if in.Branch.ParentID != "" {
		parent = p.branch(in.Branch.ParentID)
	}
	root := in.Branch.InitSource == schemaOnly
	switch {
	case parent == nil:
		return nil, notFound("BRANCH_NOT_FOUND", "branch")
	case in.Branch.ParentLSN != "" || in.Branch.ParentTimestamp != "":
		return nil, unprocessable("this local Neon keeps no history: parent_lsn and parent_timestamp are not served")
	case in.Branch.Archived:
		return nil, unprocessable("this local Neon archives no branches")
	case !root && in.Branch.InitSource != "" && in.Branch.InitSource != parentData:
		return nil, badRequest("invalid init_source")
	case len(in.Annotation) > maxAnnotations:
		return nil, badRequest("annotation_value has more than %d entries", maxAnnotations)
	case !parent.ExpiresAt.IsZero():
		return nil, unprocessable("cannot create a branch from an expiring branch")
	case in.Branch.Protected && in.Branch.ExpiresAt != nil:
		return nil, unprocessable("protected branch cannot expire")
	}
	if in.Branch.Name != nil {
		if err := p.nameFree(*in.Branch.Name, nil); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(s.checkEndpoints(in.Endpoints), s.checkLimits(p, root, in.Branch.Protected)); err != nil {
		return nil, err
	}
	if p.busy() {
		return nil, busy()
	}
	if parent.State != stateReady {
		return nil, unprocessable("branch not ready yet")
	}
	return parent, nil
}

func (s *Server) checkEndpoints(all []endpointOptions) error {
	if len(all) > 1 {
		return unprocessable("this local Neon has one endpoint a branch")
	}
	for _, one := range all {
		if one.Type != readWrite {
			return unprocessable("this local Neon has read_write endpoints only")
		}
		if err := s.checkEndpoint(one); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) checkLimits(p *project, root, protected bool) error {
	roots := len(p.children(""))
	switch limits := s.cfg.Limits; {
	case limits.Branches > 0 && len(p.Branches) >= limits.Branches:
		return refuse(http.StatusUnprocessableEntity, "BRANCHES_LIMIT_EXCEEDED", "branches limit exceeded")
	case root && limits.RootBranches > 0 && roots >= limits.RootBranches:
		return refuse(http.StatusUnprocessableEntity, "ROOT_BRANCHES_LIMIT_EXCEEDED", "root branches limit exceeded")
	case protected:
		return s.mayProtect(p)
	}
	return nil
}

// newBranch is the branch as it is before anything was copied.
func (s *Server) newBranch(parent *branch, in createRequest) (*branch, error) {
	expires, ttl, err := s.expiry(in.Branch.ExpiresAt)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	b := &branch{
		ID: branchID(), ProjectID: parent.ProjectID, ParentID: parent.ID, State: stateInit, Pending: stateReady,
		Protected: in.Branch.Protected, InitSource: parentData, CreationSource: "console", ParentTimestamp: now,
		CreatedAt: now, UpdatedAt: now, StateChangedAt: now, ExpiresAt: expires, TTL: ttl, Annotation: in.Annotation, AnnotatedAt: now,
	}
	b.Name = b.ID
	if in.Branch.Name != nil {
		b.Name = *in.Branch.Name
	}
	if in.Branch.InitSource == schemaOnly {
		b.ParentID, b.InitSource, b.ParentTimestamp = "", parentSchema, time.Time{}
	}
	b.inherit(parent)
	if parent.Protected {
		b.changePasswords(now)
	}
	var e *endpoint
	if len(in.Endpoints) > 0 {
		e = newEndpoint(in.Endpoints[0], now)
	}
	return b, s.attach(b, e)
}

// inherit takes over the source's roles, with their passwords, and its databases. For a reset that is so
// even if the source is protected (Neon's documentation, "Protected branches", calls it an issue to be addressed).
func (b *branch) inherit(source *branch) {
	b.Roles, b.Databases = nil, nil
	for _, r := range source.Roles {
		same := *r
		b.Roles = append(b.Roles, &same)
	}
	for _, d := range source.Databases {
		same := *d
		b.Databases = append(b.Databases, &same)
	}
}

// changePasswords keeps the passwords of a protected parent from its children.
func (b *branch) changePasswords(now time.Time) {
	for _, r := range b.Roles {
		if !r.NoLogin {
			r.Password, r.UpdatedAt = password(newPassword()), now
		}
	}
}

// copyStep fills the cluster c of the branch b with the data of source.
func (s *Server) copyStep(b, source *branch, c *cluster) step {
	from := source.cluster
	var passwords, names []string
	for _, r := range b.Roles {
		if was := source.role(r.Name); was != nil && was.Password != r.Password {
			passwords = append(passwords, setPasswordSQL(r))
		}
	}
	if b.InitSource == parentSchema {
		for _, d := range b.Databases {
			names = append(names, d.Name)
		}
	}
	return step{
		action: "create_branch", branch: b, endpointID: "",
		work: func(ctx context.Context) error {
			if err := fill(ctx, from, c); err != nil {
				return err
			}
			return errors.Join(c.execute(ctx, "postgres", passwords...), emptyTables(ctx, c, names))
		},
		done:   func(now time.Time) { b.enter(stateReady, now) },
		failed: func(time.Time) { go c.abandon() },
	} // it waits for a start that is going on
}

// fill copies one cluster into another, all or nothing.
func fill(ctx context.Context, from, to *cluster) error {
	err := makeRoom(to.config.DataDir)
	if err == nil {
		err = from.copyTo(ctx, to.config.DataDir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(to.config.DataDir))
	}
	to.complete()
	return nil
}

// makeRoom makes the directories branches and branches/ID around a data directory, which the server's
// account must be able to pass.
func makeRoom(dataDir string) error {
	ofBranch := filepath.Dir(dataDir)
	for _, dir := range []string{filepath.Dir(ofBranch), ofBranch} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making room for a branch: %w", err)
		}
		if err := postgres.Own(dir); err != nil {
			return err
		}
	}
	return nil
}

// emptyTables leaves the schema of the databases and nothing else. That Alembic's own table is empty as
// well is a trap of Neon's schema-only branches, and kept.
func emptyTables(ctx context.Context, c *cluster, databases []string) error {
	const empty = `DO $$ DECLARE tables text; BEGIN
		SELECT string_agg(format('%I.%I', nspname, relname), ', ') INTO tables
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
		WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND relpersistence <> 't';
		IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables || ' RESTART IDENTITY CASCADE'; END IF;
	END $$`
	for _, name := range databases {
		if err := c.execute(ctx, name, empty); err != nil {
			return err
		}
	}
	return nil
}

// removeBranch schedules the end of a branch, with Server.mu held. It stays in the list until its data is gone.
func (s *Server) removeBranch(p *project, b *branch) []*operation {
	b.Pending = stateDeleted
	var steps []step
	if e := b.compute(); e != nil {
		one := s.suspendStep(b, e)
		one.work = func(ctx context.Context) error {
			e.front.close()
			return b.cluster.stop(ctx)
		}
		one.failed = func(time.Time) { e.Pending, b.Pending = "", "" }
		steps = append(steps, one)
	}
	steps = append(steps, step{
		action: "delete_timeline", branch: b,
		work: func(ctx context.Context) error {
			err := b.cluster.removeAll(ctx)
			_ = os.Remove(filepath.Dir(b.cluster.config.DataDir)) // only if it is empty
			return err
		},
		done:   func(time.Time) { p.Branches = remove(p.Branches, b) },
		failed: func(time.Time) { b.Pending = "" },
	})
	return s.schedule(p, steps...)
}
