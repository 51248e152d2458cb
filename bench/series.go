package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/line"
)

type traffic = line.Traffic

// effort is how much time a measurement may take.
type effort struct {
	rounds int
	// spend is when a contender takes no further turns, once its turns so far took that long.
	spend time.Duration
	// patience is when a single run is stopped.
	patience time.Duration
}

// way is how the client reaches the server.
type way struct {
	name string
	rtt  time.Duration // 0 is the server's own port on loopback
}

// series are the outcomes of one contender's turns.
type series struct {
	contender
	outcomes []outcome
	spent    time.Duration
}

// measure lets the contenders take turns on the two databases until each has had its rounds, so
// that whatever else the machine does meets all of them.
func measure(ctx context.Context, s *server, w way, all []contender, e effort) ([]*series, error) {
	var result []*series
	for _, c := range all {
		result = append(result, &series{contender: c})
	}
	for range e.rounds {
		for _, r := range result {
			if r.spent >= e.spend || r.failed() != nil {
				continue
			}
			if err := r.turn(ctx, s, w, e); err != nil {
				return nil, err
			}
		}
	}
	return result, nil
}

func (r *series) turn(ctx context.Context, s *server, w way, e effort) error {
	start := time.Now()
	o, err := w.run(ctx, s, r.contender, e.patience)
	if err != nil {
		return err
	}
	r.spent += time.Since(start)
	if o.late {
		r.spent = max(r.spent, e.spend) // once is enough to know
	}
	r.outcomes = append(r.outcomes, o)
	say(fmt.Sprintf("  %-8s %-14s %-4s %s", w.name, r.name, r.what, o))
	return ctx.Err()
}

// run lets the contender go this way once. Its error is the bench's own; that of the contender is
// in the outcome.
func (w way) run(ctx context.Context, s *server, c contender, patience time.Duration) (outcome, error) {
	if w.rtt == 0 {
		port := s.Port()
		return c.run(ctx, patience, s.url(one, port), s.url(other, port)), nil
	}
	l, err := line.Open(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port())), w.rtt)
	if err != nil {
		return outcome{}, err
	}
	o := c.run(ctx, patience, s.url(one, l.Port()), s.url(other, l.Port()))
	o.traffic, err = l.Close()
	return o, err
}

// String tells what was seen in one line of progress.
func (o outcome) String() string {
	if o.err != nil {
		return o.err.Error()
	}
	text := either(o.late, "stopped after", "")
	for _, what := range []string{"one", "again", "later", "gate", "both"} {
		if took, ok := o.Times[what]; ok {
			text += fmt.Sprintf(" %s %.3f s", what, took.Seconds())
		}
	}
	return fmt.Sprintf("%s, peak %d MB, %d changes, %+v", text, o.Peak>>20, o.Changes, o.traffic)
}

func (r *series) failed() error {
	for _, o := range r.outcomes {
		if o.err != nil {
			return o.err
		}
	}
	return nil
}

// median is of the times of one column; late tells that the true one is longer, and ok whether
// there is any.
func (r *series) median(what string) (took time.Duration, late, ok bool) {
	var times []time.Duration
	for _, o := range r.outcomes {
		if t, has := o.Times[what]; has && o.err == nil {
			times = append(times, t)
			late = late || o.late
		}
	}
	if len(times) == 0 {
		return 0, false, false
	}
	slices.Sort(times)
	return times[len(times)/2], late, true
}
