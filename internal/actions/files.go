package actions

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Limits of the runner's files
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
const (
	maxOutput  = 1 << 20 // all outputs of a job
	maxSummary = 1 << 20 // the summary of a step; a longer one is dropped whole
)

// Output is one value for later steps.
type Output struct{ Name, Value string }

var outputName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// SetOutputs hands values to later steps. Off a runner it does nothing. A value may hold anything:
// the mark that ends it is random, so a hostile value cannot end itself and add outputs of its own.
func (r *Runner) SetOutputs(outputs ...Output) error {
	var b strings.Builder
	for _, o := range outputs {
		if !outputName.MatchString(o.Name) {
			return fmt.Errorf("setting outputs: %q is not a name", o.Name)
		}
		writeOutput(&b, o, "end_"+r.token())
	}
	if b.Len() > maxOutput {
		return fault.New("setting the outputs of the step", "together they are longer than 1 MiB, GitHub's limit for a job",
			"read the report from the file that `report-file` names")
	}
	return r.appendTo("GITHUB_OUTPUT", b.String())
}

func writeOutput(b *strings.Builder, o Output, mark string) {
	fmt.Fprintf(b, "%s<<%s\n%s\n%s\n", o.Name, mark, clean(o.Value), mark)
}

// clean drops what the runner's files cannot hold.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// Summary appends Markdown to the job summary; off a runner it does nothing. What is longer than
// GitHub shows is not written, but a line that says so.
func (r *Runner) Summary(markdown string) error {
	markdown = clean(markdown)
	if !strings.HasSuffix(markdown, "\n") {
		markdown += "\n"
	}
	if r.sizeOf("GITHUB_STEP_SUMMARY")+int64(len(markdown)) > maxSummary {
		markdown = "The summary is longer than the 1 MiB that GitHub shows. The file that `report-file` names has all of it.\n"
	}
	return r.appendTo("GITHUB_STEP_SUMMARY", markdown)
}

func (r *Runner) sizeOf(variable string) int64 {
	info, err := os.Stat(r.getenv(variable))
	if err != nil {
		return 0
	}
	return info.Size()
}

// appendTo writes to the file that the variable names. Without the variable there is no runner
// and nobody to read it.
func (r *Runner) appendTo(variable, text string) (err error) {
	path := r.getenv(variable)
	if path == "" || text == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fileFault(variable, err)
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fileFault(variable, closing)
		}
	}()
	if _, err := io.WriteString(f, text); err != nil {
		return fileFault(variable, err)
	}
	return nil
}

func fileFault(variable string, err error) error {
	return fault.New("writing to the runner's file "+variable, "the runner names it in this variable and reads it after the step",
		"if the step runs in a container of yours, mount the file there; else run the job again").Because(err)
}
