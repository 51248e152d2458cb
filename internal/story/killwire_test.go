package story_test

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
)

// Codes in the place of a protocol version (PostgreSQL's src/include/libpq/pqcomm.h).
const (
	cancelCode = 80877102
	sslCode    = 80877103
)

// wire is one connection between the program and a server. It understands where a question ends, and where its
// answer does, and counts both: an end of a question is a simple query, a Sync, a Flush or the good-bye, and of an
// answer the server's word that it is ready.
type wire struct {
	step           func(what string) (dead bool)
	name           string
	client, server net.Conn

	mu       sync.Mutex
	asked    []string // what the server has not yet answered
	flushing bool     // an answer is wanted before the server is ready
	prepared map[string]string
}

// carry joins the client with the server until one of them goes, or the step is the one to be killed at.
func (w *wire) carry(target string) {
	defer w.client.Close()
	w.prepared = map[string]string{}
	first := make([]byte, 8)
	if _, err := io.ReadFull(w.client, first); err != nil {
		return
	}
	rest := make([]byte, max(0, int(binary.BigEndian.Uint32(first))-len(first)))
	if _, err := io.ReadFull(w.client, rest); err != nil {
		return
	}
	what := "connecting"
	if binary.BigEndian.Uint32(first[4:]) == cancelCode {
		what = "cancelling"
	}
	if w.step(w.name + " before " + what) {
		return
	}
	var err error
	if w.server, err = encrypted(target); err != nil {
		return
	}
	defer w.server.Close()
	if _, err := w.server.Write(append(first, rest...)); err != nil {
		return
	}
	w.asked = []string{what}
	go func() {
		w.passQuestions()
		w.client.Close()
		w.server.Close()
	}()
	w.passAnswers()
}

// encrypted connects as the local Neon demands.
func encrypted(target string) (net.Conn, error) {
	server, err := net.Dial("tcp4", target)
	if err != nil {
		return nil, err
	}
	answer := make([]byte, 1)
	_, err = server.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), sslCode))
	if err == nil {
		_, err = io.ReadFull(server, answer)
	}
	if err == nil && answer[0] != 'S' {
		err = errors.New("the server does not encrypt")
	}
	if err != nil {
		server.Close()
		return nil, err
	}
	return tls.Client(server, &tls.Config{InsecureSkipVerify: true}), nil // the local Neon's certificate is its own
}

// message reads one message: its kind, its length, the rest.
func message(from io.Reader) ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(head[1:])) - 4
	if length < 0 || length > 1<<30 {
		return nil, fmt.Errorf("a message of %d bytes", length)
	}
	body := make([]byte, length)
	_, err := io.ReadFull(from, body)
	return append(head, body...), err
}

func (w *wire) passQuestions() {
	var question []byte
	var words []string
	for {
		m, err := message(w.client)
		if err != nil {
			return
		}
		question = append(question, m...)
		if text := w.words(m); text != "" && !slices.Contains(words, text) {
			words = append(words, text)
		}
		switch m[0] {
		case 'Q', 'S', 'F', 'H', 'X':
			what := told(words)
			if m[0] == 'X' {
				what = "good-bye"
			}
			if w.step(w.name + " before " + what) {
				return
			}
			w.expect(m[0], what)
			words = nil
		case 'p', 'd', 'c', 'f': // passwords, and rows of a COPY
		default:
			continue
		}
		if _, err := w.server.Write(question); err != nil {
			return
		}
		question = nil
	}
}

// expect remembers what the server will say that it is ready after.
func (w *wire) expect(kind byte, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch kind {
	case 'Q', 'S', 'F':
		w.asked = append(w.asked, what)
	case 'H':
		w.flushing = true
	}
}

// words are the SQL of a message: of a query, of a statement that is prepared, or of one that is executed.
func (w *wire) words(m []byte) string {
	text := func(from []byte) (string, []byte) {
		text, rest, _ := strings.Cut(string(from), "\x00")
		return text, []byte(rest)
	}
	switch m[0] {
	case 'Q':
		sql, _ := text(m[5:])
		return sql
	case 'P':
		name, rest := text(m[5:])
		w.prepared[name], _ = text(rest)
		return w.prepared[name]
	case 'B':
		_, rest := text(m[5:])
		name, _ := text(rest)
		return w.prepared[name]
	}
	return ""
}

// told shortens statements so that they can still be told from each other.
func told(words []string) string {
	if len(words) == 0 {
		return "a Sync"
	}
	short := strings.Join(strings.Fields(words[0]), " ")
	if runes := []rune(short); len(runes) > 100 {
		short = string(runes[:100]) + "…"
	}
	if more := len(words) - 1; more > 0 {
		short += fmt.Sprintf(" and %d more", more)
	}
	return short
}

// passAnswers holds an answer until it is whole, and a killed process never gets it.
func (w *wire) passAnswers() {
	var answer []byte
	pass := func() bool {
		_, err := w.client.Write(answer)
		answer = nil
		return err == nil
	}
	for ready := false; ; {
		m, err := message(w.server)
		if err != nil {
			pass() // the server's last words
			return
		}
		answer = append(answer, m...)
		if m[0] != 'Z' {
			if (!ready || w.wanted(m[0])) && !pass() {
				return
			}
			continue
		}
		ready = true
		if w.step(w.name+" after "+w.answered()) || !pass() {
			return
		}
	}
}

// wanted tells that a message cannot wait: the client says nothing more before it has it.
func (w *wire) wanted(kind byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flushing || len(w.asked) == 0 || kind == 'G' || kind == 'W'
}

func (w *wire) answered() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flushing = false
	if len(w.asked) == 0 {
		return "nothing"
	}
	what := w.asked[0]
	w.asked = w.asked[1:]
	return what
}
