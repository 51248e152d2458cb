package neonapi

import "context"

// CountBranches is how many branches the project has, of all kinds.
func (c *Client) CountBranches(ctx context.Context, project string) (int, error) {
	out, err := do[struct {
		Count int `json:"count"`
	}](ctx, c, get("projects", project, "branches", "count"))
	return out.Count, wrap(err, "counting the branches")
}
