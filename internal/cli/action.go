package cli

import (
	"context"
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// runAction is what a step of a workflow runs.
func runAction(ctx context.Context, in *invocation) error {
	t, err := in.open()
	if err != nil {
		return err
	}
	defer t.close()
	choice, err := t.choose()
	if err != nil || choice.Story == actions.None {
		t.screen.Say(choice.Because)
		return err
	}
	t.screen.Say(string(choice.Story) + ": " + choice.Because)
	ctx, cancel := context.WithTimeout(ctx, t.config.Timeout)
	defer cancel()
	return t.act(ctx, choice.Story)
}

// choose reads the event, and lets a given command win over what it suggests.
func (t *theatre) choose() (actions.Choice, error) {
	event, err := t.runner.Event()
	if err != nil {
		return actions.Choice{}, err
	}
	t.event = event
	if t.config.Command == config.Auto {
		return event.Choose()
	}
	choice := actions.Choice{Story: actions.Story(t.config.Command), Because: "the input command says so"}
	return choice, event.Permit(choice.Story)
}

func (t *theatre) act(ctx context.Context, chosen actions.Story) error {
	if t.event.Withheld() && t.config.RequireNeon() != nil {
		return t.actWithoutSecrets(ctx, chosen)
	}
	if err := t.setStage(ctx); err != nil {
		return err
	}
	tales := map[actions.Story]tale{
		actions.Rehearse: (*story.Stage).Rehearse,
		actions.Promote:  (*story.Stage).Promote,
		actions.Cleanup:  (*story.Stage).Cleanup,
		actions.Sweep:    (*story.Stage).Cleanup,
		actions.Drift:    (*story.Stage).Drift,
	}
	outcome, err := tales[chosen](t.stage, ctx, t.task())
	return t.settle(outcome, err)
}

// withheld is why there is nothing to work with, in words for whoever opened the pull request.
const withheld = "GitHub gives no secrets to workflows started by forks and by Dependabot, so "

// actWithoutSecrets does what can be done for a stranger's pull request. Only a merged one
// is a failure: its revisions are on the default branch, and production does not have them.
func (t *theatre) actWithoutSecrets(ctx context.Context, chosen actions.Story) error {
	switch chosen {
	case actions.Rehearse:
		outcome, err := t.bareStage(t.logger()).Check(ctx, t.task(), withheld+"there is no Neon branch to rehearse on. "+
			"What needs no secret was checked. A maintainer can rehearse this by pushing the same commits to a branch of this repository.")
		return t.settle(outcome, err)
	case actions.Promote:
		return fault.Usage(fmt.Sprintf("promoting pull request %d", t.event.Number), withheld+"production cannot be reached from this run",
			"let the push to the default branch promote: add push: and branches: ["+t.event.DefaultBranch+"] below on: in the workflow")
	case actions.Drift:
		return t.settle(story.Outcome{Report: report.Report{
			Kind: report.Watch, Verdict: report.Neutral, StartedAt: t.in.Now(),
			Notes: []string{withheld + "production cannot be looked at from this run. Start it on a schedule, or by hand."},
		}}, nil)
	default: // a cleanup or a sweep
		return t.settle(story.Outcome{Report: report.Report{
			Kind: report.Cleanup, Verdict: report.Neutral, StartedAt: t.in.Now(),
			Notes: []string{withheld + "no Neon branch was made for this pull request either. One that a maintainer made goes when it expires."},
		}}, nil)
	}
}
