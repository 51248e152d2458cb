package secret

import (
	"bytes"
	"io"
	"net/url"
	"sort"
	"strings"
	"sync"
)

// minMasked is the length below which a secret is not searched for in text:
// replacing every "a" would hide the whole output and tell the secret besides.
const minMasked = 4

// Masker replaces known secrets in text. The zero value knows none and is ready
// to use; all methods may be called from several goroutines.
type Masker struct {
	mu     sync.RWMutex
	needle []string // longest first, so that an address is masked before its password
}

// Add makes the masker know more secrets, each as it is, URL-encoded, and line by line.
// Values shorter than four bytes are ignored.
func (m *Masker) Add(values ...Text) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range values {
		for _, form := range forms(v.Reveal()) {
			m.insert(form)
		}
	}
	sort.SliceStable(m.needle, func(i, j int) bool { return len(m.needle[i]) > len(m.needle[j]) })
}

func (m *Masker) insert(form string) {
	if len(form) < minMasked {
		return
	}
	for _, known := range m.needle {
		if known == form {
			return
		}
	}
	m.needle = append(m.needle, form)
}

func forms(v string) []string {
	out := []string{v, url.QueryEscape(v), url.PathEscape(v)}
	for line := range strings.Lines(v) {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// Mask returns s with every known secret replaced by "***".
func (m *Masker) Mask(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, n := range m.needle {
		s = strings.ReplaceAll(s, n, hidden)
	}
	return s
}

// maxHeld bounds the memory that one line without an end may take. A secret that
// straddles this bound of a single line would pass in two halves, so the cut
// keeps back as many bytes as the longest secret has.
const maxHeld = 64 << 10

// Writer returns a writer that masks what passes on to w, line by line, so that a
// secret split over two writes is found too. Close writes the last, unended line;
// it does not close w.
func (m *Masker) Writer(w io.Writer) io.WriteCloser { return &maskWriter{masker: m, to: w} }

type maskWriter struct {
	masker *Masker
	to     io.Writer
	mu     sync.Mutex
	held   []byte
}

// Write implements [io.Writer].
func (w *maskWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = append(w.held, p...)
	if end := bytes.LastIndexByte(w.held, '\n'); end >= 0 {
		if err := w.pass(end + 1); err != nil {
			return 0, err
		}
	}
	if over := len(w.held) - maxHeld; over > 0 {
		w.held = []byte(w.masker.Mask(string(w.held)))
		if err := w.pass(max(0, len(w.held)-w.masker.longest())); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (w *maskWriter) pass(n int) error {
	_, err := io.WriteString(w.to, w.masker.Mask(string(w.held[:n])))
	w.held = append(w.held[:0], w.held[n:]...)
	return err
}

// Close passes on what is held back.
func (w *maskWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pass(len(w.held))
}

func (m *Masker) longest() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if len(m.needle) == 0 {
		return 0
	}
	return len(m.needle[0])
}
