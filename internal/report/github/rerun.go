package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// RerunPermissions are the lines that a workflow needs for running workflows again.
const RerunPermissions = "permissions:\n  contents: read\n  actions: write"

// Rerun runs a workflow run again, with the commit and the event that it had. GitHub refuses one that
// is still running, is older than 30 days, or was run again 50 times; these refusals come with the
// status of a missing permission, and are no [ErrNotPermitted]. A run that is gone is [Forbidden].
// It needs the permission actions: write; without it the error is [ErrNotPermitted].
func (c *Client) Rerun(ctx context.Context, runID int64) error {
	_, err := c.api.Actions.RerunWorkflowByID(ctx, c.owner, c.repo, runID)
	doing := fmt.Sprintf("running workflow run %d again", runID)
	said := message(err)
	if status(err) == http.StatusForbidden && !isLimit(err) && (strings.Contains(said, "running") || strings.Contains(said, "retr")) {
		return fault.New(doing, "GitHub does not run it again now: it is still running, or too old.",
			"Wait until it has ended; of an old one, push a commit instead.").Because(err)
	}
	return explainWith(RerunPermissions, doing, err)
}
