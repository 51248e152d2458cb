package story

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/report"
)

// planMark begins the hidden line of a rehearsal's comment that keeps the sealed plan.
const planMark = "<!-- neon-migrations-plan: "

// plan is what this run would do, or did, to the database; with a part for each of several targets.
func (r *run) plan() plan.Plan {
	if !r.divided() {
		return r.planOne()
	}
	whole := plan.Plan{Version: plan.Version, Project: r.task.Project}
	for _, p := range r.parts {
		one := p.planOne()
		one.Target = p.name
		whole.Parts = append(whole.Parts, one)
	}
	return whole
}

func (r *run) planOne() plan.Plan {
	p := plan.Plan{
		Version: plan.Version, Project: r.task.Project, Database: r.report.Database, From: r.report.Revisions.From, To: r.report.Revisions.To,
		Before: r.report.Fingerprint.Before, After: r.report.Fingerprint.After, Changes: plan.ChangesOf(r.report.Changes),
	}
	hashes := map[string]string{}
	for _, revision := range r.scene.result.Graph.Revisions {
		hashes[revision.ID] = revision.SHA256
	}
	for _, a := range r.scene.result.Applied {
		p.Revisions = append(p.Revisions, plan.Revision{ID: a.Revision, SHA256: hashes[a.Revision]})
	}
	return p
}

// sealedPlan is the hidden line for the promotion; "" where there is nothing to promote, or nothing
// to sign with.
func (r *run) sealedPlan() (string, error) {
	if r.report.Kind != report.Rehearsal || r.report.Plan == "" || r.PlanKey == "" {
		return "", nil
	}
	reviewed := plan.Reviewed{
		Plan: r.plan(), Repository: r.task.Repository, Number: r.task.Number, HeadSHA: r.task.HeadSHA, At: r.Now().UTC(),
		Run: runID(r.task.RunURL), Blocked: r.report.Verdict == report.Block,
	}
	sealed, err := plan.Seal(reviewed, r.PlanKey)
	if err != nil {
		return "", err
	}
	return "\n" + planMark + sealed + " -->\n", nil
}

// runPath is the part of a run's address that names it (https://github.com/OWNER/NAME/actions/runs/ID).
var runPath = regexp.MustCompile(`/actions/runs/([0-9]+)`)

// runID is the run's number; 0 for none.
func runID(address string) int64 {
	found := runPath.FindStringSubmatch(address)
	if found == nil {
		return 0
	}
	id, _ := strconv.ParseInt(found[1], 10, 64) // digits; too many of them are none
	return id
}

// unread is a comment that could not be read.
type unread struct{ error }

// planOf reads the plan that the rehearsal of a pull request left in its comment.
func (r *run) planOf(ctx context.Context, number int) (plan.Reviewed, error) {
	body, err := r.GitHub.OwnComment(ctx, number, r.rehearsalMarker())
	if err != nil {
		return plan.Reviewed{}, &unread{err}
	}
	_, after, found := strings.Cut(body, planMark)
	sealed, _, whole := strings.Cut(after, " -->")
	if !found || !whole {
		return plan.Reviewed{}, fault.New("reading the reviewed plan", fmt.Sprintf("no rehearsal left one on pull request #%d", number), "rehearse the pull request again")
	}
	reviewed, err := plan.Open(strings.TrimSpace(sealed), r.PlanKey)
	if err == nil && (reviewed.Number != number || reviewed.Repository != r.task.Repository) {
		err = fault.New("reading the reviewed plan", fmt.Sprintf("it is of pull request #%d in %s", reviewed.Number, reviewed.Repository), "rehearse the pull request again")
	}
	return reviewed, err
}

// needsPlan tells whether what is pending must have been reviewed. At a terminal, where nobody names a pull
// request or a commit, the word of whoever sits there counts.
func (r *run) needsPlan() bool {
	demand := r.task.Promotion.RequirePlan
	return demand == Always || demand != Never && (r.task.Number != 0 || r.task.HeadSHA != "")
}

