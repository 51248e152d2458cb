package cli

import (
	"context"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
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

// withheld is why there is nothing to rehearse with, in words for whoever opened the pull request.
const withheld = "GitHub gives no secrets to workflows started by forks and by Dependabot, so there is no Neon branch to rehearse on. " +
	"What needs no secret was checked. A maintainer can rehearse this by pushing the same commits to a branch of this repository."

func (t *theatre) act(ctx context.Context, chosen actions.Story) error {
	if err := t.prepare(ctx); err != nil {
		return err
	}
	if chosen == actions.Rehearse && t.event.Withheld() && t.config.RequireNeon() != nil {
		outcome, err := t.bareStage(t.logger()).Check(ctx, t.task(), withheld)
		return t.settle(outcome, err)
	}
	if err := t.setStage(ctx); err != nil {
		return err
	}
	task := t.task()
	tales := map[actions.Story]tale{
		actions.Rehearse: (*story.Stage).Rehearse,
		actions.Promote:  (*story.Stage).Promote,
		actions.Cleanup:  (*story.Stage).Cleanup,
		actions.Sweep:    (*story.Stage).Cleanup,
	}
	outcome, err := tales[chosen](t.stage, ctx, task)
	return t.settle(outcome, err)
}
