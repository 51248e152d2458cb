package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// settle hands the outcome to everyone who waits for it: the terminal or the job's log, the
// report file, and on a runner the job summary and the outputs. It gives the error that
// stands for the exit status.
func (t *theatre) settle(o story.Outcome, failure error) error {
	t.screen.close()
	problems := []error{t.print(o.Report), t.writeReport(o.Report)}
	if t.runner.Hosted() {
		problems = append(problems, t.runner.AddSummary(report.Summary(o.Report)), t.setOutputs(o))
	}
	for _, err := range problems {
		if err != nil && failure == nil {
			failure = err
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
	}
	return report.Text(r, t.in.Terminal), nil
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
	if err := os.WriteFile(path, encoded, 0o644); err != nil {
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
	outputs := []struct{ name, value string }{
		{"verdict", string(r.Verdict)},
		{"branch-id", r.Branch.ID},
		{"branch-name", r.Branch.Name},
		{"revision", strings.Join(r.Revisions.To, " ")},
		{"drift", drifts(r)},
		{"changes", strconv.Itoa(len(r.Changes))},
		{"plan", r.Plan},
		{"comment-url", o.CommentURL},
	}
	if t.config.Output.DatabaseURL {
		outputs = append(outputs, struct{ name, value string }{"database-url", o.Address.Reveal()})
	}
	for _, output := range outputs {
		if err := t.runner.SetOutput(output.name, output.value); err != nil {
			return err
		}
	}
	return nil
}

// drifts names the kinds of drift found, "none", or "" where nothing was looked for.
func drifts(r report.Report) string {
	if len(r.Checks) == 0 {
		return ""
	}
	var found []string
	for _, c := range r.Checks {
		if c.State != report.Drift {
			continue
		}
		name := c.Name
		if name == report.CheckHeads {
			name = "history"
		}
		found = append(found, name)
	}
	if len(found) == 0 {
		return "none"
	}
	return strings.Join(found, " ")
}
