package neonapi

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Operation is something that Neon does after it has answered.
type Operation struct {
	ID         string `json:"id"`
	BranchID   string `json:"branch_id"`
	EndpointID string `json:"endpoint_id"`
	Action     string `json:"action"` // such as create_branch, start_compute
	Status     string `json:"status"`
	// Message is Neon's reason for a failure.
	Message string `json:"error"`
}

// done tells whether the operation is over, and how. A status that is not known
// is taken for one of those that are not over.
func (o Operation) done() (over, failed bool) {
	switch o.Status {
	case "finished", "skipped":
		return true, false
	case "failed", "error", "cancelled":
		return true, true
	}
	return false, false
}

// remind is how often a wait is told of when nothing changes.
const remind = 15 * time.Second

// Wait returns when all operations are finished or skipped. One that failed or was
// cancelled is an error, as are those that are not over within [Config.WaitLimit].
// [Config.Notice] is told when something changes, and from time to time.
func (c *Client) Wait(ctx context.Context, project string, all []Operation) error {
	w := waiting{client: c, project: project, began: c.now()}
	w.until = w.began.Add(c.cfg.WaitLimit)
	for n := 0; ; n++ {
		open, err := c.unfinished(all)
		if err != nil || len(open) == 0 {
			return err
		}
		w.tell(open)
		again, err := c.pause(ctx, c.pollPause(n), w.until)
		if err != nil {
			return fmt.Errorf("waiting for Neon (%s): %w", states(open), err)
		}
		if !again {
			return fault.New(fmt.Sprintf("Neon did not finish within %s", c.cfg.WaitLimit),
				fmt.Sprintf("Not over: %s.", states(open)), "Look at the project's operations in the Neon Console, and run it again.")
		}
		if all, err = w.look(ctx, open); err != nil {
			return fmt.Errorf("waiting for Neon: %w", err)
		}
	}
}

// waiting is one call of Wait.
type waiting struct {
	client       *Client
	project      string
	began, until time.Time
	told         string
	toldAt       time.Time
}

// look asks for each operation once.
func (w *waiting) look(ctx context.Context, open []Operation) ([]Operation, error) {
	now := make([]Operation, len(open))
	for i, o := range open {
		r := get("projects", w.project, "operations", o.ID)
		r.until = w.until
		out, err := do[struct {
			Operation Operation `json:"operation"`
		}](ctx, w.client, r)
		if err != nil {
			return nil, err
		}
		now[i] = out.Operation
	}
	return now, nil
}

func (w *waiting) tell(open []Operation) {
	now, said := w.client.now(), states(open)
	if said == w.told && now.Sub(w.toldAt) < remind {
		return
	}
	w.told, w.toldAt = said, now
	w.client.notice("Neon: waiting for %s (%s).", said, now.Sub(w.began).Round(time.Second))
}

// unfinished returns the operations that are not over, or an error for the first
// that failed.
func (c *Client) unfinished(all []Operation) ([]Operation, error) {
	var open []Operation
	for _, o := range all {
		over, failed := o.done()
		if failed {
			return nil, fault.New(fmt.Sprintf("Neon's operation %s ended as %s", o.Action, o.Status),
				cmp.Or(c.clean(o.Message, maxMessage), "Neon gives no reason."), "Run it again; if it happens again, tell Neon's support the operation's id "+o.ID+".")
		}
		if !over {
			open = append(open, o)
		}
	}
	return open, nil
}

func states(all []Operation) string {
	words := make([]string, len(all))
	for i, o := range all {
		words[i] = o.Action + " " + o.Status
	}
	return strings.Join(words, ", ")
}

// pollPause grows by half each time, up to twelve times the first: most of Neon's operations
// are over within a second, and some take minutes.
func (c *Client) pollPause(n int) time.Duration {
	return time.Duration(float64(c.cfg.Poll) * min(12, math.Pow(1.5, float64(n))))
}
