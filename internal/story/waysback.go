package story

import (
	"context"
	"fmt"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

// lookAtWaysBack asks, before anything is begun, how far back Neon's own history of production reaches, and whether
// the project has room for a restore point. It is about the whole: a branch has all databases.
func (r *run) lookAtWaysBack(ctx context.Context) error {
	project, err := r.Neon.Project(ctx, r.task.Project)
	used := 0
	if err == nil {
		used, err = r.Neon.CountBranches(ctx, r.task.Project)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("How far back Neon's history reaches, and how many branches the project may have, is not known: %v", err))
		return nil
	}
	told := r.report.Promotion
	told.History = time.Duration(project.HistoryRetentionSeconds) * time.Second
	told.Branches, told.BranchesLimit = used, max(0, project.OwnerBranchesLimit)
	return r.needRoom(ctx)
}

// needRoom refuses a promotion that must have a restore point and could not get one. What Neon tells is the owner's
// limit, and some plans sell more: so a restore point that is only preferred is asked for all the same.
func (r *run) needRoom(ctx context.Context) error {
	if r.task.Promotion.RestoreFor == 0 || !r.full() || r.replacesOwn(ctx) {
		return nil
	}
	why := fmt.Sprintf("the project has %d branches, and its plan allows %d", r.report.Promotion.Branches, r.report.Promotion.BranchesLimit)
	said := "There may be no room for a restore point: "
	switch {
	case r.task.Promotion.RestoreRequired && r.task.Promotion.DryRun:
		said = "A promotion would stop before it began, because there is no room for a restore point: "
	case r.task.Promotion.RestoreRequired:
		return r.refuse(plan.NoRestorePoint, "production could not be kept as it was: "+why, noRoomDo)
	}
	r.report.Notes = append(r.report.Notes, said+why+".")
	return nil
}

const noRoomDo = "remove branches in Neon's console and run this again; or go on without with restore-point: preferred or none"

// full tells that the project has all branches that it may have; not where Neon tells no limit.
func (r *run) full() bool {
	limit := r.report.Promotion.BranchesLimit
	return limit > 0 && r.report.Promotion.Branches >= limit
}

// replacesOwn tells that an earlier run of this promotion left branches, whose place the new ones take.
func (r *run) replacesOwn(ctx context.Context) bool {
	copied := r.task
	copied.Copy = true
	for _, name := range []string{r.restoreName(), copied.branchName()} {
		b, found, err := r.Neon.BranchByName(ctx, r.task.Project, name)
		if err != nil || found && r.task.notOurs(b, r.scene.production) == "" {
			return true // asking for the branch will tell
		}
	}
	return false
}

// tellRoom says for a dry run what lookAtWaysBack found.
func (r *run) tellRoom() []string {
	told := r.report.Promotion
	var words []string
	if told.BranchesLimit > 0 {
		words = append(words, fmt.Sprintf("the project has %d of the %d branches that its plan allows;", told.Branches, told.BranchesLimit))
	}
	if told.History > 0 {
		words = append(words, fmt.Sprintf("Neon's own history reaches back %s, which is the second way back;", told.Reach()))
	}
	return words
}

// noteMoment remembers, by production's own clock, the last moment before the upgrade: Neon's history is asked by it.
func (r *run) noteMoment(ctx context.Context) error {
	var now time.Time
	if err := r.parts[0].scene.conn.QueryRow(ctx, "SELECT pg_catalog.clock_timestamp()").Scan(&now); err != nil {
		return fmt.Errorf("asking production for the time: %w", err)
	}
	r.report.Promotion.Before = now.UTC().Truncate(time.Millisecond)
	return nil
}

// backCommand takes production back to what restored names, and keeps what it was under another name.
func (r *run) backCommand(restored string) string {
	return fmt.Sprintf("neonctl branches restore %s %s --project-id %s --preserve-under-name %s",
		r.scene.production.Name, restored, r.task.Project, preservedName(r.scene.production, r.task))
}

// preservedName is where production goes when it is taken back.
func preservedName(production neonapi.Branch, t Task) string {
	return fmt.Sprintf("%s-before-restore-%s", production.Name, t.shortCommit())
}

// historyCommand takes production back by Neon's own history; "" where that does not reach back to before the upgrade.
func (r *run) historyCommand() string {
	told := r.report.Promotion
	if told.Before.IsZero() || told.History == 0 || r.Now().After(told.Before.Add(told.History)) {
		return ""
	}
	return r.backCommand("'^self@" + told.Before.Format("2006-01-02T15:04:05.000Z") + "'")
}
