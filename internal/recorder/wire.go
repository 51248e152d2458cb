package recorder

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
)

const (
	// wireBuffer holds what arrives in one piece; a longer message passes through it in pieces.
	wireBuffer = 64 << 10
	// wirePeek is how much of one message's body is looked at. Texts beyond it are cut.
	wirePeek  = 32 << 10
	headBytes = 5
)

// errFrame tells that what came is not PostgreSQL's protocol.
var errFrame = errors.New("a message has an impossible length")

// frame is the head of one message: its type, and the length of its body.
type frame struct {
	kind byte
	size int
}

// wire is one direction of a session: messages are looked at as far as needed and pass on
// unchanged. Nothing is held longer than until the next read would wait.
type wire struct {
	in  *bufio.Reader
	out *bufio.Writer
}

func newWire(from, to net.Conn) *wire {
	out := bufio.NewWriterSize(to, wireBuffer)
	return &wire{in: bufio.NewReaderSize(flushing{from, out}, wireBuffer), out: out}
}

// flushing sends what is pending before it waits for more.
type flushing struct {
	from net.Conn
	out  *bufio.Writer
}

// Read implements [io.Reader].
func (f flushing) Read(p []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.from.Read(p)
}

// next waits for a message and reads its head; the message stays to be passed.
func (w *wire) next() (frame, error) {
	head, err := w.in.Peek(headBytes)
	if err != nil {
		return frame{}, err
	}
	length := int32(binary.BigEndian.Uint32(head[1:])) //nolint:gosec // a length beyond int32 becomes negative, and is refused
	if length < 4 {
		return frame{}, errFrame
	}
	return frame{kind: head[0], size: int(length) - 4}, nil
}

// body gives the first [wirePeek] bytes of a message's body; they are valid until it is passed.
func (w *wire) body(f frame) ([]byte, error) {
	b, err := w.in.Peek(headBytes + min(f.size, wirePeek))
	if err != nil {
		return nil, err
	}
	return b[headBytes:], nil
}

// pass sends a message on.
func (w *wire) pass(f frame) error {
	for left := headBytes + f.size; left > 0; {
		if w.in.Buffered() == 0 {
			if _, err := w.in.Peek(1); err != nil {
				return err
			}
		}
		piece, err := w.in.Peek(min(left, w.in.Buffered()))
		if err != nil {
			return err
		}
		if _, err := w.out.Write(piece); err != nil {
			return err
		}
		if _, err := w.in.Discard(len(piece)); err != nil {
			return err
		}
		left -= len(piece)
	}
	return nil
}

// cut splits a zero-terminated string off the front of a message's body. Without a terminator
// all of it is the string: its end lies beyond what was looked at.
func cut(body []byte) (text string, rest []byte) {
	for i, b := range body {
		if b == 0 {
			return string(body[:i]), body[i+1:]
		}
	}
	return string(body), nil
}
