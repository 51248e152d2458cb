package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/neon-migrations/neon-migrations-action/internal/sample"
)

// statusBlocked is the program's exit status for findings that stand against a pull request.
const statusBlocked = 1

// event is what GitHub tells the runner; a command alone is a run by hand.
type event struct {
	name, action string
	number       int
	command      string
}

// run plays GitHub's runner: it writes the event's payload, starts the program with the
// runner's variables and the inputs, and shows its log.
func (t *theatre) run(ctx context.Context, e event) (status int, err error) {
	t.runs++
	dir := filepath.Join(t.dir, fmt.Sprintf("run-%d", t.runs))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, fmt.Errorf("making the runner's directory: %w", err)
	}
	environment, err := t.environment(dir, e)
	if err != nil {
		return 0, err
	}
	word := "action"
	if e.command != "" {
		word = e.command
	}
	cmd := exec.CommandContext(ctx, t.Self, word)
	cmd.Dir, cmd.Env = t.code.Dir, environment
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = settling
	log, feed := io.Pipe()
	cmd.Stdout, cmd.Stderr = feed, feed
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		t.showLog(log)
	}()
	err = cmd.Run()
	feed.Close()
	<-shown
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// expect turns every status but 0 into an error: the play goes on only as written.
func (t *theatre) expect(status int, err error) error {
	if err == nil && status != 0 {
		err = fmt.Errorf("the program ended with status %d; its log is above", status)
	}
	return err
}

func (t *theatre) environment(dir string, e event) ([]string, error) {
	set := []string{
		"PATH=" + t.Path, "HOME=" + dir, "CI=true",
		"GITHUB_REPOSITORY=" + owner + "/" + repo,
		"GITHUB_API_URL=" + t.github.APIURL(), "GITHUB_SERVER_URL=" + t.github.URL(),
		"INPUT_NEON-API-KEY=" + t.key.Reveal(), "INPUT_NEON-PROJECT-ID=" + project, "INPUT_NEON-API-URL=" + t.neon.URL(),
		"INPUT_GITHUB-TOKEN=" + t.token.Reveal(), "INPUT_PYTHON=" + t.Python,
		"INPUT_WORKING-DIRECTORY=" + filepath.Join(t.code.Dir, sample.WorkingDirectory),
	}
	if e.command != "" {
		return set, nil
	}
	payload, err := t.github.Event(e.name, e.action, e.number)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "event.json")
	if err := os.WriteFile(path, payload, 0o644); err != nil {
		return nil, fmt.Errorf("writing the event: %w", err)
	}
	return append(set, "GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME="+e.name, "GITHUB_EVENT_PATH="+path,
		"GITHUB_OUTPUT="+filepath.Join(dir, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"),
		"GITHUB_WORKSPACE="+t.code.Dir, "GITHUB_RUN_ID="+strconv.Itoa(t.runs)), nil
}

// showLog shows the steps of the program's log up to the report, which the audience sees as
// the comment: without the runner's own commands and what Alembic prints, and with what is to
// be masked replaced.
func (t *theatre) showLog(log io.Reader) {
	var masks []string
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for told := false; lines.Scan(); {
		line := lines.Text()
		if mask, ok := strings.CutPrefix(line, "::add-mask::"); ok {
			masks = append(masks, mask, "***")
		}
		headline := strings.Contains(line, " · ") || strings.HasPrefix(line, "error:")
		if told || !headline && !isProgress(line) {
			continue
		}
		told = headline
		fmt.Fprintf(t.Out, "   %s\n", strings.NewReplacer(masks...).Replace(line))
	}
	_, _ = io.Copy(io.Discard, log) // a line too long ends the scanner, and must not block the program
}

func isProgress(line string) bool {
	return strings.HasPrefix(line, "✓ ") || strings.HasPrefix(line, "✗ ") || strings.HasPrefix(line, "  ")
}
