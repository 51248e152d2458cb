package story

import (
	"slices"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// verdict is decided by the checks, the findings and the policy; a person with write access may
// let pass what would block.
func (r *run) verdict() report.Verdict {
	verdict := r.unrelenting()
	if verdict == report.Block && r.scene.overridden {
		return report.Warn
	}
	return verdict
}

// unrelenting is the verdict that nobody lets pass.
func (r *run) unrelenting() report.Verdict {
	verdict := report.Pass
	for _, c := range r.report.AllChecks() {
		policy := r.policy(c.Name)
		switch {
		case c.State == report.Drift && policy == Block:
			return report.Block
		case c.State == report.Drift && policy == Warn, c.State == report.Broken:
			verdict = report.Warn
		}
	}
	for _, f := range r.report.AllFindings() {
		switch {
		case f.Allowed != nil:
		case r.blocks(f):
			return report.Block
		case f.Severity != report.SeverityInfo: // which is told and weighs nothing
			verdict = report.Warn
		}
	}
	return verdict
}

// blocks tells whether the policy lets a finding fail the run: by its severity or a milder one, or
// by its code.
func (r *run) blocks(f report.Finding) bool {
	on := r.task.Risk.FailOn
	if on == nil {
		on = []string{string(report.SeverityBlock)}
	}
	severities := []string{string(report.SeverityInfo), string(report.SeverityWarn), string(report.SeverityBlock)}
	for i, s := range severities {
		if slices.Contains(on, s) && slices.Index(severities, string(f.Severity)) >= i {
			return true
		}
	}
	return slices.Contains(on, f.Code)
}

// policy is what the task says of a kind of drift; what it says nothing of blocks.
func (r *run) policy(check string) Policy {
	switch check {
	case report.CheckModels:
		return r.task.ModelDrift
	case report.CheckProduction:
		return r.task.ProductionDrift
	case report.CheckReversible:
		return r.task.Stairway
	}
	return Block
}
