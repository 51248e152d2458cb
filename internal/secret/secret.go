// Package secret holds values that must never be shown: keys, passwords and
// database addresses that contain one.
package secret

import (
	"fmt"
	"log/slog"
)

// Text is a string that shows itself as "***" wherever it is printed, logged or
// encoded. Only [Text.Reveal] gives the value.
type Text string

// hidden is what a non-empty secret looks like to anyone.
const hidden = "***"

// Reveal returns the value itself. Call it only where the value leaves for the
// server that it is meant for.
func (t Text) Reveal() string { return string(t) }

// String returns "***", or "" for the empty secret, so that "not given" can be told.
func (t Text) String() string {
	if t == "" {
		return ""
	}
	return hidden
}

// GoString keeps %#v from showing the value.
func (t Text) GoString() string { return fmt.Sprintf("secret.Text(%q)", t.String()) }

// LogValue implements [slog.LogValuer].
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText covers JSON, XML and every other text encoding.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
