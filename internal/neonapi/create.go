package neonapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// BranchSpec is a branch to be made, with all data of its parent and one compute
// for reading and writing.
type BranchSpec struct {
	// Name is unique in the project, at most 256 bytes, of any characters; required.
	Name string
	// ParentID is the branch to copy; "" means the project's default branch. It must not expire itself.
	ParentID string
	// ExpiresAt is when Neon deletes the branch by itself, to the second, at most 30
	// days ahead; zero means never.
	ExpiresAt time.Time
	// Annotation is kept with the branch; at most 50 entries.
	Annotation map[string]string
	// NoCompute leaves the branch without a way in: it is kept, and not worked on.
	NoCompute bool

	// The following depend on the project's plan; nil leaves them to Neon. A plan
	// that refuses one gets the branch without any of them, and a notice says so.

	SuspendTimeout *int     // seconds until an idle compute is suspended; -1 never, 0 Neon's default
	MinCU, MaxCU   *float64 // compute units, from 0.25
}

type createBody struct {
	Branch     newBranch         `json:"branch"`
	Endpoints  []newEndpoint     `json:"endpoints,omitempty"`
	Annotation map[string]string `json:"annotation_value,omitempty"`
}

// newBranch holds the expiry: Neon ignores it in silence one level higher.
type newBranch struct {
	Name      string `json:"name"`
	ParentID  string `json:"parent_id,omitempty"`
	ExpiresAt string `json:"expires_at,omitempty"`
}

type newEndpoint struct {
	Type           string   `json:"type"`
	MinCU          *float64 `json:"autoscaling_limit_min_cu,omitempty"`
	MaxCU          *float64 `json:"autoscaling_limit_max_cu,omitempty"`
	SuspendTimeout *int     `json:"suspend_timeout_seconds,omitempty"`
}

func (s BranchSpec) body() createBody {
	body := createBody{
		Branch:     newBranch{Name: s.Name, ParentID: s.ParentID, ExpiresAt: instant(s.ExpiresAt)},
		Annotation: s.Annotation,
	}
	if !s.NoCompute {
		body.Endpoints = []newEndpoint{{Type: "read_write", MinCU: s.MinCU, MaxCU: s.MaxCU, SuspendTimeout: s.SuspendTimeout}}
	}
	return body
}

func (s BranchSpec) tuned() bool { return s.SuspendTimeout != nil || s.MinCU != nil || s.MaxCU != nil }

func (s BranchSpec) untuned() BranchSpec {
	s.SuspendTimeout, s.MinCU, s.MaxCU = nil, nil, nil
	return s
}

// instant writes a time as Neon takes it: RFC 3339 without fractions; "" for zero.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// created is Neon's answer to a new branch, as far as it is used.
type created struct {
	Branch     Branch      `json:"branch"`
	Operations []Operation `json:"operations"`
}

// CreateBranch makes a branch and returns it with the operations to [Client.Wait] for.
//
// When no answer comes, or Neon says that the name is taken, the branch is looked
// up by its exact name first. If it is there, it is waited for and returned with
// [Branch.Adopted] set and without operations, unless it is the default branch,
// protected, or of another parent: those are errors. The caller judges its annotation.
//
// An expiry is read back. If Neon did not arm it, the branch exists, and is
// returned beside the error so that the caller can remove it.
func (c *Client) CreateBranch(ctx context.Context, project string, spec BranchSpec) (Branch, []Operation, error) {
	if strings.TrimSpace(spec.Name) == "" {
		return Branch{}, nil, fault.Usage("a branch cannot be created without a name", "The name is empty.", "Give it a name.")
	}
	out, err := c.create(ctx, project, spec)
	if err == nil {
		err = armed(out.Branch, spec.ExpiresAt)
	}
	if err != nil {
		return out.Branch, out.Operations, fmt.Errorf("creating the branch %q: %w", spec.Name, err)
	}
	return out.Branch, out.Operations, nil
}

