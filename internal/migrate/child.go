package migrate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// killAfter is how long a child may take to end after SIGINT before it is killed. The whole
// program must be gone within five seconds of a signal.
const killAfter = 3 * time.Second

// call is one run of the helper: its job, where its output goes and who hears of progress.
type call struct {
	job      job
	env      Env
	output   io.Writer
	progress func(Event)
	// pause is called at each pause of the helper, which goes on when it returns nil.
	pause func(Pause) error
}

// do runs the helper and returns its answer and the last lines of output. Errors are those
// of running it; the failure that it reports is in the answer.
func (p *Project) do(ctx context.Context, c call) (answer, []string, error) {
	dir, err := os.MkdirTemp("", "neon-migrations-alembic-")
	if err != nil {
		return answer{}, nil, fmt.Errorf("making a directory for the Alembic helper: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // the job's file is gone already; the rest is no secret
	f := filesIn(dir)
	if err := f.unpack(); err != nil {
		return answer{}, nil, err
	}
	if err := writeJob(f.job, c.job); err != nil {
		return answer{}, nil, err
	}
	tail := newLines(c.output)
	runErr := run(p.command(ctx, f, c.env), tail, c)
	tail.close()
	if ctx.Err() != nil {
		runErr = ctx.Err()
	}
	a, err := readAnswer(f.answer)
	if errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
		return a, tail.last(), runErr
	}
	return a, tail.last(), err
}

func writeJob(path string, j job) error {
	data, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("writing the job of the Alembic helper: %w", err)
	}
	return os.WriteFile(path, data, 0o600)
}

// run starts the child in its own process group and waits. Whatever is left of the group
// afterwards is killed.
func run(cmd *exec.Cmd, output io.Writer, c call) error {
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("making a pipe for progress: %w", err)
	}
	defer func() { _ = read.Close() }()
	resumed, resume, err := os.Pipe()
	if err != nil {
		_ = write.Close()
		return fmt.Errorf("making a pipe for pauses: %w", err)
	}
	defer func() { _ = resume.Close() }()
	cmd.ExtraFiles = []*os.File{write, resumed}
	cmd.Stdout, cmd.Stderr = output, output // one writer, one pipe: the order of lines is kept
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = killAfter
	err = cmd.Start()
	_, _ = write.Close(), resumed.Close() // the child has its own
	if err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	var told sync.WaitGroup
	told.Go(func() { c.tell(read, resume) })
	err = cmd.Wait()
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // programs that the project left behind
	// A process that left the group may hold the pipe open for ever.
	_ = read.SetReadDeadline(time.Now().Add(time.Second))
	told.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // the helper ended well; something it started held its output open
	}
	return err
}

// tell passes the helper's events on until its end of the pipe is closed.
func (c call) tell(events io.Reader, resume io.WriteCloser) {
	defer func() { _ = resume.Close() }() // also where the caller's code ends this goroutine at a pause
	scanner := bufio.NewScanner(events)
	scanner.Buffer(nil, maxEvent)
	for scanner.Scan() {
		var e event
		switch {
		case json.Unmarshal(scanner.Bytes(), &e) != nil: // not ours
		case e.Event == "pause":
			c.wait(e.pause(), resume)
		case c.progress != nil:
			c.progress(e.event())
		}
	}
	_, _ = io.Copy(io.Discard, events) // the helper must never wait for a reader
}

// wait lets the helper go on once the caller has looked; a caller who wants no more closes its
// pipe, which ends it.
func (c call) wait(p Pause, resume io.WriteCloser) {
	if c.pause == nil || c.pause(p) != nil {
		_ = resume.Close()
		return
	}
	_, _ = resume.Write([]byte{'\n'}) // a helper that is gone is told by its exit
}

// maxEvent bounds one event; that of the pending revisions names all of them.
const maxEvent = 16 << 20

type event struct {
	Event      string       `json:"event"`
	Phase      string       `json:"phase"`
	Revision   string       `json:"revision"`
	Direction  string       `json:"direction"`
	Revisions  []string     `json:"revisions"`
	Seconds    float64      `json:"seconds"`
	Statements int          `json:"statements"`
	Kind       string       `json:"kind"`
	Heads      []string     `json:"heads"`
	Error      *failure     `json:"error"`
	Spans      []spanAnswer `json:"spans"`
}

func (e event) pause() Pause {
	return Pause{Kind: e.Kind, Revision: e.Revision, Direction: e.Direction, Heads: e.Heads, Spans: spans(e.Spans), Err: e.Error.explained()}
}

func (e event) event() Event {
	return Event{
		Kind: e.Event, Phase: e.Phase, Revision: e.Revision, Direction: e.Direction,
		Pending: e.Revisions, Took: seconds(e.Seconds), Statements: e.Statements,
	}
}
