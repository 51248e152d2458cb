package story

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/report"
	"github.com/neon-migrations/neon-migrations-action/internal/report/github"
)

const (
	// calibrated is how many promotions are looked back at.
	calibrated = 10
	// comparable is the shortest time that is compared, and finest the precision that is kept.
	comparable = 50 * time.Millisecond
	finest     = 10 * time.Millisecond
)

// fared tells what was predicted and what came; took and held read it again.
func (r *run) fared() string {
	told := r.report.Promotion
	words := "upgraded in " + inSeconds(told.Took)
	if ran := r.ran(); ran > 0 {
		words += fmt.Sprintf(": revisions %s, %s on the copy", inSeconds(ran), inSeconds(told.Rehearsed))
	}
	if here, onCopy := r.recordings(), r.scene.copy.recordings(); len(here) > 0 && len(onCopy) > 0 {
		words += fmt.Sprintf("; longest lock %s, %s on the copy", inSeconds(longestHold(here)), inSeconds(longestHold(onCopy)))
	}
	return words
}

var (
	took = regexp.MustCompile(`: revisions ([0-9.]+) s,`)
	held = regexp.MustCompile(`; longest lock ([0-9.]+) s,`)
)

// ran is how long the revisions took on production, without the start of Alembic and the waits between tries.
func (r *run) ran() time.Duration {
	var all time.Duration
	for _, p := range r.parts {
		for _, a := range p.report.Revisions.Applied {
			all += a.Took
		}
	}
	return all
}

func inSeconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// calibrate tells how the predictions of the last promotions to this database have fared. Where GitHub does not say, the
// report does not either.
func (r *run) calibrate(ctx context.Context) {
	if r.GitHub == nil || r.task.Promotion.Environment == "" || r.task.Number == 0 || r.task.Queue {
		return
	}
	last, err := r.GitHub.LastDeployments(ctx, r.task.Promotion.Environment, calibrated, r.ours)
	if err != nil {
		r.Logger.Debug("how the last promotions fared is not known", "error", err)
		return
	}
	var c report.Calibration
	for _, d := range last {
		weigh(&c, d)
	}
	if c.Promotions > 0 {
		r.report.Calibration = &c
	}
}

// weigh adds what one promotion predicted, and what came of it.
func weigh(c *report.Calibration, d github.Deployment) {
	var predicted deploymentPayload
	took, known := secondsIn(took, d.Told)
	if !known || json.Unmarshal(d.Payload, &predicted) != nil {
		return
	}
	c.Promotions++
	c.Upgrade = compared(c.Upgrade, took, predicted.Predicted)
	if held, known := secondsIn(held, d.Told); known {
		c.Lock = compared(c.Lock, held, predicted.PredictedLock)
	}
}

func compared(s report.Span, came, predicted time.Duration) report.Span {
	if came < comparable && predicted < comparable {
		return s
	}
	return s.With(float64(max(came, finest)) / float64(max(predicted, finest)))
}

func secondsIn(pattern *regexp.Regexp, told string) (time.Duration, bool) {
	found := pattern.FindStringSubmatch(told)
	if found == nil {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(found[1], 64)
	return time.Duration(seconds * float64(time.Second)), err == nil
}
