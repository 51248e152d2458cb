package migrate

import (
	"bytes"
	"io"
	"slices"
	"sync"
)

const (
	// keptLines is how many lines of output a failure carries along.
	keptLines = 50
	// maxLine bounds a line without an end.
	maxLine = 64 << 10
)

// lines cuts output into lines, takes row data out, passes them on one by one and keeps the
// last of them. It is for one child; Write may be called from several goroutines.
type lines struct {
	to     io.Writer
	mu     sync.Mutex
	held   []byte
	kept   []string
	filter redactor
}

func newLines(to io.Writer) *lines {
	if to == nil {
		to = io.Discard
	}
	return &lines{to: to}
}

// Write implements [io.Writer]. It never fails: a reader who is gone must not stop a migration.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, p...)
	for {
		end := bytes.IndexByte(l.held, '\n')
		if end < 0 && len(l.held) < maxLine {
			return len(p), nil
		}
		if end < 0 {
			end = maxLine - 1
		}
		l.pass(string(l.held[:end]))
		l.held = l.held[end+1:]
	}
}

// close passes on the last line if it has no end.
func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.held) > 0 {
		l.pass(string(l.held))
		l.held = nil
	}
}

func (l *lines) pass(line string) {
	line, ok := l.filter.line(line)
	if !ok {
		return
	}
	_, _ = io.WriteString(l.to, line+"\n")
	l.kept = append(l.kept, line)
	if len(l.kept) > 2*keptLines {
		l.kept = slices.Clone(l.kept[len(l.kept)-keptLines:])
	}
}

// last returns the last lines, oldest first.
func (l *lines) last() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.kept[max(0, len(l.kept)-keptLines):])
}