// findPlan finds the plan that covers what is pending: that of the pull request which landed, or of the one
// that brought the last pending revision, if its own promotion did not come to its end.
func (r *run) findPlan(ctx context.Context) error {
	if !r.needsPlan() {
		r.report.Notes = append(r.report.Notes, "No reviewed plan was asked for: what is pending is promoted as it is.")
		return nil
	}
	if r.GitHub == nil {
		return r.refuse(plan.Missing, "plans are kept on pull requests, and without a token and a repository GitHub cannot be asked",
			"give github-token; or promote what nobody reviewed with require-plan: never")
	}
	pending := r.pending()
	var because error
	for _, number := range r.planHolders(ctx) {
		reviewed, err := r.coveringPlan(ctx, number)
		var trouble *unread
		switch {
		case err == nil:
			return r.takePlan(ctx, reviewed)
		case errors.As(err, &trouble):
			return trouble.error // GitHub does not answer, which says nothing about the plan
		}
		because = firstOf(because, err)
	}
	if because == nil {
		because = fmt.Errorf("no pull request brought %s", strings.Join(pending, ", "))
	}
	return r.refuse(plan.Missing, fmt.Sprintf("nobody reviewed a plan of what is pending (%s): %s", strings.Join(pending, ", "), inFull(because)),
		"bring the revisions by a pull request and let it be rehearsed; or promote what nobody reviewed with require-plan: never")
}

// inFull is an error with its cause, for words that have room for no more.
func inFull(err error) string {
	if explained, ok := fault.Explain(err); ok {
		return err.Error() + ": " + explained.Why
	}
	return err.Error()
}

// coveringPlan is the plan of a pull request, if it has all that is pending.
func (r *run) coveringPlan(ctx context.Context, number int) (plan.Reviewed, error) {
	reviewed, err := r.planOf(ctx, number)
	switch {
	case err != nil:
		return reviewed, err
	case !r.covered(reviewed.Plan):
		return reviewed, fmt.Errorf("the plan of pull request #%d is of %s", number, strings.Join(ids(reviewed.Plan), ", "))
	}
	return reviewed, r.gateDisagrees(ctx, reviewed)
}

// planHolders are the pull requests whose plan may cover what is pending.
func (r *run) planHolders(ctx context.Context) []int {
	var holders []int
	add := func(number int) {
		if number != 0 && !slices.Contains(holders, number) {
			holders = append(holders, number)
		}
	}
	add(r.task.Number)
	for _, file := range r.pendingFiles() {
		pr, found, err := r.GitHub.PullRequestOfFile(ctx, file)
		if err != nil {
			r.Logger.Debug("asking who brought a revision", "file", file, "error", err)
		}
		if found {
			add(pr.Number)
		}
	}
	return holders
}

