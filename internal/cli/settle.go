package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// settle hands the outcome to everyone who waits for it: the terminal or the job's log, the
// report file, and on a runner the job summary, the outputs and the annotations. It gives
// the error that stands for the exit status.
func (t *theatre) settle(o story.Outcome, failure error) error {
	t.hush()
	t.screen.close()
	problems := []error{t.print(o.Report), t.writeReport(o.Report)}
	if t.runner.Hosted() {
		problems = append(problems, t.runner.Summary(t.masker.Mask(report.Summary(o.Report))), t.setOutputs(o))
		t.annotate(o.Report)
		t.annotateLines(o)
	}
	for _, err := range problems {
		if err != nil {
			t.in.printError(err) // at once: the verdict decides what is returned
			if failure == nil {
				failure = told{err}
			}
		}
	}
	switch {
	case o.Report.Verdict == report.Block:
		return blocked{}
	case failure != nil && o.Report.Failure != nil:
		return told{failure}
	}
	return failure
}

// annotateLines shows beside the lines of revisions what could not be said there in comments.
func (t *theatre) annotateLines(o story.Outcome) {
	for _, a := range o.Annotations {
		t.runner.Annotate(actions.Annotation{
			Level: actions.Level(a.Level), Title: t.masker.Mask(a.Title), Message: t.masker.Mask(a.Message), File: a.Path, Line: a.Line,
		})
	}
}

// annotate shows on the page of the run why it is red; without it, only an exit status is there.
func (t *theatre) annotate(r report.Report) {
	level := actions.Warning
	if r.Verdict == report.Block {
		level = actions.Error
	}
	if f := r.Failure; f != nil {
		message := strings.TrimSpace(f.What + "\n" + f.Why + "\n" + f.Do)
		t.runner.Annotate(actions.Annotation{Level: actions.Error, Title: r.Headline(), Message: t.masker.Mask(message)})
	}
	for _, c := range r.AllChecks() {
		if c.State == report.Drift {
			t.runner.Annotate(actions.Annotation{Level: level, Title: r.Headline(), Message: t.masker.Mask(c.Summary + "\n" + c.Do)})
		}
	}
}

func (t *theatre) print(r report.Report) error {
	text, err := t.render(r)
	if err != nil {
		return err
	}
	text = t.masker.Mask(text)
	if t.runner.Hosted() {
		t.runner.Println(text)
		return nil
	}
	_, err = fmt.Fprintln(t.in.Stdout, strings.TrimRight(text, "\n"))
	return err
}

func (t *theatre) render(r report.Report) (string, error) {
	switch t.config.Output.Format {
	case config.JSON:
		encoded, err := report.Encode(r)
		return string(encoded), err
	case config.Markdown:
		return report.Summary(r), nil
	default:
		return report.Text(r, t.in.Color), nil
	}
}

func (t *theatre) writeReport(r report.Report) error {
	if t.config.Output.Report == "" {
		return nil
	}
	encoded, err := report.Encode(r)
	if err != nil {
		return err
	}
	path := t.in.path(t.config.Output.Report)
	if err := os.WriteFile(path, encoded, 0o644); err != nil { //nolint:gosec // later steps and accounts read it
		return fault.Usage("writing the report file", "it cannot be written there", "correct the input report-file").Because(err)
	}
	return nil
}

func (in *invocation) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(in.Dir, name)
}

// setOutputs writes the step's outputs. The address is among them only where it was asked
// for, and it was masked as soon as it was known.
func (t *theatre) setOutputs(o story.Outcome) error {
	r := o.Report
	outputs := []actions.Output{
		{Name: "verdict", Value: string(r.Verdict)},
		{Name: "branch-id", Value: r.Branch.ID},
		{Name: "branch-name", Value: r.Branch.Name},
		{Name: "revision", Value: strings.Join(revisions(r), " ")},
		{Name: "drift", Value: drifts(r)},
		{Name: "revision-file", Value: o.RevisionFile},
		{Name: "changes", Value: strconv.Itoa(r.AllChanges())},
		{Name: "reason", Value: r.Reason},
		{Name: "plan", Value: r.Plan},
		{Name: "comment-url", Value: o.CommentURL},
	}
	if t.config.Output.DatabaseURL {
		outputs = append(outputs, actions.Output{Name: "database-url", Value: o.Address.Reveal()})
	}
	return t.runner.SetOutputs(outputs...)
}

// revisions are where the run led to, in every part.
func revisions(r report.Report) []string {
	var all []string
	for _, one := range r.Every() {
		for _, id := range reached(r, one) {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// reached is where a part of a run led to; a promotion that stopped may have led nowhere.
func reached(whole, one report.Report) []string {
	applied := one.Revisions.Applied
	switch {
	case whole.Kind != report.Promotion || whole.Failure == nil:
		return one.Revisions.To
	case len(applied) > 0:
		return []string{applied[len(applied)-1].ID}
	}
	return one.Revisions.From
}

// drifts names the kinds of drift found, "none", or "" where nothing was looked for.
func drifts(r report.Report) string {
	checks := r.AllChecks()
	if len(checks) == 0 {
		return ""
	}
	var found []string
	for _, c := range checks {
		name := c.Name
		if name == report.CheckHeads {
			name = "history"
		}
		if c.State == report.Drift && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return "none"
	}
	return strings.Join(found, " ")
}
