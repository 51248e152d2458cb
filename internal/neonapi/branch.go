package neonapi

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// pageSize is what Neon's own command line asks for: it says that pages are cut at
// 100, whatever the description's 10,000 promises.
const pageSize = 100

// Branch is a branch of a project.
type Branch struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// ParentID is empty for a root branch; those include schema-only branches.
	ParentID  string `json:"parent_id"`
	Default   bool   `json:"default"`
	Protected bool   `json:"protected"`
	// State is init, resetting, ready or archived; take any other for not ready.
	State        string    `json:"current_state"`
	PendingState string    `json:"pending_state"`
	CreatedAt    time.Time `json:"created_at"`
	// ExpiresAt is when Neon deletes the branch by itself, some time after it; nil means never.
	ExpiresAt   *time.Time `json:"expires_at"`
	LastResetAt *time.Time `json:"last_reset_at"`
	// Annotation is known after [Client.Branch], [Client.Branches], [Client.BranchByName]
	// and [Client.CreateBranch]; Neon's answers to changes do not contain it.
	Annotation map[string]string `json:"-"`
	// Adopted tells that [Client.CreateBranch] found the branch instead of making it.
	// Its data may be older than the call, and its annotation another's.
	Adopted bool `json:"-"`
}

// Ready tells whether the branch can be used and nothing is happening to it.
func (b Branch) Ready() bool {
	settled := b.PendingState == "" || b.PendingState == b.State
	return settled && (b.State == "ready" || b.State == "archived")
}

// Deleting tells whether the branch is on its way out: seen in answers to DELETE.
func (b Branch) Deleting() bool {
	return b.State == storageDeleted || b.PendingState == storageDeleted
}

const storageDeleted = "storage_deleted"

// annotation is how Neon wraps a branch's annotation.
type annotation struct {
	Value map[string]string `json:"value"`
}

// branchPage is one page of a project's branches.
type branchPage struct {
	Branches    []Branch              `json:"branches"`
	Annotations map[string]annotation `json:"annotations"` // by branch id
	Pagination  struct {
		Next string `json:"next"`
	} `json:"pagination"`
}

// Branches yields the project's branches over all pages, the newest change first.
// search keeps those that contain it in name or id; "" keeps all. An error ends
// the sequence and comes with a zero Branch.
func (c *Client) Branches(ctx context.Context, project, search string) iter.Seq2[Branch, error] {
	return c.branches(ctx, project, search, time.Time{})
}

// branches is Branches with a given end of the budget for every page.
func (c *Client) branches(ctx context.Context, project, search string, until time.Time) iter.Seq2[Branch, error] {
	return func(yield func(Branch, error) bool) {
		seen := map[string]bool{}
		for cursor := ""; ; {
			page, err := c.branchPage(ctx, project, search, cursor, until)
			if err != nil {
				yield(Branch{}, fmt.Errorf("listing the branches: %w", err))
				return
			}
			for _, b := range page.Branches {
				b.Annotation = page.Annotations[b.ID].Value
				if !yield(b, nil) {
					return
				}
			}
			cursor = page.Pagination.Next
			if cursor == "" {
				return
			}
			if seen[cursor] {
				yield(Branch{}, errSameCursor())
				return
			}
			seen[cursor] = true
		}
	}
}

func errSameCursor() error {
	return fault.New("the list of branches has no end", "Neon named the same next page twice.", doStatus)
}

func (c *Client) branchPage(ctx context.Context, project, search, cursor string, until time.Time) (branchPage, error) {
	r := get("projects", project, "branches")
	r.until = until
	r.query = url.Values{"limit": {strconv.Itoa(pageSize)}}
	if search != "" {
		r.query.Set("search", search)
	}
	if cursor != "" {
		r.query.Set("cursor", cursor)
	}
	return do[branchPage](ctx, c, r)
}

// BranchByName finds a branch by its exact name; false if there is none. Neon has
// no such request and its search finds parts, "pr-1" in "pr-12", so all pages of
// the search are compared.
func (c *Client) BranchByName(ctx context.Context, project, name string) (Branch, bool, error) {
	return c.branchByName(ctx, project, name, time.Time{})
}

func (c *Client) branchByName(ctx context.Context, project, name string, until time.Time) (Branch, bool, error) {
	for b, err := range c.branches(ctx, project, name, until) {
		if err != nil {
			return Branch{}, false, fmt.Errorf("looking for the branch %q: %w", name, err)
		}
		if b.Name == name {
			return b, true, nil
		}
	}
	return Branch{}, false, nil
}

// DefaultBranch returns the project's default branch: production, if nobody says otherwise.
func (c *Client) DefaultBranch(ctx context.Context, project string) (Branch, error) {
	for b, err := range c.Branches(ctx, project, "") {
		if err != nil {
			return Branch{}, fmt.Errorf("looking for the default branch: %w", err)
		}
		if b.Default {
			return b, nil
		}
	}
	return Branch{}, fault.New("the project has no default branch that the API key can see",
		"None of the project's branches is marked as default.", "Set one in the Neon Console, or name the branch.")
}

// Branch returns the branch with this id, br-..., not this name.
func (c *Client) Branch(ctx context.Context, project, id string) (Branch, error) {
	out, err := do[struct {
		Branch     Branch     `json:"branch"`
		Annotation annotation `json:"annotation"`
	}](ctx, c, get("projects", project, "branches", id))
	if err != nil {
		return Branch{}, fmt.Errorf("reading the branch %s: %w", id, err)
	}
	out.Branch.Annotation = out.Annotation.Value
	return out.Branch, nil
}
