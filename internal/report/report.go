// Package report holds what a run found as one plain value and renders it: as a
// pull request comment, as a job summary, for a terminal, and as JSON.
//
// The value is filled by the stories and knows nothing of how it was found. All its
// strings may come from strangers (names, docstrings, error texts): they are kept as
// they came, and every rendering escapes them.
package report

import (
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/probe"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

// Version is the version of the JSON form. It grows when a field changes its
// meaning or goes; new fields alone do not change it.
const Version = 1

// Kind names the story that a report is about.
type Kind string

// The kinds of reports.
const (
	Rehearsal Kind = "rehearsal" // a pull request's revisions, run on a branch
	Promotion Kind = "promotion" // production's upgrade after the merge
	Cleanup   Kind = "cleanup"   // branches removed
	Checking  Kind = "check"     // what can be checked without a database
	Watch     Kind = "drift"     // production against its own history, on a schedule
)

// Verdict is the outcome of a run in one word.
type Verdict string

// The verdicts.
const (
	Pass      Verdict = "pass"      // nothing stands against it
	Warn      Verdict = "warn"      // may go on; somebody should look
	Block     Verdict = "block"     // ran, and must not go on
	Failed    Verdict = "failed"    // did not come to its end
	Cancelled Verdict = "cancelled" // was stopped from outside
	Neutral   Verdict = "neutral"   // could not run here, and that is nobody's fault (fork, no secrets)
)

// State is the outcome of one check.
type State string

// The states of a check.
const (
	OK      State = "ok"      // as it should be
	Drift   State = "drift"   // a difference that should not be there
	Broken  State = "broken"  // the check itself could not be done
	Skipped State = "skipped" // not asked for
	// NotComputable is a check that this project cannot have, and that is nobody's fault.
	NotComputable State = "not-computable"
	Unknown       State = "unknown" // not reached
)

// Names of the checks. Others may be used; these have words of their own in the comment.
const (
	CheckModels     = "models"     // models against the upgraded branch
	CheckHeads      = "heads"      // exactly one head, nothing unknown
	CheckProduction = "production" // production against its own history
	CheckReversible = "reversible" // down and up again gives the same
)

// Severity ranks a finding.
type Severity string

// The severities, mildest first.
const (
	SeverityInfo  Severity = "info"
	SeverityWarn  Severity = "warn"
	SeverityBlock Severity = "block"
)

// Report is what one run found. The zero value of every field means "not known" or
// "does not apply", and is left out of all renderings.
type Report struct {
	// Version is [Version]; [Encode] fills it in.
	Version int     `json:"version"`
	Kind    Kind    `json:"kind"`
	Verdict Verdict `json:"verdict"`
	// PullRequest is the pull request that the run was for.
	PullRequest PullRequest `json:"pull_request,omitzero"`
	// Project is the Neon project's id, Database the database's name in it.
	Project  string `json:"project,omitempty"`
	Database string `json:"database,omitempty"`
	// Key tells several reports on one pull request apart, such as working directories.
	Key string `json:"key,omitempty"`
	// Target names the database or configuration that this part of a report is about, Parts are all of them in the
	// order of the run. What a report with parts says itself is about the run as a whole.
	Target string   `json:"target,omitempty"`
	Parts  []Report `json:"parts,omitempty"`
	// Directory is the project's, from the repository's root; "." is the root itself. The paths of
	// revisions, findings and statements begin there.
	Directory string           `json:"directory,omitempty"`
	Branch    Branch           `json:"branch,omitzero"`
	Revisions Revisions        `json:"revisions,omitzero"`
	Checks    []Check          `json:"checks,omitempty"`
	Changes   []catalog.Change `json:"changes,omitempty"`
	// Sizes tell how large the changed tables were, Diagram shows them and their neighbours,
	// NotModelled names what was not looked into.
	Sizes       []catalog.Size  `json:"sizes,omitempty"`
	Diagram     catalog.Diagram `json:"diagram,omitzero"`
	NotModelled []string        `json:"not_modelled,omitempty"`
	Findings    []Finding       `json:"findings,omitempty"`
	// Recording is what was seen of the upgrade, statement by statement; nil where nothing was recorded.
	Recording *recorder.Recording `json:"recording,omitempty"`
	// Stalls are how long a user of a table would have had to wait, longest first: measured in a
	// second run, because readers and writers beside the first would have changed it.
	Stalls  []probe.Stall `json:"stalls,omitempty"`
	Failure *Failure      `json:"failure,omitempty"`
	// Reason is the stable word for what stopped a promotion, for workflows to read.
	Reason string `json:"reason,omitempty"`
	// Calibration is how the predictions of the last promotions have fared; nil where there were none.
	Calibration *Calibration `json:"calibration,omitempty"`
	// Promotion is what only a promotion has.
	Promotion   *Promoted    `json:"promotion,omitempty"`
	Plan        string       `json:"plan,omitempty"`
	Fingerprint Fingerprints `json:"fingerprint,omitzero"`
	Steps       []Step       `json:"steps,omitempty"`
	// Swept lists the branches that a cleanup looked at.
	Swept []Swept `json:"swept,omitempty"`
	// Notes are remarks for the reader, one sentence each.
	Notes []string `json:"notes,omitempty"`
	// RunURL leads to the run's page, where the whole report is.
	RunURL    string        `json:"run_url,omitempty"`
	StartedAt time.Time     `json:"started_at,omitzero"`
	Took      time.Duration `json:"took_ns,omitempty"`
}

// PullRequest is where the revisions come from.
type PullRequest struct {
	// Repository is OWNER/NAME.
	Repository string `json:"repository,omitempty"`
	Number     int    `json:"number,omitempty"`
	URL        string `json:"url,omitempty"`
	// HeadSHA is the commit that was rehearsed, in full.
	HeadSHA string `json:"head_sha,omitempty"`
}

// Branch is the Neon branch that the run worked on.
type Branch struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	// Parent is the name of the branch that it was copied from.
	Parent string `json:"parent,omitempty"`
	// Reset tells that the branch was there and was set back to its parent.
	Reset bool `json:"reset,omitempty"`
	// Kept tells that the branch stays after a failure, for inspection.
	Kept       bool      `json:"kept,omitempty"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	ConsoleURL string    `json:"console_url,omitempty"`
}

// Revisions tells where the database was, where the revisions lead, and what was applied.
type Revisions struct {
	// From is what alembic_version said before; empty for a database without revisions.
	From []string `json:"from,omitempty"`
	// To are the heads that the upgrade aims at, reached or not.
	To      []string   `json:"to,omitempty"`
	Applied []Revision `json:"applied,omitempty"`
	// Failed is the id of the revision that did not run to its end.
	Failed string `json:"failed,omitempty"`
}

// Revision is one applied Alembic revision.
type Revision struct {
	ID   string   `json:"id"`
	Down []string `json:"down,omitempty"`
	// Doc is the first line of the revision's docstring.
	Doc  string `json:"doc,omitempty"`
	Path string `json:"path,omitempty"`
	// Took is the time from the revision's start to its end, Statements what it sent.
	Took       time.Duration `json:"took_ns,omitempty"`
	Statements int           `json:"statements,omitempty"`
	// Rehearsed is how long a promotion's revision took on the copy of production.
	Rehearsed time.Duration `json:"rehearsed_ns,omitempty"`
}

// Promoted is what a promotion knows beside what it did to the schema.
type Promoted struct {
	// DryRun tells that nothing was done.
	DryRun bool `json:"dry_run,omitempty"`
	// Reviewed is the digest of the plan that was reviewed; empty where none was needed.
	Reviewed string `json:"reviewed,omitempty"`
	// Comparison says how what would happen now compares with that plan, Gone and New list changes that
	// were reviewed and would not happen, and those that nobody reviewed.
	Comparison string `json:"comparison,omitempty"`
	// Moved are production's own changes since the review, where they were looked for. Adapted is the digest of the plan
	// that took the reviewed one's place, because both orders lead to the same; empty where none did.
	Moved   []string `json:"moved,omitempty"`
	Adapted string   `json:"adapted,omitempty"`
	Gone    []string `json:"gone,omitempty"`
	New     []string `json:"new,omitempty"`
	// Restore is the branch that keeps production as it was.
	Restore RestorePoint `json:"restore,omitzero"`
	// History is how far back Neon keeps the project's history, the second way back; Before is the last moment before
	// the upgrade, by production's clock.
	History time.Duration `json:"history_ns,omitempty"`
	Before  time.Time     `json:"before,omitzero"`
	// Branches is how many branches the project had, BranchesLimit how many it may have; 0 where Neon does not tell.
	Branches      int `json:"branches,omitempty"`
	BranchesLimit int `json:"branches_limit,omitempty"`
	// Attempts is how often the upgrade was begun; more than once after lock timeouts.
	Attempts int `json:"attempts,omitempty"`
	// Blockers are who kept the upgrade waiting.
	Blockers []string `json:"blockers,omitempty"`
	// Rehearsed is how long the upgrade took on the copy, Took on production.
	Rehearsed time.Duration `json:"rehearsed_ns,omitempty"`
	Took      time.Duration `json:"took_ns,omitempty"`
	// Blocked is the longest time that readers or writers of one table were kept out, BlockedOnCopy what it was on
	// the copy.
	Blocked       time.Duration `json:"blocked_ns,omitempty"`
	BlockedOnCopy time.Duration `json:"blocked_on_copy_ns,omitempty"`
	// Restored is what came of taking production back by itself; nil where nobody asked for that, or nothing was half-way.
	Restored *Restored `json:"restored,omitempty"`
	// Stand is where a promotion that failed left production; nil for one that did not.
	Stand *Stand `json:"stand,omitempty"`
}

// RestorePoint is a branch that keeps production as it was.
type RestorePoint struct {
	ID        string    `json:"id,omitempty"`
	Name      string    `json:"name,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// Restored tells whether production was taken back to its restore point by itself.
type Restored struct {
	Done bool `json:"done"`
	// Kept is the branch that has what production was meanwhile, Why is why it was not taken back.
	Kept string `json:"kept,omitempty"`
	Why  string `json:"why,omitempty"`
}

// Stand is where production was left.
type Stand struct {
	// What says it in a sentence.
	What string `json:"what"`
	// Applied are the plan's revisions that production has, Pending those that it does not have.
	Applied []string `json:"applied,omitempty"`
	Pending []string `json:"pending,omitempty"`
	// Since are the objects that differ from before, Missing those that differ from what was rehearsed.
	Since   []string `json:"since,omitempty"`
	Missing []string `json:"missing,omitempty"`
	// Safe tells that the promotion may simply be run again.
	Safe bool `json:"safe"`
	// GoOn and GoBack are the commands for both ways.
	GoOn   string `json:"go_on,omitempty"`
	GoBack string `json:"go_back,omitempty"`
}

// Check is one question that was asked of the models, the history or production.
type Check struct {
	Name    string `json:"name"`
	State   State  `json:"state"`
	Summary string `json:"summary,omitempty"`
	// Operations are the missing operations in words, one each.
	Operations []string `json:"operations,omitempty"`
	// Differences are what drifted, gravest first. A check that is OK may have some that are
	// worth knowing and wrong in no way.
	Differences []Difference `json:"differences,omitempty"`
	// Code is Python that can be pasted into a revision, File the whole revision ready to save,
	// SQL what makes the database as its revisions say.
	Code string `json:"code,omitempty"`
	File *File  `json:"file,omitempty"`
	SQL  string `json:"sql,omitempty"`
	Do   string `json:"do,omitempty"`
}

// Difference is one thing that two sides say differently.
type Difference struct {
	Severity Severity `json:"severity"`
	// Tier is the kind of difference: contradiction, only in the models, and so on.
	Tier string `json:"tier"`
	// Object is its kind and name, What the difference in a sentence.
	Object string `json:"object"`
	What   string `json:"what"`
	// Wanted is what the models or the revisions say, Found what the database says.
	Wanted string `json:"wanted,omitempty"`
	Found  string `json:"found,omitempty"`
}

// File is a file to be saved in the project.
type File struct {
	// Path is relative to the project's directory, with slashes.
	Path    string `json:"path"`
	Content string `json:"content"`
}

// Finding is one judged risk or fault.
type Finding struct {
	// Code is the finding's stable name.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Object is its kind and name, as a change's.
	Object string `json:"object,omitempty"`
	Title  string `json:"title"`
	// Evidence is what was measured or seen, Known how: measured, sampled or inferred.
	Evidence string `json:"evidence,omitempty"`
	Known    string `json:"known,omitempty"`
	// Why is what it means, Advice the safe way, Fix the same as Alembic code.
	Why    string `json:"why,omitempty"`
	Advice string `json:"advice,omitempty"`
	Fix    string `json:"fix,omitempty"`
	// Statement is the number in the recording; Revision, Path and Line are where it came from.
	Statement int    `json:"statement,omitempty"`
	Revision  string `json:"revision,omitempty"`
	Path      string `json:"path,omitempty"`
	Line      int    `json:"line,omitempty"`
	// Allowed is why the finding does not count.
	Allowed *Allowed `json:"allowed,omitempty"`
}

// Allowed is what the project said about a finding that it lets pass.
type Allowed struct {
	Reason string `json:"reason"`
	// Where it stands: a path, with the line after a colon.
	Where string `json:"where"`
}

// Failure is what stopped the run.
type Failure struct {
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
	Do   string `json:"do,omitempty"`
	// Output is the tool's last output, masked and free of row data.
	Output string `json:"output,omitempty"`
}

// Fingerprints are the catalog's hashes around the upgrade, "sha256:" and hex digits.
type Fingerprints struct {
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Step is one stage of the run. Steps follow each other without gaps that matter.
type Step struct {
	Name string        `json:"name"`
	Took time.Duration `json:"took_ns,omitempty"`
	// Outcome is "" or "ok" for a step that went well, otherwise one word such as "failed".
	Outcome string `json:"outcome,omitempty"`
}

// Swept is what a cleanup did with one branch.
type Swept struct {
	Branch string `json:"branch"`
	// Number is the pull request that the branch was made for; 0 if there is none.
	Number int `json:"number,omitempty"`
	// Outcome is removed, kept or failed; Why tells the reason.
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
}

// Every gives the report's parts in their order; the report itself where it has none.
func (r Report) Every() []Report {
	if len(r.Parts) > 0 {
		return r.Parts
	}
	return []Report{r}
}

// sum adds up what is counted in every part.
func (r Report) sum(of func(Report) int) int {
	n := 0
	for _, one := range r.Every() {
		n += of(one)
	}
	return n
}

// Count gives the number of findings of a severity, without those that the project lets pass.
func (r Report) Count(s Severity) int {
	return r.sum(func(one Report) int {
		n := 0
		for _, f := range one.Findings {
			if f.Severity == s && f.Allowed == nil {
				n++
			}
		}
		return n
	})
}

// AllChanges is the number of changes of the schema, AllApplied that of the revisions which ran.
func (r Report) AllChanges() int { return r.sum(func(one Report) int { return len(one.Changes) }) }

// AllApplied counts a revision once for every database that it ran on.
func (r Report) AllApplied() int {
	return r.sum(func(one Report) int { return len(one.Revisions.Applied) })
}

// AllFindings are the findings of every part.
func (r Report) AllFindings() []Finding {
	var all []Finding
	for _, one := range r.Every() {
		all = append(all, one.Findings...)
	}
	return all
}

// AllChecks are the checks of every part.
func (r Report) AllChecks() []Check {
	var all []Check
	for _, one := range r.Every() {
		all = append(all, one.Checks...)
	}
	return all
}
