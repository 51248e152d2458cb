package neonapi

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Endpoint is a compute that serves a branch.
type Endpoint struct {
	ID       string `json:"id"`
	Host     string `json:"host"` // direct, never the pooler
	BranchID string `json:"branch_id"`
	Type     string `json:"type"` // read_write or read_only
	// State is init, active or idle; an idle compute wakes when somebody connects.
	State        string `json:"current_state"`
	PendingState string `json:"pending_state"`
	// Disabled computes refuse every connection.
	Disabled bool    `json:"disabled"`
	MinCU    float64 `json:"autoscaling_limit_min_cu"`
	MaxCU    float64 `json:"autoscaling_limit_max_cu"`
	// SuspendTimeout is in seconds; -1 means never, 0 Neon's default of 300.
	SuspendTimeout int `json:"suspend_timeout_seconds"`
}

// Database is a database of a branch.
type Database struct {
	Name      string `json:"name"`
	OwnerName string `json:"owner_name"`
}

// Role is a role of a branch, without its password.
type Role struct {
	Name      string `json:"name"`
	Protected bool   `json:"protected"` // by Neon, for itself
}

// Endpoints returns the branch's computes: none, or one for reading and writing
// and any number for reading.
func (c *Client) Endpoints(ctx context.Context, project, branchID string) ([]Endpoint, error) {
	out, err := do[struct {
		Endpoints []Endpoint `json:"endpoints"`
	}](ctx, c, get("projects", project, "branches", branchID, "endpoints"))
	return out.Endpoints, wrap(err, "listing the computes of the branch %s", branchID)
}

// StartEndpoint wakes a compute; it accepts connections when its operations are done.
func (c *Client) StartEndpoint(ctx context.Context, project, id string) ([]Operation, error) {
	out, err := do[struct {
		Operations []Operation `json:"operations"`
	}](ctx, c, post(nil, "projects", project, "endpoints", id, "start"))
	return out.Operations, wrap(err, "starting the compute %s", id)
}

// Databases returns the branch's databases.
func (c *Client) Databases(ctx context.Context, project, branchID string) ([]Database, error) {
	out, err := do[struct {
		Databases []Database `json:"databases"`
	}](ctx, c, get("projects", project, "branches", branchID, "databases"))
	return out.Databases, wrap(err, "listing the databases of the branch %s", branchID)
}

// Roles returns the branch's roles.
func (c *Client) Roles(ctx context.Context, project, branchID string) ([]Role, error) {
	out, err := do[struct {
		Roles []Role `json:"roles"`
	}](ctx, c, get("projects", project, "branches", branchID, "roles"))
	return out.Roles, wrap(err, "listing the roles of the branch %s", branchID)
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// ConnectionQuery names an address. All fields are required.
type ConnectionQuery struct {
	BranchID string
	Database string
	Role     string
}

// ConnectionURI returns the direct address of a database, with the role's password.
// The branch is always named, because Neon takes the default branch, production,
// when it is not. A pooler's address is refused: settings and locks of a session
// do not hold there. Children of an unprotected branch share its passwords, so
// take the address of any branch for production's.
func (c *Client) ConnectionURI(ctx context.Context, project string, q ConnectionQuery) (secret.Text, error) {
	if q.BranchID == "" || q.Database == "" || q.Role == "" {
		return "", fault.Usage("a database address was asked for without branch, database or role",
			"Neon would take the default branch in place of a missing one.", "Name all three.")
	}
	r := get("projects", project, "connection_uri")
	r.query = url.Values{"branch_id": {q.BranchID}, "database_name": {q.Database}, "role_name": {q.Role}, "pooled": {"false"}}
	out, err := do[struct {
		URI string `json:"uri"`
	}](ctx, c, r)
	if err == nil {
		err = checkDirect(out.URI)
	}
	if err != nil {
		return "", wrap(err, "asking for the address of database %q on the branch %s", q.Database, q.BranchID)
	}
	return secret.Text(out.URI), nil
}

// checkDirect refuses what is no address or leads to a pooler. Its errors never
// repeat the address; the parser's would.
func checkDirect(uri string) error {
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" || !strings.HasPrefix(u.Scheme, "postgres") {
		return fault.New("Neon answered with something that is no database address", "The answer has no host that could be connected to.", doStatus)
	}
	if name, _, _ := strings.Cut(u.Hostname(), "."); strings.HasSuffix(name, "-pooler") {
		return fault.New("Neon answered with the address of a connection pooler",
			"The direct address was asked for; through a pooler, lock timeouts and advisory locks do not hold.", doStatus)
	}
	return nil
}
