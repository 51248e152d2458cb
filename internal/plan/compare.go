package plan

import "slices"

// Reason is why what would happen now is not what was reviewed. The words are stable: workflows
// read them from the output reason.
type Reason string

// The reasons that two plans can differ for, gravest first.
const (
	// ChainChanged is other revisions, or another order.
	ChainChanged Reason = "revision-chain-changed"
	// FilesChanged is a revision whose file is another one.
	FilesChanged Reason = "files-changed"
	// RevisionChanged is production at another revision.
	RevisionChanged Reason = "production-revision-changed"
	// SchemaChanged is production with another catalog.
	SchemaChanged Reason = "production-schema-changed"
	// ChangesDiffer is that the revisions do something else to it.
	ChangesDiffer Reason = "changes-differ"
	// Elsewhere is another project or database.
	Elsewhere Reason = "foreign-plan"
)

// The other reasons that a promotion can stop for.
const (
	// Missing is that nobody reviewed a plan which covers what is pending: none was made, it was edited, or
	// signed with another key.
	Missing Reason = "no-plan"
	// Blocked is a plan that its own rehearsal spoke against.
	Blocked Reason = "plan-blocked"
	// Expired is a plan that is too old.
	Expired Reason = "plan-expired"
	// Locked is that another promotion was at work for too long.
	Locked Reason = "locked"
	// Uncleared is that the last promotion failed, and nobody said since that others may go on.
	Uncleared Reason = "last-promotion-failed"
	// NoRestorePoint is that production could not be kept as it was.
	NoRestorePoint Reason = "no-restore-point"
	// LockTimeout is that production's traffic let no lock go in time.
	LockTimeout Reason = "lock-timeout"
	// FailedAt is a revision that failed, on the copy or on production.
	FailedAt Reason = "failed-at-revision"
	// Differs is production that is not what was rehearsed, though the upgrade ended well.
	Differs Reason = "verification-failed"
)

// Difference is what differs between the reviewed plan and what would happen now.
type Difference struct {
	Reasons []Reason
	// Files are the ids of revisions whose files differ.
	Files []string
	// Gone are changes that were reviewed and would not happen, New those that nobody reviewed.
	Gone, New []string
}

// Identical tells that nothing differs.
func (d Difference) Identical() bool { return len(d.Reasons) == 0 }

// Harmless tells that only production moved: the same files do the same to it.
func (d Difference) Harmless() bool {
	return !slices.ContainsFunc(d.Reasons, func(r Reason) bool { return r != SchemaChanged })
}

// gravity is the order of the reasons that two plans can differ for.
var gravity = []Reason{Elsewhere, ChainChanged, FilesChanged, RevisionChanged, SchemaChanged, ChangesDiffer}

// Compare tells what would happen now from what was reviewed. Plans for several targets are compared part by part;
// what differs then begins with the part's name.
func Compare(reviewed, now Plan) Difference {
	if len(reviewed.Parts)+len(now.Parts) == 0 {
		return compareOne(reviewed, now)
	}
	if !slices.Equal(reviewed.targets(), now.targets()) {
		return Difference{Reasons: []Reason{Elsewhere}}
	}
	var all Difference
	seen := map[Reason]bool{}
	for i, part := range now.Parts {
		d := compareOne(reviewed.Parts[i], part)
		for _, r := range d.Reasons {
			seen[r] = true
		}
		all.Files = append(all.Files, within(part.Target, d.Files)...)
		all.Gone, all.New = append(all.Gone, within(part.Target, d.Gone)...), append(all.New, within(part.Target, d.New)...)
	}
	all.Reasons = slices.DeleteFunc(slices.Clone(gravity), func(r Reason) bool { return !seen[r] })
	return all
}

// targets names the parts in their order.
func (p Plan) targets() []string {
	var all []string
	for _, part := range p.Parts {
		all = append(all, part.Target)
	}
	return all
}

func within(target string, words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, target+": "+w)
	}
	return all
}

func compareOne(reviewed, now Plan) Difference {
	var d Difference
	because := func(holds bool, r Reason) {
		if holds {
			d.Reasons = append(d.Reasons, r)
		}
	}
	d.Files = otherFiles(reviewed.Revisions, now.Revisions)
	d.Gone, d.New = missing(reviewed.Changes, now.Changes), missing(now.Changes, reviewed.Changes)
	// Where the list was left out for its length, the fingerprints stand for it.
	listed := reviewed.Changes != nil && now.Changes != nil
	differ := reviewed.After != now.After
	if listed {
		differ = len(d.Gone)+len(d.New) > 0
	} else {
		d.Gone, d.New = nil, nil
	}
	because(reviewed.Project != now.Project || reviewed.Database != now.Database, Elsewhere)
	because(!slices.Equal(ids(reviewed.Revisions), ids(now.Revisions)) || !slices.Equal(reviewed.To, now.To), ChainChanged)
	because(len(d.Files) > 0, FilesChanged)
	because(!slices.Equal(reviewed.From, now.From), RevisionChanged)
	because(reviewed.Before != now.Before, SchemaChanged)
	because(differ || reviewed.Before == now.Before && reviewed.After != now.After, ChangesDiffer)
	return d
}

func ids(revisions []Revision) []string {
	var all []string
	for _, r := range revisions {
		all = append(all, r.ID)
	}
	return all
}

// otherFiles are the revisions that both have, with files of their own.
func otherFiles(reviewed, now []Revision) []string {
	var other []string
	for _, r := range reviewed {
		at := slices.IndexFunc(now, func(n Revision) bool { return n.ID == r.ID })
		if at >= 0 && now[at].SHA256 != r.SHA256 {
			other = append(other, r.ID)
		}
	}
	return other
}

// missing are the changes of a that b does not have, in words.
func missing(a, b []Change) []string {
	var words []string
	for _, c := range a {
		if !slices.Contains(b, c) {
			words = append(words, c.What)
		}
	}
	return words
}

// Rest is what is left of a plan whose first revisions production has already: those of now, from where
// production is. That it leads to the same end is for [Compare] to tell. False where now's revisions are not
// the last ones of the plan, or all of them.
func (p Plan) Rest(now Plan) (Plan, bool) {
	if len(p.Parts) == 0 || !slices.Equal(p.targets(), now.targets()) {
		return p.restOne(now)
	}
	p.Parts = slices.Clone(p.Parts)
	begun := false
	for i := range p.Parts {
		if rest, ok := p.Parts[i].restOne(now.Parts[i]); ok {
			p.Parts[i], begun = rest, true
		}
	}
	return p, begun
}

func (p Plan) restOne(now Plan) (Plan, bool) {
	run := len(p.Revisions) - len(now.Revisions)
	if run <= 0 || !slices.Equal(ids(p.Revisions[run:]), ids(now.Revisions)) {
		return Plan{}, false
	}
	p.Revisions, p.From, p.Before, p.Changes = p.Revisions[run:], now.From, now.Before, nil
	return p, true
}

// Covers tells whether all these revisions are among those of the plan, or of its part with that name.
func (p Plan) Covers(target string, revisions []string) bool {
	var known []string
	for _, part := range p.Every() {
		if part.Target == target {
			known = ids(part.Revisions)
		}
	}
	return !slices.ContainsFunc(revisions, func(id string) bool { return !slices.Contains(known, id) })
}
