package story

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// SQLSTATEs of an upgrade that met production's traffic (PostgreSQL's appendix A).
const (
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

const (
	// firstPause lies before the second try, each further pause is twice as long up to longestPause.
	firstPause   = 2 * time.Second
	longestPause = time.Minute
)

// upgradeProduction runs what is pending, leg by leg.
func (r *run) upgradeProduction(ctx context.Context) error {
	until := r.Now().Add(r.task.Promotion.RetryFor)
	from := r.Now()
	r.report.Promotion.Attempts = 1
	for i, leg := range r.legs() {
		if i > 0 {
			if err := errors.Join(r.reconnect(ctx), r.noteSeen(ctx)); err != nil {
				return err
			}
		}
		if err := r.upgradeLeg(ctx, leg, until); err != nil {
			return err
		}
	}
	r.report.Promotion.Took = r.Now().Sub(from)
	return nil
}

// upgradeLeg runs one leg. One that got no lock in time left nothing behind, as a rule, and is begun again; one that
// left something, or failed otherwise, ends the promotion.
func (r *run) upgradeLeg(ctx context.Context, l leg, until time.Time) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if err := r.ready(ctx, l, until); err != nil {
			return err
		}
		err := r.upgradeOnce(ctx, l)
		if err == nil {
			return nil
		}
		stand, lookErr := r.whereItStands(ctx)
		if lookErr == nil && stand.reached {
			r.takeOver(r.scene.copy.report.Revisions)
			r.report.Notes = append(r.report.Notes, fmt.Sprintf("The upgrade ended with an error after it had taken effect: production is as it was rehearsed. It was: %v", err))
			return nil
		}
		if lookErr == nil && ctx.Err() == nil && traffic(err) && r.putBack(ctx, l, &stand, until) {
			wait := pause/2 + rand.N(pause) //nolint:gosec // only spreads the tries
			if r.Now().Add(wait).After(until) {
				return r.outOfPatience(ctx, stand, err)
			}
			r.tellRetry(err, wait)
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			r.report.Promotion.Attempts++
			continue
		}
		r.tellStand(ctx, stand, lookErr)
		r.keepApplied()
		r.top().report.Reason = string(plan.FailedAt)
		return err
	}
}

// takeOver says of production what was seen on the copy: the process that upgraded it could not tell.
func (r *run) takeOver(seen report.Revisions) {
	seen.Applied = slices.Clone(seen.Applied)
	for i := range seen.Applied {
		seen.Applied[i].Took, seen.Applied[i].Statements = 0, 0
	}
	r.report.Revisions = seen
}

// ready waits until a leg may begin, and makes sure that this promotion is still the only one.
func (r *run) ready(ctx context.Context, l leg, until time.Time) error {
	if err := r.keepLock(ctx); err != nil || !l.concurrent && l.first {
		return err
	}
	if err := r.waitForOldSnapshots(ctx, l, until); err != nil {
		return err
	}
	return r.keepLock(ctx) // it may have waited for long
}

// upgradeOnce runs Alembic to the end of a leg while somebody looks who keeps it waiting.
func (r *run) upgradeOnce(ctx context.Context, l leg) error {
	from, applied, recorded := r.report.Revisions.From, r.report.Revisions.Applied, r.report.Recording
	r.report.Recording = nil
	r.scene.sessionLimits = r.task.Promotion.limits(l)
	if err := r.startAlembic(ctx, migrate.Run{Upgrade: l.to}); err != nil {
		return err
	}
	done := r.watchBlockers(ctx)
	err := r.endAlembic(ctx)
	done()
	r.scene.written = append(r.scene.written, r.scene.alembic.gateway.Transactions()...)
	if !l.first {
		r.report.Revisions.From = from
	}
	if err != nil && traffic(err) {
		r.report.Revisions.Applied, r.report.Recording = applied, recorded // those of this try were rolled back, as a rule
		return err
	}
	r.report.Recording = joined(recorded, r.report.Recording)
	return err
}

// joined is what two legs of an upgrade were seen to do.
func joined(first, later *recorder.Recording) *recorder.Recording {
	switch {
	case first == nil:
		return later
	case later != nil:
		first.Append(later)
	}
	return first
}

// traffic tells that the upgrade failed because of who else was there.
func traffic(err error) bool {
	var failed *migrate.Error
	return errors.As(err, &failed) && slices.Contains([]string{lockNotAvailable, deadlockDetected}, failed.SQLState)
}

func (r *run) tellRetry(err error, wait time.Duration) {
	var failed *migrate.Error
	errors.As(err, &failed)
	r.Progress.Say(fmt.Sprintf("revision %s got no lock in time and left nothing behind; trying again in %s%s",
		failed.Revision, wait.Round(100*time.Millisecond), r.blockedBy()))
}

func (r *run) blockedBy() string {
	if blockers := r.report.Promotion.Blockers; len(blockers) > 0 {
		return "; it waited for " + blockers[len(blockers)-1]
	}
	return ""
}

// outOfPatience ends a promotion that got no lock.
func (r *run) outOfPatience(ctx context.Context, s stand, err error) error {
	r.top().report.Reason = string(plan.LockTimeout)
	r.tellStand(ctx, s, nil)
	return fault.New(fmt.Sprintf("upgrading production: no lock was to be had in %s", period(r.task.Promotion.RetryFor)),
		err.Error()+r.blockedBy(),
		"end what holds the lock, or choose a quieter hour, and run this again; lock-timeout and retry-for say how long to wait")
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
