package story

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// Target is one of several databases or configurations that a story works on. What is empty is as the task says.
type Target struct {
	// Database is the database's name; "" stands for each of the task's databases, if it has several.
	Database string
	// Section is the section of alembic.ini, X are more of Alembic's -x arguments.
	Section string
	X       []string
}

// several tells that the story is about more than the one database and configuration of most projects.
func (t Task) several() bool { return len(t.Targets)+len(t.Databases) > 0 || t.EveryDatabase }

// sections are the sections of the configuration that the story needs, in their order.
func (t Task) sections() []string {
	all := []string{}
	for _, one := range t.Targets {
		if section := t.section(one); !slices.Contains(all, section) {
			all = append(all, section)
		}
	}
	if len(all) == 0 {
		all = []string{t.Alembic.Section}
	}
	return all
}

func (t Task) section(one Target) string {
	if one.Section != "" {
		return one.Section
	}
	return t.Alembic.Section
}

// findProjects finds the user's Alembic project in each section of its configuration.
func (r *run) findProjects(ctx context.Context) error { return r.findIn(ctx, r.findProject) }

func (r *run) findIn(ctx context.Context, find func(context.Context) error) error {
	given := r.task.Alembic.Section
	defer func() { r.task.Alembic.Section = given }()
	for _, section := range r.task.sections() {
		r.task.Alembic.Section = section
		if err := find(ctx); err != nil {
			return err
		}
		if r.scene.projects == nil {
			r.scene.projects = map[string]*migrate.Project{}
		}
		r.scene.projects[section] = r.scene.project
	}
	return nil
}

// choose is the step that finds the targets on the branch; nil where there is but one, which is the run itself.
func (r *run) choose() func(context.Context) error {
	if !r.task.several() {
		return nil
	}
	return r.chooseTargets
}

// chooseTargets gives every target a part of the run.
func (r *run) chooseTargets(ctx context.Context) error {
	targets, err := r.targets(ctx)
	if err != nil {
		return err
	}
	var parts []*run
	for i, one := range targets {
		name := r.task.nameOf(one, targets)
		if slices.ContainsFunc(targets[:i], func(other Target) bool { return r.task.nameOf(other, targets) == name }) {
			return fault.Usage("choosing what to upgrade", fmt.Sprintf("%s is named twice", name), "leave one out of the inputs databases and targets")
		}
		parts = append(parts, r.part(one, name))
	}
	r.parts = parts
	r.report.Database = strings.Join(databasesOf(targets), ", ")
	return nil
}

// targets are those of the task, each with the name of its database where there are several.
func (r *run) targets(ctx context.Context) ([]Target, error) {
	databases := r.task.Databases
	if r.task.EveryDatabase {
		known, err := r.Neon.Databases(ctx, r.task.Project, r.scene.branch.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range known {
			databases = append(databases, d.Name)
		}
		slices.Sort(databases) // Neon's order is that of their making
	}
	switch {
	case len(databases) == 0:
		return r.task.Targets, nil
	case len(r.task.Targets) == 0:
		return onEach([]Target{{}}, databases), nil
	}
	return onEach(r.task.Targets, databases), nil
}

// onEach puts every target that names no database on each of them, one database after the other; those that name one
// come last.
func onEach(targets []Target, databases []string) []Target {
	var all []Target
	for _, name := range databases {
		for _, one := range targets {
			if one.Database == "" {
				one.Database = name
				all = append(all, one)
			}
		}
	}
	for _, one := range targets {
		if one.Database != "" {
			all = append(all, one)
		}
	}
	return all
}

func databasesOf(targets []Target) []string {
	var all []string
	for _, one := range targets {
		if one.Database != "" && !slices.Contains(all, one.Database) {
			all = append(all, one.Database)
		}
	}
	return all
}

// nameOf tells a target apart from the others: by its configuration, and by its database where there are several.
func (t Task) nameOf(one Target, all []Target) string {
	words := slices.Clone(one.X)
	if one.Section != "" {
		words = append([]string{one.Section}, words...)
	}
	name := strings.Join(words, " ")
	switch {
	case name == "" && one.Database != "":
		return one.Database
	case name == "":
		return "main"
	case len(databasesOf(all)) > 1:
		return name + " on " + one.Database
	}
	return name
}

// part is the run of one target. What all of them share it has from the whole.
func (r *run) part(one Target, name string) *run {
	p := r.begin(r.report.Kind, r.task)
	p.whole, p.name, p.target = r, name, one
	if one.Database != "" {
		p.task.Database = one.Database
	}
	p.task.Alembic.Section = r.task.section(one)
	p.task.Environment.X = slices.Concat(r.task.Environment.X, one.X)
	p.report = report.Report{Kind: r.report.Kind, Target: name, Directory: r.report.Directory, Database: p.task.Database}
	if r.report.Promotion != nil {
		p.report.Promotion = &report.Promoted{}
	}
	p.scene.production, p.scene.branch = r.scene.production, r.scene.branch
	p.scene.project = r.scene.projects[p.task.Alembic.Section]
	p.scene.sessionLimits = r.scene.sessionLimits
	return p
}

// each takes the steps of every part, in the stated order. The first failure stops the rest.
func (r *run) each(ctx context.Context, steps func(*run) []step) error {
	for _, p := range r.parts {
		r.under = p
		if err := p.inOrder(ctx, steps(p)...); err != nil {
			return p.named(err)
		}
		p.done = true
	}
	r.under = r
	return nil
}

// all is one step that does the same for every part.
func (r *run) all(do func(*run, context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, p := range r.parts {
			r.under = p
			if err := do(p, ctx); err != nil {
				return p.named(err)
			}
		}
		r.under = r
		return nil
	}
}

// named says in which part something failed.
func (r *run) named(err error) error {
	if r.whole == nil {
		return err
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

// top is the run of which this is a part; the run itself where it is none.
func (r *run) top() *run {
	if r.whole != nil {
		return r.whole
	}
	return r
}

// divided tells that the run has parts.
func (r *run) divided() bool { return r.parts[0] != r }

// firstOn tells that no earlier part works on the same database.
func (r *run) firstOn() bool {
	for _, p := range r.top().parts {
		if p.report.Database == r.report.Database {
			return p == r
		}
	}
	return true
}

// gather puts what the parts found into the report of the whole.
func (r *run) gather() {
	if !r.divided() {
		return
	}
	r.report.Parts = nil
	for _, p := range r.parts {
		p.report.Verdict = r.verdictOn(p)
		r.report.Parts = append(r.report.Parts, p.report)
		r.addUp(p.report.Promotion)
	}
}

// verdictOn is how a part ended: as the whole where that ended in it; neutral where it was not come to.
func (r *run) verdictOn(p *run) report.Verdict {
	switch {
	case r.report.Failure != nil && r.under == p:
		return r.report.Verdict
	case p.done:
		return p.unrelenting()
	}
	return report.Neutral
}

// addUp sums up what a part of a promotion took.
func (r *run) addUp(part *report.Promoted) {
	whole := r.report.Promotion
	if whole == nil {
		return
	}
	if len(r.report.Parts) == 1 {
		whole.Took, whole.Attempts, whole.Blockers = 0, 0, nil
	}
	whole.Took += part.Took
	whole.Attempts = max(whole.Attempts, part.Attempts)
	whole.Blockers = append(whole.Blockers, part.Blockers...)
}
