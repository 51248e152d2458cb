package postgres

import (
	"io"
	"strings"
	"sync"
)

// tailBytes is enough for the lines that tell why a server did not start.
const tailBytes = 8 << 10

// tail keeps the end of what is written to it, and passes everything on.
type tail struct {
	also io.Writer
	mu   sync.Mutex
	kept []byte
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	if t.also == nil {
		return len(p), nil
	}
	return t.also.Write(p)
}

func (t *tail) last(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lastLines(string(t.kept), n)
}

// lastLines gives the last n lines of s as one line.
func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}
