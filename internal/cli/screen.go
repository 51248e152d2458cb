package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// screen shows progress: on a terminal as one line that is rewritten while a step runs and
// stays when it is done; elsewhere as plain lines. It implements story.Progress. Its
// methods may be called from several goroutines.
type screen struct {
	world  World
	runner *actions.Runner
	masker *secret.Masker
	quiet  bool
	live   bool // a line is rewritten on a terminal

	mu     sync.Mutex
	step   string
	detail string
	since  time.Time
	drawn  bool // the live line stands on the terminal
	stop   chan struct{}
	once   sync.Once
}

// redraw is how often the seconds of a running step are shown anew.
const redraw = 200 * time.Millisecond

func newScreen(w World, runner *actions.Runner, masker *secret.Masker, o config.Output) *screen {
	s := &screen{world: w, runner: runner, masker: masker, quiet: o.Quiet, stop: make(chan struct{})}
	s.live = w.Terminal && !runner.Hosted() && !o.Quiet && !o.Verbose
	if s.live {
		go s.tick()
	}
	return s
}

func (s *screen) tick() {
	t := time.NewTicker(redraw)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
			s.mu.Lock()
			s.draw()
			s.mu.Unlock()
		}
	}
}

// Begin implements story.Progress.
func (s *screen) Begin(step string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step, s.detail, s.since = step, "", s.world.Now()
	s.draw()
}

// Say implements story.Progress. Off a terminal each text is a line of its own.
func (s *screen) Say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = s.masker.Mask(strings.TrimSpace(text))
	if text == "" || s.quiet {
		return
	}
	if s.live && s.step != "" && !strings.Contains(text, "\n") {
		s.detail = text
		s.draw()
		return
	}
	s.line("  " + strings.ReplaceAll(text, "\n", "\n  "))
}

// End implements story.Progress.
func (s *screen) End(step string, took time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mark := "✓"
	if err != nil {
		mark = "✗"
	}
	s.step, s.detail = "", "" // what it was at last is over; the report has what counts
	if !s.quiet {
		s.line(fmt.Sprintf("%s %-24s %6.1f s", mark, step, took.Seconds()))
	}
}

// Write takes log lines; they stand above the live line.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// beside gives a writer to out that does not collide with the live line.
func (s *screen) beside(out io.Writer) io.Writer {
	if s.quiet {
		return io.Discard
	}
	return writerFunc(func(p []byte) (int, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.erase()
		return out.Write(p)
	})
}

type writerFunc func([]byte) (int, error)

// Write implements [io.Writer].
func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// close removes the live line; what is told afterwards stands in plain lines.
func (s *screen) close() {
	s.once.Do(func() { close(s.stop) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	s.step = ""
}

func (s *screen) line(text string) {
	s.erase()
	s.runner.Println(text)
}

func (s *screen) draw() {
	if !s.live || s.step == "" {
		return
	}
	s.erase()
	elapsed := s.world.Now().Sub(s.since)
	line := fmt.Sprintf("… %-24s %6.1f s  %s", s.step, elapsed.Seconds(), s.detail)
	fmt.Fprint(s.world.Stderr, clip(line))
	s.drawn = true
}

func (s *screen) erase() {
	if s.drawn {
		fmt.Fprint(s.world.Stderr, "\r\x1b[2K")
		s.drawn = false
	}
}

// terminalWidth is what every terminal has: a longer line would wrap and could not be rewritten.
const terminalWidth = 79

func clip(line string) string {
	runes := []rune(line)
	if len(runes) > terminalWidth {
		runes = append(runes[:terminalWidth-1], '…')
	}
	return string(runes)
}
