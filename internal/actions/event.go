package actions

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// maxPayload is GitHub's limit for the payload of an event, 25 MB, with room to spare
// (https://docs.github.com/en/webhooks/webhook-events-and-payloads).
const maxPayload = 32 << 20

// Event is what started the workflow, as far as a story needs it. Texts come from strangers:
// escape them wherever they are shown.
type Event struct {
	Name   string // pull_request, push, schedule, ...
	Action string // opened, closed, ...; empty for events without
	// Number of the pull request, 0 if the event has none.
	Number int
	// HeadSHA is the commit of the pull request's branch: statuses belong there. It is not SHA, which
	// for a pull request is a merge commit that GitHub made for the test.
	HeadSHA, HeadRef string
	BaseSHA, BaseRef string
	URL              string // of the pull request's page
	// Fork is set if the branch is in another repository, or in one that is gone: then the workflow
	// has no secrets and a token that only reads.
	Fork bool
	// Dependabot is set if Dependabot started the run: then there are only Dependabot's own secrets.
	Dependabot     bool
	Merged         bool
	MergeCommitSHA string // of the merge, the squash or the last rebased commit; only if Merged
	Deleted        bool   // push: the branch or tag is gone

	Owner, Repo   string
	DefaultBranch string
	SHA, Ref      string // what the runner would check out
	RunURL        string // page of this run; empty outside of a runner
}

// Withheld tells whether GitHub may have kept the repository's secrets from this run, so that
// a missing key is nobody's mistake.
func (e Event) Withheld() bool { return e.Fork || e.Dependabot }

// payload is the part of GitHub's payloads that is read. Everything may be missing.
type payload struct {
	Action      string `json:"action"`
	PullRequest *struct {
		Number         int    `json:"number"`
		HTMLURL        string `json:"html_url"`
		Merged         bool   `json:"merged"`
		MergeCommitSHA string `json:"merge_commit_sha"`
		Head           side   `json:"head"`
		Base           side   `json:"base"`
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	Issue *struct {
		Number      int `json:"number"`
		PullRequest *struct {
			HTMLURL string `json:"html_url"`
		} `json:"pull_request"`
	} `json:"issue"`
	Ref        string      `json:"ref"`
	Before     string      `json:"before"`
	After      string      `json:"after"`
	Deleted    bool        `json:"deleted"`
	Repository *repository `json:"repository"`
	Sender     struct {
		Login string `json:"login"`
	} `json:"sender"`
}

// side is one end of a pull request. Repo is null if the fork was deleted.
type side struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo *repository `json:"repo"`
}

type repository struct {
	FullName      string `json:"full_name"`
	DefaultBranch string `json:"default_branch"`
}

// Event reads the event of this run from the file that GITHUB_EVENT_PATH names.
func (r *Runner) Event() (Event, error) {
	path := r.getenv("GITHUB_EVENT_PATH")
	if path == "" {
		return Event{}, fault.Usage("there is no event",
			"GITHUB_EVENT_PATH is not set, so this is not a step of a workflow",
			"in a terminal name the command, such as `neon-migrations rehearse --pull-request 42`")
	}
	f, err := os.Open(path)
	if err != nil {
		return Event{}, eventFault("it cannot be opened").Because(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return ParseEvent(f, r.getenv)
}

func eventFault(why string) *fault.Error {
	return fault.New("reading the event of this run", "GITHUB_EVENT_PATH names the event's payload: "+why,
		"run the workflow again; if it runs in a container of yours, mount the file there")
}

// ParseEvent reads a payload of at most 32 MiB, and from the runner's variables what payloads do
// not tell. The payload's own words win, because a workflow may overwrite variables.
func ParseEvent(body io.Reader, getenv func(string) string) (Event, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxPayload+1))
	if err != nil {
		return Event{}, eventFault("it cannot be read").Because(err)
	}
	if len(data) > maxPayload {
		return Event{}, eventFault(fmt.Sprintf("it is longer than %d MiB, more than GitHub sends", maxPayload>>20))
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return Event{}, eventFault("it is not the JSON that GitHub sends").Because(err)
	}
	e := fromRunner(getenv)
	e.Action = p.Action
	e.repository(p)
	e.Dependabot = firstOf(getenv("GITHUB_ACTOR"), p.Sender.Login) == "dependabot[bot]"
	switch {
	case p.PullRequest != nil:
		e.pullRequest(p)
	case p.MergeGroup != nil:
		e.mergeGroup(p)
	case p.Issue != nil && p.Issue.PullRequest != nil:
		e.Number, e.URL = p.Issue.Number, p.Issue.PullRequest.HTMLURL
	case e.Name == "push":
		e.HeadSHA, e.BaseSHA, e.Deleted = p.After, p.Before, p.Deleted
		e.Ref = firstOf(p.Ref, e.Ref)
	}
	if e.Number < 0 {
		return Event{}, eventFault("the pull request's number is negative")
	}
	return e, nil
}

func fromRunner(getenv func(string) string) Event {
	e := Event{Name: getenv("GITHUB_EVENT_NAME"), SHA: getenv("GITHUB_SHA"), Ref: getenv("GITHUB_REF")}
	e.Owner, e.Repo, _ = strings.Cut(getenv("GITHUB_REPOSITORY"), "/")
	if id := getenv("GITHUB_RUN_ID"); id != "" {
		e.RunURL = fmt.Sprintf("%s/%s/%s/actions/runs/%s", firstOf(getenv("GITHUB_SERVER_URL"), "https://github.com"), e.Owner, e.Repo, id)
	}
	return e
}

func (e *Event) repository(p payload) {
	if p.Repository == nil {
		return
	}
	e.DefaultBranch = p.Repository.DefaultBranch
	if owner, name, found := strings.Cut(p.Repository.FullName, "/"); found && e.Repo == "" {
		e.Owner, e.Repo = owner, name
	}
}

func (e *Event) pullRequest(p payload) {
	pr := p.PullRequest
	e.Number, e.URL = pr.Number, pr.HTMLURL
	e.HeadSHA, e.HeadRef = pr.Head.SHA, pr.Head.Ref
	e.BaseSHA, e.BaseRef = pr.Base.SHA, pr.Base.Ref
	e.Fork = pr.Head.Repo == nil || pr.Base.Repo == nil || pr.Head.Repo.FullName != pr.Base.Repo.FullName
	if pr.Merged {
		e.Merged, e.MergeCommitSHA = true, pr.MergeCommitSHA
	}
}

// queueRef is the branch of a merge queue's group; the base may have slashes.
var queueRef = regexp.MustCompile(`^refs/heads/gh-readonly-queue/.+/pr-([0-9]{1,9})-[0-9a-f]{40,64}$`)

// mergeGroup reads the number from the name of the group's branch: the payload has it nowhere else.
func (e *Event) mergeGroup(p payload) {
	g := p.MergeGroup
	e.HeadSHA, e.HeadRef = g.HeadSHA, strings.TrimPrefix(g.HeadRef, "refs/heads/")
	e.BaseSHA, e.BaseRef = g.BaseSHA, strings.TrimPrefix(g.BaseRef, "refs/heads/")
	if m := queueRef.FindStringSubmatch(g.HeadRef); m != nil {
		e.Number, _ = strconv.Atoi(m[1]) // at most nine digits, so it is a number
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
