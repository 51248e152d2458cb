package actions

import (
	"crypto/rand"
	"io"
	"strings"
)

// stream remembers whether the last line is complete, for a command counts only at the start of
// a line. It never fails: go-githubactions panics when a write fails, and a step whose log is gone
// still has a branch to clean up.
type stream struct {
	to      io.Writer
	midLine bool
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	if len(p) > 0 {
		_, _ = s.to.Write(p)
		s.midLine = p[len(p)-1] != '\n'
	}
	return len(p), nil
}

func (s *stream) freshLine() {
	if s.midLine {
		_, _ = s.Write([]byte("\n"))
	}
}

// locked lets a child's output take turns with the Runner's own.
type locked struct{ r *Runner }

// Write implements [io.Writer].
func (l locked) Write(p []byte) (int, error) {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	return l.r.out.Write(p)
}

// Harmless breaks both forms of commands, so that the runner sees none: "::name::", which it takes
// after any white space at the start of a line, and the older "##[name]", which it takes anywhere.
func Harmless(text string) string {
	var b strings.Builder
	for l := range strings.Lines(strings.NewReplacer("\r\n", "\n", "\r", "\n", "##[", "## [").Replace(text)) {
		if strings.HasPrefix(strings.TrimSpace(l), "::") {
			l = strings.Replace(l, "::", ": :", 1)
		}
		b.WriteString(l)
	}
	return b.String()
}

// randomToken is 128 bits and more of chance. Reading it never fails (crypto/rand).
func randomToken() string { return rand.Text() }
