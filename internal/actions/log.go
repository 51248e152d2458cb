package actions

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// Handler is a log handler on top of the Runner: errors and warnings are annotations, the rest
// plain lines. Debug records are shown on a runner when the run has debug logging switched on,
// and elsewhere from least on.
func (r *Runner) Handler(least slog.Level) slog.Handler {
	b := &buffer{}
	return &handler{runner: r, least: least, text: b, attrs: slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.Level(-100), ReplaceAttr: onlyAttrs})}
}

// onlyAttrs leaves the time, the level and the message to the handler itself.
func onlyAttrs(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
		return slog.Attr{}
	}
	return a
}

// handler implements [slog.Handler].
type handler struct {
	runner *Runner
	least  slog.Level
	attrs  slog.Handler
	text   *buffer
}

// buffer is where slog's own handler writes the attributes of one record, for all handlers that
// were derived from one another.
type buffer struct {
	sync.Mutex
	strings.Builder
}

// Enabled implements [slog.Handler].
func (h *handler) Enabled(_ context.Context, l slog.Level) bool {
	return h.runner.hosted || l >= h.least
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.attrs = h.attrs.WithAttrs(attrs)
	return &with
}

// WithGroup implements [slog.Handler].
func (h *handler) WithGroup(name string) slog.Handler {
	with := *h
	with.attrs = h.attrs.WithGroup(name)
	return &with
}

// Handle implements [slog.Handler].
func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	text, err := h.render(ctx, rec)
	switch {
	case rec.Level >= slog.LevelError:
		h.runner.Annotate(Annotation{Level: Error, Message: text})
	case rec.Level >= slog.LevelWarn:
		h.runner.Annotate(Annotation{Level: Warning, Message: text})
	case rec.Level < slog.LevelInfo && h.runner.hosted:
		h.runner.command("debug", text, nil)
	default:
		h.runner.Println(text)
	}
	return err
}

// render is the message and its attributes as key=value.
func (h *handler) render(ctx context.Context, rec slog.Record) (string, error) {
	h.text.Lock()
	defer h.text.Unlock()
	h.text.Reset()
	if err := h.attrs.Handle(ctx, rec); err != nil {
		return rec.Message, fmt.Errorf("rendering a log record: %w", err)
	}
	return strings.TrimSpace(rec.Message + " " + h.text.String()), nil
}
