package actions

import (
	"fmt"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Story names what a run is to do.
type Story string

// Sweep is the clean-up without a pull request: of every branch that was left over. None is
// for events after which there is nothing to do.
const (
	None     Story = ""
	Rehearse Story = "rehearse"
	Promote  Story = "promote"
	Cleanup  Story = "cleanup"
	Sweep    Story = "sweep"
	Drift    Story = "drift"
)

// Choice is a story and the sentence why it was chosen, for the log.
type Choice struct {
	Story   Story
	Because string
}

// Choose finds the story for an event (`command: auto`). Events that do not say what to do
// are a usage fault with words; so is one for which the story would be dangerous.
func (e Event) Choose() (Choice, error) {
	var c Choice
	var err error
	switch e.Name {
	case "pull_request", "pull_request_target":
		c, err = e.choosePullRequest()
	case "merge_group":
		c, err = e.chooseMergeGroup()
	case "push":
		c, err = e.choosePush()
	case "schedule":
		c = Choice{Sweep, "a schedule looks for branches that were left over"}
	case "workflow_dispatch":
		return Choice{}, fault.Usage("a run by hand does not say what to do",
			"`command: auto` reads the event, and `workflow_dispatch` has nothing to read",
			"add `command: rehearse` and `pull-request: ${{ inputs.pull-request }}` to the step's `with:` block, or `command: promote`")
	default:
		return Choice{}, e.unknown()
	}
	if err == nil {
		err = e.Permit(c.Story)
	}
	if err != nil {
		return Choice{}, err
	}
	return c, nil
}

// Permit refuses what must not be done for this event, whoever asked for it. With
// pull_request_target the workflow has the repository's secrets, and a rehearsal runs the code of
// the pull request: a stranger's code would read them.
func (e Event) Permit(s Story) error {
	if s == Rehearse && e.Name == "pull_request_target" {
		return fault.Usage("no rehearsal for pull_request_target",
			"this event gives the workflow the repository's secrets, and a rehearsal runs the pull request's code",
			"start rehearsals `on: pull_request`; keep pull_request_target for `types: [closed]`, which removes branches")
	}
	return nil
}

func (e Event) choosePullRequest() (Choice, error) {
	switch e.Action {
	case "opened", "reopened", "synchronize", "ready_for_review",
		// Any label, and not only that of an override: a run that did nothing would stand for a success
		// on the same commit, and hide the one that blocks.
		"labeled", "unlabeled":
		return Choice{Rehearse, fmt.Sprintf("pull request %d: %s", e.Number, e.Action)}, nil
	case "closed":
		return e.chooseClosed(), nil
	}
	return Choice{}, fault.Usage(fmt.Sprintf("nothing is done for %s: %s", e.Name, e.Action),
		"a pull request is rehearsed when it is opened, reopened, pushed to or ready for review, and promoted or cleaned up when it is closed",
		"write `types: [opened, reopened, synchronize, closed]` below `"+e.Name+":`, or give the step a `command:`")
}

// chooseClosed promotes only what arrived on the default branch: a pull request that was merged
// into another one's branch is not in production's history yet.
func (e Event) chooseClosed() Choice {
	switch {
	case !e.Merged:
		return Choice{Cleanup, fmt.Sprintf("pull request %d was closed and not merged", e.Number)}
	case e.DefaultBranch != "" && e.BaseRef != e.DefaultBranch:
		return Choice{Cleanup, fmt.Sprintf("pull request %d was merged into %q, which is not the default branch", e.Number, e.BaseRef)}
	}
	return Choice{Promote, fmt.Sprintf("pull request %d was merged", e.Number)}
}

func (e Event) chooseMergeGroup() (Choice, error) {
	if e.Action != "checks_requested" {
		return Choice{None, "the merge queue gave up a group, and its pull requests keep their branches"}, nil
	}
	if e.Number == 0 {
		return Choice{}, fault.Usage("the merge queue's group names no pull request",
			fmt.Sprintf("its branch is %q, and not as GitHub names it", e.HeadRef),
			"give the step `command: rehearse` and `pull-request:`")
	}
	return Choice{Rehearse, fmt.Sprintf("the merge queue tests pull request %d", e.Number)}, nil
}

func (e Event) choosePush() (Choice, error) {
	if e.Deleted {
		return Choice{None, "the push removed a branch or a tag"}, nil
	}
	if e.DefaultBranch != "" && e.Ref == "refs/heads/"+e.DefaultBranch {
		return Choice{Promote, fmt.Sprintf("a push to the default branch %q", e.DefaultBranch)}, nil
	}
	return Choice{}, fault.Usage(fmt.Sprintf("nothing is done for a push to %s", e.Ref),
		"only what is pushed to the default branch is promoted to production",
		"write `branches: [main]` (your default branch) below `push:`, or give the step `command: promote`")
}

func (e Event) unknown() error {
	name := e.Name
	if name == "" {
		name = "without a name"
	}
	return fault.Usage("nothing is done for the event "+name,
		"`command: auto` knows pull_request, merge_group, push and schedule",
		"give the step a `command:`, and `pull-request:` if it is about one")
}