// pendingFiles are the files of the pending revisions, from the root of the repository, last one first.
func (r *run) pendingFiles() []string {
	var files []string
	for _, p := range r.parts {
		paths := map[string]string{}
		for _, known := range p.scene.result.Graph.Revisions {
			paths[known.ID] = known.Path
		}
		for _, id := range slices.Backward(p.scene.pending) {
			if file, inside := p.scene.project.FromRoot(paths[id]); inside && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files
}

// covered tells that a plan has all that is pending, for every target.
func (r *run) covered(p plan.Plan) bool {
	return !slices.ContainsFunc(r.parts, func(part *run) bool { return !p.Covers(part.name, part.scene.pending) })
}

// takePlan refuses a plan that its own rehearsal spoke against, or that is too old.
func (r *run) takePlan(ctx context.Context, reviewed plan.Reviewed) error {
	if age, limit := r.Now().Sub(reviewed.At), r.task.Promotion.PlanAge; limit > 0 && age > limit {
		return r.refuse(plan.Expired, fmt.Sprintf("the plan of pull request #%d is of %s, and one counts for %s", reviewed.Number, reviewed.At.Format("2006-01-02 15:04 UTC"), period(limit)),
			"run the rehearsal's workflow once more, then this one")
	}
	if reviewed.Blocked {
		by, found, err := r.GitHub.Override(ctx, reviewed.Number, r.task.Risk.Override)
		if err != nil || !found {
			return r.refuse(plan.Blocked, fmt.Sprintf("the rehearsal of pull request #%d spoke against it, and nobody with write access let it pass", reviewed.Number),
				fmt.Sprintf("mend it in another pull request; or let somebody with write access set the label %s on #%d, and run this again", r.task.Risk.Override, reviewed.Number))
		}
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("What blocked was let pass by %s, with the label %s.", by.By, r.task.Risk.Override))
	}
	r.scene.reviewed = &reviewed
	r.report.Promotion.Reviewed = reviewed.Plan.Digest()
	return nil
}

// different is the comparison with a plan that something else would happen than.
const different = "different"

// comparePlans goes on where what would happen now is what was reviewed. Where production moved and the same
// happens to it, the plan is adapted if that proves to be sound; otherwise the policy decides.
func (r *run) comparePlans(ctx context.Context) error {
	told := r.report.Promotion
	if r.scene.reviewed == nil {
		return nil
	}
	reviewed, now := r.scene.reviewed.Plan, r.scene.copy.plan()
	if rest, begun := reviewed.Rest(now); begun {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("Production has %d of the plan's %d revisions already.", runs(reviewed)-runs(now), runs(reviewed)))
		reviewed = rest
	}
	d := plan.Compare(reviewed, now)
	told.Gone, told.New = d.Gone, d.New
	switch {
	case d.Identical():
		told.Comparison = "identical"
		return nil
	case d.Harmless():
		return r.moved(ctx, d)
	}
	told.Comparison = different
	return r.refuse(d.Reasons[0], "what would happen now is not what was reviewed: "+r.inWords(d),
		"rehearse again in a new pull request, or put production back as it was; what differs is listed")
}

// inWords says why two plans differ.
func (r *run) inWords(d plan.Difference) string {
	was, now := r.scene.reviewed.Plan, r.scene.copy.plan()
	said := map[plan.Reason]string{
		plan.ChainChanged:    fmt.Sprintf("the revisions are %s and were %s", list(ids(now)), list(ids(was))),
		plan.FilesChanged:    "the files of " + list(d.Files) + " were edited after the review",
		plan.RevisionChanged: fmt.Sprintf("production is at %s and was at %s", list(from(now)), list(from(was))),
		plan.SchemaChanged:   "production's schema is another one",
		plan.ChangesDiffer:   fmt.Sprintf("%s would not happen, and %d that nobody reviewed would", count(len(d.Gone), "reviewed change"), len(d.New)),
		plan.Elsewhere:       "the plan is of another database",
	}
	var words []string
	for _, reason := range d.Reasons {
		words = append(words, said[reason])
	}
	return strings.Join(words, "; ")
}

// refuse stops a promotion before anything was changed.
func (r *run) refuse(reason plan.Reason, why, do string) error {
	r.top().scene.refused = true
	r.top().report.Reason = string(reason)
	return fault.New("promoting to production", why, "nothing was changed; "+do)
}

// ids are the revisions of a plan, each once.
func ids(p plan.Plan) []string {
	var all []string
	for _, part := range p.Every() {
		for _, one := range part.Revisions {
			if !slices.Contains(all, one.ID) {
				all = append(all, one.ID)
			}
		}
	}
	return all
}

// runs is how often a plan runs a revision: once for every target.
func runs(p plan.Plan) int {
	n := 0
	for _, part := range p.Every() {
		n += len(part.Revisions)
	}
	return n
}

// from is where a plan begins.
func from(p plan.Plan) []string {
	var all []string
	for _, part := range p.Every() {
		all = append(all, part.From...)
	}
	return all
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
