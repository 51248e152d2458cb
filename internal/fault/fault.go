// Package fault carries advice beside an error: what failed, why, and what to do
// next. The words travel with the error and are printed once, by whoever ends the run.
package fault

import (
	"errors"
	"fmt"
)

// Explanation is what a person needs besides the name of the failure.
type Explanation struct {
	// Why is the cause in one sentence.
	Why string `json:"why,omitempty"`
	// Do is the next step in one sentence; commands in it can be pasted.
	Do string `json:"do,omitempty"`
	// Usage tells that the caller's words were wrong (exit status 2) and not the world (3).
	Usage bool `json:"usage,omitempty"`
}

// Explainer is an error that knows its explanation. Rooms with an error type of
// their own implement it; all others use [Error].
type Explainer interface {
	error
	Explain() Explanation
}

// Error is a failure in words. What names it and is the error text, together with Err, if any.
type Error struct {
	What string
	Explanation
	Err error
}

// Error implements error: what failed and the cause behind it.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.What
	}
	return fmt.Sprintf("%s: %v", e.What, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Explain implements [Explainer].
func (e *Error) Explain() Explanation { return e.Explanation }

// New makes a failure of the world: network, tool or database (exit status 3).
func New(what, why, do string) *Error {
	return &Error{What: what, Explanation: Explanation{Why: why, Do: do}}
}

// Usage makes a failure of the caller's words (exit status 2).
func Usage(what, why, do string) *Error {
	return &Error{What: what, Explanation: Explanation{Why: why, Do: do, Usage: true}}
}

// Because returns a copy of e with its cause set, for errors.Is and errors.As.
func (e *Error) Because(err error) *Error {
	with := *e
	with.Err = err
	return &with
}

// Explain finds the outermost explanation in err's chain; false if there is none.
func Explain(err error) (Explanation, bool) {
	var known Explainer
	if !errors.As(err, &known) {
		return Explanation{}, false
	}
	return known.Explain(), true
}
