package githublocal

import (
	"crypto/sha1" //nolint:gosec // git names commits by SHA-1
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"
)

// object is a JSON object as it goes over the wire. Shapes are written out by hand and
// not taken from a client's types, so that a wrong name cannot cancel itself out.
type object = map[string]any

// store is what the repository holds. Server.mu guards it.
type store struct {
	now                 func() time.Time
	web, api            string // addresses without a slash at the end
	owner, name, branch string
	ownerIsUser         bool
	private             bool

	lastID      int64
	lastNumber  int
	ids         map[string]int64  // of people and of other named things
	roles       map[string]string // login to permission
	refs        map[string]string // branch to head commit
	commits     map[string]*commit
	issues      map[int]*issue
	comments    []*Comment
	statuses    []*status
	checks      []*checkRun
	deployments []*deployment
	moves       []move
	reruns      []int64
	goneRuns    []int64
}

// commit is one commit that was pushed or merged.
type commit struct {
	sha, message, author string
	parents              []string
	at                   time.Time
	files                []File
}

// issue is an issue, or a pull request when pull is set: both share their numbers,
// conversation and labels.
type issue struct {
	id                      int64
	number                  int
	title, body, author     string
	state, reason, closedBy string
	labels                  []string
	happened                []happening
	created, updated        time.Time
	closed                  time.Time // zero while open
	pull                    *pull
	association             string
}

// pull is what a pull request has besides an issue.
type pull struct {
	head, base          string // branch names
	headSHA, baseSHA    string
	before              string // head before the last push
	forkOwner           string // "" when the head is in this repository
	forkGone            bool
	draft               bool
	commits             []string
	files               []File
	testMerge           string // refs/pull/N/merge
	reviews             []*review
	mergedBy            string
	mergedAt            time.Time // zero while unmerged
	mergeSHA, mergeBase string    // mergeBase is the base branch's head just before
	landed              []string  // commits that the merge put onto the base branch
}

func newStore(c Config, url string) *store {
	st := &store{
		now: c.Now, web: url, api: url + apiPrefix,
		owner: c.Owner, name: c.Repo, branch: c.DefaultBranch, ownerIsUser: c.OwnerIsUser, private: c.Private,
		ids:     map[string]int64{"github-actions[bot]": 41898282, "dependabot[bot]": 49699333, "web-flow": 19864447},
		roles:   map[string]string{},
		refs:    map[string]string{},
		commits: map[string]*commit{},
		issues:  map[int]*issue{},
	}
	if c.OwnerIsUser {
		st.roles[c.Owner] = "admin"
	}
	first := st.commit(&commit{message: "Initial commit", author: c.Owner})
	st.move(c.DefaultBranch, first, c.Owner, "push")
	return st
}

// id gives a number that nothing else in this repository has.
func (st *store) id() int64 {
	st.lastID++
	return 1_000_000 + st.lastID
}

// node makes the opaque identifier of the GraphQL API.
func node(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%03d:%s%d", len(kind), kind, id))
}

// sha makes a commit or tree name that is the same in each run of the same story.
func (st *store) sha(parts ...any) string {
	sum := sha1.Sum(fmt.Appendln(fmt.Appendf(nil, "%s/%s %d ", st.owner, st.name, st.id()), parts...)) //nolint:gosec // a name
	return hex.EncodeToString(sum[:])
}

// commit keeps c, giving it a name and a time where it has none.
func (st *store) commit(c *commit) string {
	if c.sha == "" {
		c.sha = st.sha(c.message, c.parents)
	}
	if c.at.IsZero() {
		c.at = st.now()
	}
	st.commits[c.sha] = c
	return c.sha
}

// userID gives the id of a person, who exists from when first named.
func (st *store) userID(login string) int64 {
	id, ok := st.ids[login]
	if !ok {
		id = st.id()
		st.ids[login] = id
	}
	return id
}

func (st *store) repoWeb() string { return st.web + "/" + st.owner + "/" + st.name }
func (st *store) repoAPI() string { return st.api + "/repos/" + st.owner + "/" + st.name }

// stamp writes a time as GitHub does: UTC, whole seconds; null for none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// orNull is null for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
