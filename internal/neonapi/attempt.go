package neonapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAnswer bounds an answer in memory. A page of 100 branches is some 100 KB.
const maxAnswer = 8 << 20

var errTooLong = fmt.Errorf("the answer is longer than %d MiB", maxAnswer>>20)

// noAnswerError is an attempt that took too long.
type noAnswerError struct{ after time.Duration }

// Error implements error.
func (e noAnswerError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

// attempt makes one attempt a whole: it ends within the time limit and with the
// answer in memory. An answer that breaks off is thus a failure of the network,
// which the retry policy judges, and not one of the JSON decoder later on.
type attempt struct {
	next    http.RoundTripper
	timeout time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (a attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	late := noAnswerError{a.timeout}
	ctx, cancel := context.WithTimeoutCause(req.Context(), a.timeout, late)
	defer cancel()
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err == nil {
		err = intoMemory(resp)
	}
	if err != nil && errors.Is(context.Cause(ctx), late) {
		err = late
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// CloseIdleConnections passes on what the retrying client asks for after a failure.
func (a attempt) CloseIdleConnections() {
	if closer, ok := a.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

func intoMemory(resp *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if len(raw) > maxAnswer {
		return errTooLong
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return nil
}

// peek returns the whole of a body that is in memory and leaves it to be read again.
func peek(resp *http.Response) []byte {
	raw, _ := io.ReadAll(resp.Body) // memory does not fail
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return raw
}
