package neonlocal

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

type restoreRequest struct {
	SourceID  string `json:"source_branch_id"`
	LSN       string `json:"source_lsn"`
	Timestamp string `json:"source_timestamp"`
	Preserve  string `json:"preserve_under_name"`
}

// restoreBranch gives a branch the data of another one as it is now; with its own parent that is
// "reset from parent". Its address stays, its sessions end. What it was is kept only under a name.
func (s *Server) restoreBranch(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[restoreRequest](r)
	if err != nil {
		return nil, err
	}
	source, err := s.checkRestore(p, b, in)
	if err != nil {
		return nil, err
	}
	was, now := *b, s.cfg.Now()
	var kept *branch
	if in.Preserve != "" {
		kept = s.preserve(p, b, in.Preserve)
	}
	b.State, b.Pending, b.StateChangedAt, b.UpdatedAt = stateResetting, stateReady, now, now
	b.inherit(source)
	b.Data = b.dataDir()
	b.cluster = s.clusterIn(b.Data)
	steps := s.restoreSteps(b, source, restored{
		old: was.cluster, keep: kept != nil,
		undo: func(now time.Time) { p.undoRestore(b, was, kept, now) },
	})
	return branchAnswer(b, s.schedule(p, steps...)), nil
}

// undoRestore gives a branch back what it was when the data of the other one could not be had.
func (p *project) undoRestore(b *branch, was branch, kept *branch, now time.Time) {
	b.Roles, b.Databases, b.Data, b.cluster, b.RestoredAs = was.Roles, was.Databases, was.Data, was.cluster, was.RestoredAs
	b.enter(stateReady, now)
	if e := b.compute(); e != nil {
		e.front.point(b.cluster)
	}
	if kept == nil {
		return
	}
	for _, child := range p.children(kept.ID) {
		child.ParentID = b.ID
	}
	p.Branches = remove(p.Branches, kept)
}

func (s *Server) checkRestore(p *project, b *branch, in restoreRequest) (*branch, error) {
	source := p.branch(in.SourceID)
	switch {
	case in.SourceID == "":
		return nil, badRequest("source_branch_id is required")
	case b.Protected:
		return nil, unprocessable("cannot reset protected branch")
	case source == nil:
		return nil, notFound("BRANCH_NOT_FOUND", "branch")
	case in.LSN != "" || in.Timestamp != "" || source == b:
		return nil, unprocessable("this local Neon keeps no history: source_lsn, source_timestamp and restoring a branch to its own past are not served")
	case in.Preserve == "" && len(p.children(b.ID)) > 0:
		return nil, unprocessable("preserve_under_name is required for a branch that has children")
	case p.busy():
		return nil, busy()
	case source.State != stateReady || b.State != stateReady:
		return nil, unprocessable("branch not ready yet")
	}
	if in.Preserve != "" {
		return source, p.nameFree(in.Preserve, nil)
	}
	return source, nil
}

// preserve keeps what b was as a branch of its own, without compute; b's children become its.
func (s *Server) preserve(p *project, b *branch, name string) *branch {
	kept := *b
	kept.ID, kept.Name, kept.Default, kept.Endpoints = branchID(), name, false, nil
	kept.ExpiresAt, kept.TTL, kept.CreatedAt = time.Time{}, 0, s.cfg.Now()
	kept.UpdatedAt = kept.CreatedAt
	for _, child := range p.children(b.ID) {
		child.ParentID = kept.ID
	}
	b.RestoredAs = kept.ID
	kept.RestoredFrom = b.ID
	p.Branches = append(p.Branches, &kept)
	return &kept
}

// restored is what becomes of the data that a branch had.
type restored struct {
	old  *cluster
	keep bool
	undo func(now time.Time)
}

// restoreSteps lead the address to the new cluster at once: who connects meanwhile waits for it.
func (s *Server) restoreSteps(b, source *branch, was restored) []step {
	var steps []step
	e, into := b.compute(), b.cluster
	if e != nil {
		one := s.suspendStep(b, e)
		one.work = func(ctx context.Context) error {
			e.front.point(into)
			return was.old.stop(ctx)
		}
		steps = append(steps, one)
	}
	fill := s.copyStep(b, source, into)
	copyAll := fill.work
	fill.work = func(ctx context.Context) error {
		if err := copyAll(ctx); err != nil || was.keep {
			return err
		}
		err := was.old.removeAll(ctx)
		_ = os.Remove(filepath.Dir(was.old.config.DataDir)) // only if it is empty
		return err
	}
	fill.done = func(now time.Time) {
		b.enter(stateReady, now)
		b.LastResetAt, b.ParentTimestamp = now, now
		if b.TTL > 0 { // begins anew
			b.ExpiresAt = now.Add(b.TTL).Truncate(time.Second)
		}
	}
	abandon := fill.failed
	fill.failed = func(now time.Time) {
		abandon(now)
		was.undo(now)
	}
	steps = append(steps, fill)
	if e != nil {
		steps = append(steps, s.startStep(b, e))
	}
	return steps
}