// create asks until there is a branch or a failure that asking again does not mend.
func (c *Client) create(ctx context.Context, project string, spec BranchSpec) (created, error) {
	until := c.until()
	for n := 1; ; n++ {
		out, err := c.postBranch(ctx, project, spec, until)
		e := asError(err)
		switch {
		case err == nil:
			return out, nil
		case e != nil && e.planGated() && spec.tuned():
			c.notice("Neon: the plan does not allow the settings asked for (%s); creating %q without compute size and suspend timeout.", e.Message, spec.Name)
			spec = spec.untuned()
			continue
		case e == nil || !e.exists() && !e.unanswered():
			return created{}, err
		}
		found, ok, lookErr := c.adopt(ctx, project, spec, until)
		if asError(lookErr) != nil { // the first failure explains more: the branch may be there
			return created{}, fmt.Errorf("%w; looking for it: %w", err, lookErr)
		}
		if ok || lookErr != nil {
			return created{Branch: found}, lookErr
		}
		// Not there: the request was lost, or the name is held by a branch that is
		// being deleted.
		if again, ctxErr := c.pause(ctx, c.backoff(n, nil), until); !again {
			return created{}, firstError(ctxErr, err)
		}
		c.notice("Neon: no branch %q yet; asking for it again.", spec.Name)
	}
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) postBranch(ctx context.Context, project string, spec BranchSpec, until time.Time) (created, error) {
	r := post(spec.body(), "projects", project, "branches")
	r.until = until
	out, err := do[created](ctx, c, r)
	out.Branch.Annotation = spec.Annotation // the answer has none
	return out, err
}

// adopt looks for the branch by name and takes it if it is what was asked for. It
// looks for one request's time at least: a branch nobody knows of would be left over.
func (c *Client) adopt(ctx context.Context, project string, spec BranchSpec, until time.Time) (Branch, bool, error) {
	if least := c.now().Add(c.cfg.Timeout); until.Before(least) {
		until = least
	}
	b, found, err := c.branchByName(ctx, project, spec.Name, until)
	if err != nil || !found || b.Deleting() {
		return Branch{}, false, err
	}
	if err := spec.claims(b); err != nil {
		return Branch{}, false, err
	}
	c.notice("Neon: the branch %q is there already (%s); using it.", b.Name, b.ID)
	b, err = c.untilReady(ctx, project, b)
	b.Adopted = true
	return b, err == nil, err
}

// claims tells whether a branch with the right name can be the one that was asked for.
func (s BranchSpec) claims(b Branch) error {
	const do = "Choose another name or prefix for the branches of pull requests."
	what := fmt.Sprintf("the name %q is taken by another branch (%s)", b.Name, b.ID)
	switch {
	case b.Default:
		return fault.New(what, "It is the default branch of the project.", do)
	case b.Protected:
		return fault.New(what, "It is protected.", do)
	case s.ParentID != "" && b.ParentID != s.ParentID:
		return fault.New(what, "It was made from another parent.", do+" Or delete that branch if nobody needs it.")
	}
	return nil
}

// untilReady waits for a branch whose operations are not known.
func (c *Client) untilReady(ctx context.Context, project string, b Branch) (Branch, error) {
	until := c.now().Add(c.cfg.WaitLimit)
	for n := 0; !b.Ready(); n++ {
		again, err := c.pause(ctx, c.pollPause(n), until)
		if err != nil {
			return b, err
		}
		if !again {
			return b, fault.New(fmt.Sprintf("the branch %q did not become ready within %s", b.Name, c.cfg.WaitLimit),
				fmt.Sprintf("Its state is %q.", b.State), doStatus)
		}
		if b, err = c.Branch(ctx, project, b.ID); err != nil {
			return b, err
		}
	}
	return b, nil
}

// slack is how far an expiry may be from the one asked for: Neon drops fractions
// of a second and deletes by a background job anyway.
const slack = time.Minute

// armed reads an expiry back. An adopted branch may have that of an earlier run.
func armed(b Branch, want time.Time) error {
	const do = "Delete the branch by hand if it stays. Branch expiry may not be enabled for the account: ask Neon's support, or run without expiry and clean up on a schedule."
	switch {
	case want.IsZero():
		return nil
	case b.ExpiresAt == nil:
		return fault.New(fmt.Sprintf("the branch %q would never expire", b.Name),
			"Neon took the expiry without a word and did not set it.", do)
	case !b.Adopted && b.ExpiresAt.Sub(want).Abs() > slack:
		return fault.New(fmt.Sprintf("the branch %q has another expiry than was asked for", b.Name),
			fmt.Sprintf("Neon set %s instead of %s.", instant(*b.ExpiresAt), instant(want)), do)
	}
	return nil
}
