package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// standLimit is the time to find out what a failed upgrade left: a snapshot waits for locks.
const standLimit = 30 * time.Second

// stand is where production is after an upgrade that ended with an error.
type stand struct {
	rows []string // of the version table
	// untouched tells that production is as it was, reached that it is as it was rehearsed: the error came after
	// the last COMMIT.
	untouched, reached bool
	invalid            []string // indexes that a CREATE INDEX CONCURRENTLY left behind
}

// whereItStands asks the database itself, from a connection of its own: the failed process may not have been
// able to tell, and the story's own connection may be gone with the server.
func (r *run) whereItStands(ctx context.Context) (stand, error) {
	ctx, cancel := afterwards(ctx, standLimit)
	defer cancel()
	if err := r.reconnect(ctx); err != nil {
		return stand{}, err
	}
	if err := r.snapshotAfter(ctx); err != nil {
		return stand{}, err
	}
	rows, err := r.versionRows(ctx)
	if err != nil {
		return stand{}, err
	}
	r.scene.seen = legStart{fingerprint: r.report.Fingerprint.After, rows: rows}
	s := stand{rows: rows, invalid: told(r.newlyInvalid())}
	same := func(fingerprint string) bool { return fingerprint != "" && r.report.Fingerprint.After == fingerprint }
	s.untouched = same(r.report.Fingerprint.Before) && sameSet(rows, r.report.Revisions.From)
	s.reached = same(r.scene.copy.report.Fingerprint.After) && sameSet(rows, r.scene.copy.report.Revisions.To)
	return s, nil
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// reconnect opens the story's connection anew where the server closed it. The lock of promotions went with
// it: before anything more is changed, keepLock takes it again.
func (r *run) reconnect(ctx context.Context) (err error) {
	if r.scene.conn.Ping(ctx) == nil {
		return nil
	}
	_ = r.scene.conn.Close(ctx)
	r.scene.conn, err = postgres.Connect(ctx, r.scene.address, wakePatience)
	return err
}

// newlyInvalid are indexes that are not valid and were not there, or were valid, before.
func (r *run) newlyInvalid() []catalog.Identity {
	var found []catalog.Identity
	for _, o := range r.scene.after.Objects {
		if o.Kind != catalog.Index || !o.Has("invalid") {
			continue
		}
		was := slices.ContainsFunc(r.scene.before.Objects, func(b catalog.Object) bool { return b.Identity == o.Identity && b.Has("invalid") })
		if !was {
			found = append(found, o.Identity)
		}
	}
	return found
}

func told(objects []catalog.Identity) []string {
	var words []string
	for _, o := range objects {
		words = append(words, o.String())
	}
	return words
}

// tellStand tells whoever is called at night what state production is in, and both ways out of it.
func (r *run) tellStand(ctx context.Context, s stand, err error) {
	if err != nil {
		r.report.Promotion.Stand = &report.Stand{
			What:   "What state " + r.subject("production") + " is in could not be found out: " + err.Error(),
			GoOn:   "look at production's alembic_version and run the promotion again when production answers",
			GoBack: r.top().restoreCommand(),
		}
		return
	}
	standing := &report.Stand{GoOn: r.goOnCommand(), GoBack: r.top().restoreCommand(), Safe: s.untouched}
	left := r.scene.result.Graph.Pending(s.rows)
	for _, id := range r.scene.pending {
		if slices.Contains(left, id) {
			standing.Pending = append(standing.Pending, id)
		} else {
			standing.Applied = append(standing.Applied, id)
		}
	}
	standing.Since, standing.Missing = objects(r.report.Changes), objects(catalog.Compare(r.scene.after, r.scene.copy.scene.after))
	switch {
	case s.untouched:
		standing.What = r.subject("Production") + " is as it was before: the upgrade left nothing behind."
		r.scene.untouched = true
	case s.reached:
		standing.What = r.subject("Production") + " is as it was rehearsed: all revisions are there."
	case len(standing.Pending) == 0:
		standing.What = r.subject("Production") + " has all revisions, and its schema is not what was rehearsed."
	case len(standing.Applied) > 0:
		standing.What = fmt.Sprintf("%s was left half-way: it has %s, and not %s.", r.subject("Production"), strings.Join(standing.Applied, ", "), list(standing.Pending))
	default:
		standing.What = r.subject("Production") + " was left half-way: no revision is complete, and its schema is not what it was before."
	}
	if len(s.invalid) > 0 {
		standing.What += " Invalid: " + strings.Join(s.invalid, ", ") + "; drop them before going on."
	}
	r.report.Promotion.Stand = standing
}

// keepApplied takes out of what Alembic ran what was rolled back with the transaction.
func (r *run) keepApplied() {
	r.report.Revisions.To = r.scene.copy.report.Revisions.To
	standing := r.report.Promotion.Stand
	if len(standing.Applied)+len(standing.Pending) == 0 {
		return // nobody knows
	}
	r.report.Revisions.Applied = slices.DeleteFunc(slices.Clone(r.report.Revisions.Applied), func(a report.Revision) bool {
		return !slices.Contains(standing.Applied, a.ID)
	})
}

// subject names what is spoken of: production, or the one of several targets.
func (r *run) subject(whole string) string {
	if r.whole != nil {
		return r.name
	}
	return whole
}

// goOnCommand is what runs this promotion once more by hand.
func (r *run) goOnCommand() string {
	command := "neon-migrations promote --neon-project-id " + r.task.Project
	if r.task.HeadSHA != "" {
		command += " --commit " + r.task.HeadSHA
	}
	return command
}

// unlike is a production that is not what was rehearsed, though the upgrade ended well.
func (r *run) unlike(why, do string) error {
	r.top().report.Reason = string(plan.Differs)
	return fault.New("verifying production", why, do)
}

// maxParts is how many differences of one object are told.
const maxParts = 6

// objects are what changes are about, in words; of a changed one what of it.
func objects(changes []catalog.Change) []string {
	var all []string
	for _, c := range changes {
		words := string(c.Action) + " " + c.Object.String()
		if parts := partsOf(c); c.Action == catalog.Changed && len(parts) > 0 {
			words += ": " + strings.Join(parts, ", ")
		}
		all = append(all, words)
	}
	return all
}

func partsOf(c catalog.Change) []string {
	var all []string
	for _, d := range c.Details {
		if d.Follows {
			continue
		}
		if len(all) == maxParts {
			return append(all, "and more")
		}
		var words []string
		if d.Object != c.Object {
			words = append(words, string(d.Object.Kind), d.Object.Name)
		}
		if d.Attribute != "" {
			words = append(words, d.Attribute)
		}
		all = append(all, strings.Join(append(words, string(d.Action)), " "))
	}
	return all
}

// verify looks at production from fresh connections: an env.py can make Alembic end well and
// commit nothing.
func (r *run) verify(ctx context.Context) error {
	err := r.verified(ctx)
	if err == nil {
		return nil
	}
	if r.report.Promotion.Stand == nil {
		s, lookErr := r.whereItStands(ctx)
		r.tellStand(ctx, s, lookErr)
	}
	return err
}

func (r *run) verified(ctx context.Context) error {
	if err := errors.Join(r.reconnect(ctx), r.snapshotAfter(ctx)); err != nil {
		return err
	}
	at, err := r.revisionsNow(ctx)
	if err != nil {
		return err
	}
	heads := r.scene.copy.scene.result.Graph.Heads
	r.report.Revisions.To = at
	r.report.Checks = []report.Check{r.checkHistory()}
	if !sameSet(at, heads) {
		return r.unlike(fmt.Sprintf("Alembic reported success, yet production is at %s and not at %s", names(at), names(heads)),
			"look whether env.py commits: statements before context.begin_transaction() make Alembic run and commit nothing")
	}
	if invalid := told(r.newlyInvalid()); len(invalid) > 0 {
		return r.unlike("indexes are not valid: "+strings.Join(invalid, ", "), "drop them and create them again, with CONCURRENTLY")
	}
	if r.report.Fingerprint.After != r.scene.copy.report.Fingerprint.After {
		return r.unlike("production's schema is not what was rehearsed: "+list(objects(catalog.Compare(r.scene.copy.scene.after, r.scene.after))),
			"look who else changed production's schema in these seconds; neon-migrations diff compares it with another database")
	}
	return nil
}

// revisionsNow are the rows of the version table, on a connection that is not Alembic's. A table that is not known for
// Alembic's by its form is for Alembic to read.
func (r *run) revisionsNow(ctx context.Context) ([]string, error) {
	at, err := r.versionRowsIn(ctx, r.scene.after)
	if err != nil || len(at) > 0 {
		return at, err
	}
	upgraded := r.report.Revisions
	err = r.runAlembic(ctx, migrate.Run{})
	r.report.Revisions = upgraded
	return r.scene.result.Before, err
}

func names(revisions []string) string {
	if len(revisions) == 0 {
		return "no revision"
	}
	return strings.Join(revisions, ", ")
}
