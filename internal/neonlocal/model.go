package neonlocal

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// The records below are what the server remembers, and what state.json holds. All of them
// are guarded by Server.mu.

type project struct {
	ID, Name, Region     string
	CreatedAt, UpdatedAt time.Time
	StorePasswords       bool
	HistorySeconds       int
	LastDatabaseID       int64
	Branches             []*branch
	Operations           []*operation
}

// States of a branch; Neon has more, these are the ones that this server goes through.
const (
	stateInit      = "init"
	stateResetting = "resetting"
	stateReady     = "ready"
	stateDeleted   = "storage_deleted"
)

type branch struct {
	ID, ProjectID, ParentID, Name        string
	State, Pending                       string
	Default, Protected                   bool
	InitSource, CreationSource           string
	ParentLSN                            string
	ParentTimestamp                      time.Time
	RestoredFrom, RestoredAs             string
	CreatedAt, UpdatedAt, StateChangedAt time.Time
	LastResetAt, ExpiresAt, AnnotatedAt  time.Time // zero: never
	TTL                                  time.Duration
	Annotation                           map[string]string
	Roles                                []*role
	Databases                            []*database
	Endpoints                            []*endpoint
	// Data is the cluster's directory below Config.Dir.
	Data    string
	cluster *cluster
}

type endpoint struct {
	ID, Name, Type         string
	Port                   int
	Pending                string
	Made                   bool // its first start is over
	Disabled               bool
	MinCU, MaxCU           float64
	SuspendTimeout         int
	Settings               map[string]string
	CreatedAt, UpdatedAt   time.Time
	StartedAt, SuspendedAt time.Time
	front                  *front
}

type role struct {
	Name                 string
	Password             password
	NoLogin              bool
	CreatedAt, UpdatedAt time.Time
}

// password is a secret that state.json must hold all the same; the file is private.
type password string

func (p password) text() secret.Text { return secret.Text(p) }

// String keeps a password out of logs.
func (p password) String() string { return "***" }

type database struct {
	ID                   int64
	Name, Owner          string
	CreatedAt, UpdatedAt time.Time
}

func (p *project) branch(id string) *branch {
	return first(p.Branches, func(b *branch) bool { return b.ID == id })
}

func (p *project) byName(name string) *branch {
	return first(p.Branches, func(b *branch) bool { return b.Name == name })
}

func (p *project) defaultBranch() *branch {
	return first(p.Branches, func(b *branch) bool { return b.Default })
}

func (p *project) children(id string) []*branch {
	return slices.DeleteFunc(slices.Clone(p.Branches), func(b *branch) bool { return b.ParentID != id })
}

func (p *project) endpoint(id string) (*branch, *endpoint) {
	for _, b := range p.Branches {
		if e := first(b.Endpoints, func(e *endpoint) bool { return e.ID == id }); e != nil {
			return b, e
		}
	}
	return nil, nil
}

func (p *project) busy() bool {
	return slices.ContainsFunc(p.Operations, func(o *operation) bool { return !o.over() })
}

func (b *branch) role(name string) *role {
	return first(b.Roles, func(r *role) bool { return r.Name == name })
}

func (b *branch) database(name string) *database {
	return first(b.Databases, func(d *database) bool { return d.Name == name })
}

// compute is the branch's endpoint, or nil: there are only read_write ones here.
func (b *branch) compute() *endpoint {
	if len(b.Endpoints) == 0 {
		return nil
	}
	return b.Endpoints[0]
}

func (b *branch) matches(search string) bool {
	return strings.Contains(b.Name, search) || strings.Contains(b.ID, search)
}

// enter moves the branch to a state, with nothing pending.
func (b *branch) enter(state string, now time.Time) {
	b.State, b.Pending = state, ""
	b.StateChangedAt, b.UpdatedAt = now, now
}

// dataDir names a directory that no earlier state of the branch had.
func (b *branch) dataDir() string {
	return filepath.Join("branches", b.ID, "data-"+random(alphanumeric, 6))
}

func first[T any](list []*T, match func(*T) bool) *T {
	if i := slices.IndexFunc(list, match); i >= 0 {
		return list[i]
	}
	return nil
}

func remove[T any](list []*T, one *T) []*T {
	return slices.DeleteFunc(list, func(x *T) bool { return x == one })
}
