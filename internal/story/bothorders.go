package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// ordersLimit is the time for trying the other order: what moved production may have to be built anew.
const ordersLimit = 2 * time.Minute

// adapted tells whether production moved only in what the plan does not touch, and both orders lead to the same schema.
// The copy has seen production's movement and then the plan; the pull request's branch has seen the plan, and is
// given the movement now. What production was before it moved is nowhere any more; but where movement and plan have
// nothing in common, what differs between the two branches is the movement and nothing else.
func (r *run) adapted(ctx context.Context) bool {
	if err := r.tryOtherOrder(ctx); err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("That the order makes no difference is not proven: %s.", whyNot(err)))
		return false
	}
	r.report.Promotion.Adapted = r.scene.copy.plan().Digest()
	r.report.Promotion.Comparison = "adapted: production moved elsewhere, and both orders lead to the same"
	return true
}

func (r *run) tryOtherOrder(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, ordersLimit)
	defer cancel()
	b, err := r.rehearsedBranch(ctx)
	if err != nil {
		return err
	}
	for _, m := range r.movements() {
		if err := r.tryMovement(ctx, b, m); err != nil {
			return err
		}
	}
	return nil
}

// rehearsedBranch is the branch that saw the reviewed plan.
func (r *run) rehearsedBranch(ctx context.Context) (neonapi.Branch, error) {
	task := r.task
	task.Number = r.scene.reviewed.Number
	b, found, err := r.Neon.BranchByName(ctx, task.Project, task.branchName())
	switch {
	case err != nil:
		return b, err
	case !found || b.Deleting():
		return b, fmt.Errorf("the branch %s, on which the plan was rehearsed, is gone", task.branchName())
	}
	return b, task.mayChange(b, r.scene.production)
}

// movement is a database of production that is not what the plan began with.
type movement struct {
	// last is the last part on the copy that worked on the database, after what the reviewed plan leads it to.
	last  *run
	after string
	// touched are the places that the plan changes.
	touched map[place]bool
}

// movements are those of all databases that moved.
func (r *run) movements() []movement {
	var all []movement
	reviewed := r.scene.reviewed.Plan.Every()
	for i, p := range r.scene.copy.parts {
		if i >= len(reviewed) { // the plans were compared: they have the same parts
			break
		}
		at := slices.IndexFunc(all, func(m movement) bool { return m.last.report.Database == p.report.Database })
		if at < 0 {
			if reviewed[i].Before == p.report.Fingerprint.Before {
				continue
			}
			all, at = append(all, movement{touched: map[place]bool{}}), len(all)
		}
		all[at].last, all[at].after = p, reviewed[i].After
		touch(all[at].touched, p.report.Changes)
	}
	return all
}

// place is an object that stands alone, of whatever kind; what belongs to it counts as it.
type place struct{ schema, name string }

func placeOf(id catalog.Identity) place {
	if id.Parent != "" {
		return place{id.Schema, id.Parent}
	}
	return place{id.Schema, id.Name}
}

// touch adds the places that changes are about.
func touch(places map[place]bool, changes []catalog.Change) {
	for _, c := range changes {
		for _, id := range namedBy(c) {
			places[placeOf(id)] = true
		}
	}
}

func namedBy(c catalog.Change) []catalog.Identity {
	all := []catalog.Identity{c.Object}
	if c.Was != nil {
		all = append(all, *c.Was)
	}
	for _, d := range c.Details {
		all = append(all, d.Object)
		if d.Was != nil {
			all = append(all, *d.Was)
		}
	}
	return all
}

// tryMovement lets the pull request's branch move as production did, and looks whether it is what the copy is. Then it is
// put back, so that another run can try the same.
func (r *run) tryMovement(ctx context.Context, b neonapi.Branch, m movement) error {
	tried := r.begin(report.Rehearsal, m.last.task)
	tried.task.Database, tried.scene.branch = m.last.report.Database, b
	defer tried.leave(ctx)
	if err := tried.enter(ctx); err != nil {
		return err
	}
	was, err := tried.snapshotLike(ctx, m.last)
	if err != nil {
		return err
	}
	if was.Fingerprint() != m.after {
		return fmt.Errorf("%s is not what the plan was rehearsed on: somebody changed it since", b.Name)
	}
	moves := catalog.Compare(was, m.last.scene.after)
	r.report.Promotion.Moved = append(r.report.Promotion.Moved, m.last.within(objects(moves))...)
	for _, c := range moves {
		if slices.ContainsFunc(namedBy(c), func(id catalog.Identity) bool { return m.touched[placeOf(id)] }) {
			return fmt.Errorf("production moved in %s, which the plan touches too", c.Object)
		}
	}
	sql, unwritten := catalog.Statements(was, m.last.scene.after)
	switch {
	case len(unwritten) > 0:
		return fmt.Errorf("no statement makes %s as production has it", unwritten[0].Object)
	case len(moves) == 0:
		return errors.New("production moved in what the plan itself makes")
	}
	err = tried.moveTo(ctx, m.last, sql)
	tried.moveBack(ctx, m.last, was)
	return err
}

// snapshotLike reads the schema as it is read for another run of the same configuration.
func (r *run) snapshotLike(ctx context.Context, other *run) (*catalog.Snapshot, error) {
	s, err := catalog.Read(ctx, r.scene.conn)
	if err != nil {
		return nil, err
	}
	for _, t := range other.scene.result.VersionTables {
		s.SetTool(t.Schema, t.Name, alembic)
	}
	return s, nil
}

// moveTo runs statements, which must lead to the schema of another run.
func (r *run) moveTo(ctx context.Context, other *run, sql []string) error {
	for _, statement := range sql {
		if _, err := r.scene.conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return fault.New("moving the rehearsed branch as production moved", "after the plan, what moved production fails: "+err.Error(), "").Because(err)
		}
	}
	is, err := r.snapshotLike(ctx, other)
	if err != nil {
		return err
	}
	if is.Fingerprint() != other.report.Fingerprint.After {
		return fmt.Errorf("the other order leads to another schema: %s", list(objects(catalog.Compare(other.scene.after, is))))
	}
	return nil
}

// moveBack makes the schema what it was. A branch that cannot be put back proves nothing to the next run, which says so.
func (r *run) moveBack(ctx context.Context, other *run, was *catalog.Snapshot) {
	is, err := r.snapshotLike(ctx, other)
	if err != nil {
		r.Logger.Debug("the rehearsed branch is not put back", "error", err)
		return
	}
	sql, _ := catalog.Statements(is, was)
	for _, statement := range sql {
		if _, err := r.scene.conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			r.Logger.Debug("the rehearsed branch is not put back", "error", err)
			return
		}
	}
}

// within says of which target words are, where there are several.
func (r *run) within(words []string) []string {
	if r.whole == nil {
		return words
	}
	return within(r.name, words)
}

// moved decides where production moved and the same would happen to it.
func (r *run) moved(ctx context.Context, d plan.Difference) error {
	if r.adapted(ctx) {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.task.Promotion.Moved != Block {
		r.report.Promotion.Comparison = "production moved, the changes are the same"
		return nil
	}
	r.report.Promotion.Comparison = different
	return r.refuse(d.Reasons[0], "what would happen now is not what was reviewed: "+r.inWords(d),
		"production moved since the review, and the same would happen to it: allow that with moved-production: continue, or rehearse again")
}
