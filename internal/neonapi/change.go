package neonapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// changed is Neon's answer to a change of a branch.
type changed = created

// RestoreFromParent makes the branch a copy of its parent as it is now: what Neon's
// console calls a reset. The address of its compute stays; connections drop. Its
// expiry begins anew, so call [Client.SetExpiry] when [Client.Wait] has returned.
// Neon refuses it for branches that are protected, have children, or whose parent
// was restored from a snapshot within a day.
func (c *Client) RestoreFromParent(ctx context.Context, project string, b Branch) (Branch, []Operation, error) {
	if b.ParentID == "" {
		return Branch{}, nil, fault.New(fmt.Sprintf("the branch %q cannot be reset", b.Name),
			"It has no parent: it is a root or a schema-only branch.", "Delete it and create it anew.")
	}
	body := map[string]string{"source_branch_id": b.ParentID}
	out, err := do[changed](ctx, c, post(body, "projects", project, "branches", b.ID, "restore"))
	if err != nil {
		return Branch{}, nil, fmt.Errorf("resetting the branch %q to its parent: %w", b.Name, err)
	}
	out.Branch.Annotation = b.Annotation
	return out.Branch, out.Operations, nil
}

// RestoreTo gives a branch the data of another one as it is now, and keeps what it was as a branch of that name, to which
// its children go too. The address of its compute stays; connections drop. It is done once and never repeated: where no
// answer came, look at the branch. Neon refuses it for branches that are protected.
func (c *Client) RestoreTo(ctx context.Context, project string, b, source Branch, keep string) ([]Operation, error) {
	body := map[string]string{"source_branch_id": source.ID, "preserve_under_name": keep}
	out, err := do[changed](ctx, c, post(body, "projects", project, "branches", b.ID, "restore"))
	return out.Operations, wrap(err, "restoring the branch %q from %q", b.Name, source.Name)
}

// RenameBranch gives a branch another name.
func (c *Client) RenameBranch(ctx context.Context, project, id, name string) (Branch, error) {
	out, err := do[changed](ctx, c, patch(branchChange("name", name), "projects", project, "branches", id))
	if err != nil {
		return Branch{}, fmt.Errorf("renaming the branch %s to %q: %w", id, name, err)
	}
	return out.Branch, nil
}

// SetExpiry sets when Neon deletes the branch by itself, to the second, at most 30
// days ahead; the zero time clears it. The answer is read back: an expiry that is
// not what was asked for is an error.
func (c *Client) SetExpiry(ctx context.Context, project, id string, at time.Time) (Branch, error) {
	var value any // null clears, which an omitted field would not
	if !at.IsZero() {
		value = instant(at)
	}
	r := patch(branchChange("expires_at", value), "projects", project, "branches", id)
	r.repeat = true
	out, err := do[changed](ctx, c, r)
	if err == nil {
		err = armed(out.Branch, at)
	}
	if err == nil && at.IsZero() && out.Branch.ExpiresAt != nil {
		err = fault.New("the branch expires still", "Neon took the request without a word and kept the expiry.", "Clear it in the Neon Console.")
	}
	if err != nil {
		return out.Branch, fmt.Errorf("setting the expiry of the branch %s: %w", id, err)
	}
	return out.Branch, nil
}

func branchChange(field string, value any) any {
	return map[string]any{"branch": map[string]any{field: value}}
}

// DeleteBranch removes a branch. One that is not there is a success without
// operations: Neon answers 204, and has answered 404.
func (c *Client) DeleteBranch(ctx context.Context, project, id string) ([]Operation, error) {
	r := request{method: http.MethodDelete, path: []string{"projects", project, "branches", id}, repeat: true}
	out, err := do[changed](ctx, c, r)
	if e := asError(err); e != nil && e.Status == http.StatusNotFound && !e.notJSON { // a page is not Neon's
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("deleting the branch %s: %w", id, err)
	}
	return out.Operations, nil
}
