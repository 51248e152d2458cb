package neonapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const doRunner = "Run the job on a runner whose address is in the allow list (a self-hosted runner, or a larger runner with a fixed address), " +
	"or let the list apply to protected branches only: Neon Console, Settings > Network Security."

// Project is a Neon project.
type Project struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	RegionID  string `json:"region_id"`
	PgVersion int    `json:"pg_version"` // major version
	// StorePasswords tells whether Neon can give addresses with a password.
	StorePasswords bool `json:"store_passwords"`
	// HistoryRetentionSeconds is how far back branches and restores reach.
	HistoryRetentionSeconds int      `json:"history_retention_seconds"`
	Settings                Settings `json:"settings"`
	// OwnerBranchesLimit is the number of branches that the owner's plan allows a
	// project; 0 when Neon does not tell.
	OwnerBranchesLimit int `json:"-"`
}

// Settings is who may connect to a project.
type Settings struct {
	AllowedIPs AllowedIPs `json:"allowed_ips"`
	// BlockPublicConnections closes the public internet and supersedes AllowedIPs.
	BlockPublicConnections bool `json:"block_public_connections"`
}

// AllowedIPs is a project's IP allow list; without IPs everybody may connect.
type AllowedIPs struct {
	IPs                   []string `json:"ips"`
	ProtectedBranchesOnly bool     `json:"protected_branches_only"`
}

// Project returns a project. A wrong id and a wrong key show here first.
func (c *Client) Project(ctx context.Context, id string) (Project, error) {
	type wire struct {
		Project
		Owner struct {
			BranchesLimit int `json:"branches_limit"`
		} `json:"owner"`
	}
	out, err := do[struct {
		Project wire `json:"project"`
	}](ctx, c, get("projects", id))
	if err != nil {
		return Project{}, fmt.Errorf("reading the Neon project: %w", err)
	}
	p := out.Project.Project
	p.OwnerBranchesLimit = out.Project.Owner.BranchesLimit
	return p, nil
}

// RunnerAccess tells whether a runner hosted by GitHub, whose address is not known
// beforehand, can connect to b: nil, or a fault that says what closes the way.
func (p Project) RunnerAccess(b Branch) error {
	what := fmt.Sprintf("runners hosted by GitHub cannot connect to the branch %q", b.Name)
	if p.Settings.BlockPublicConnections {
		return fault.New(what, "The project blocks connections from the public internet.",
			"Run the job on a self-hosted runner inside the private network, or allow public connections: Neon Console, Settings > Network Security.")
	}
	list := p.Settings.AllowedIPs
	if len(list.IPs) == 0 || slices.ContainsFunc(list.IPs, everybody) || list.ProtectedBranchesOnly && !b.Protected {
		return nil
	}
	return fault.New(what, fmt.Sprintf("The project admits only the %d entries of its IP allow list.", len(list.IPs)), doRunner)
}

// everybody recognises an entry that admits every IPv4 address, as runners have.
func everybody(entry string) bool { return strings.TrimSpace(entry) == "0.0.0.0/0" }
