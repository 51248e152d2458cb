package githublocal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PullRequest is what a person does on GitHub to open one.
type PullRequest struct {
	// Title and Body are Markdown as typed.
	Title, Body string
	// Author is a login; default octocat. "dependabot[bot]" makes it Dependabot's.
	Author string
	// Head and Base are branch names. Head is needed; Base defaults to the default branch.
	Head, Base string
	// HeadSHA is the pushed commit; "" makes a name up.
	HeadSHA string
	// BaseSHA, if set, becomes the head of the base branch: the demo's repository is real.
	BaseSHA string
	// Message is the commit's; default is the title.
	Message string
	// Files are those the pull request changes.
	Files []File
	// Fork is the owner of the fork that Head is in; "" is a branch of this repository.
	Fork string
	// ForkGone is a fork that its owner deleted: head.repo is null.
	ForkGone bool
	// Draft opens it as a draft.
	Draft bool
}

// File is one file of a pull request's diff.
type File struct {
	// Path is relative to the repository's root.
	Path string
	// Status is added, modified, removed or renamed; default modified.
	Status string
	// Patch is the unified diff's hunks, without the file header.
	Patch string
}

// OpenPullRequest pushes a branch and opens a pull request; it gives its number.
// As on GitHub, a head and base have one open pull request at most.
func (s *Server) OpenPullRequest(p PullRequest) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.open(p)
}

func (st *store) open(p PullRequest) (int, error) {
	if p.Head == "" || p.Title == "" {
		return 0, fmt.Errorf("opening a pull request: head branch and title are needed")
	}
	p.Author, p.Base, p.Message = or(p.Author, "octocat"), or(p.Base, st.branch), or(p.Message, p.Title)
	if p.BaseSHA != "" {
		st.moveRef(p.Base, p.BaseSHA, "Base of "+p.Title)
	}
	base, ok := st.refs[p.Base]
	if !ok {
		return 0, fmt.Errorf("opening a pull request: there is no branch %q", p.Base)
	}
	for _, other := range st.issues {
		if q := other.pull; q != nil && other.state == "open" && q.head == p.Head && q.base == p.Base && q.forkOwner == p.Fork {
			return 0, fmt.Errorf("opening a pull request: %q has one already, #%d", p.Head, other.number)
		}
	}
	q := &pull{
		head: p.Head, base: p.Base, baseSHA: base, forkOwner: p.Fork, forkGone: p.ForkGone, draft: p.Draft, before: base,
	}
	it := st.newIssue(p.Title, p.Body, p.Author)
	it.pull = q
	it.association = st.association(p.Author, p.Fork)
	st.push(it, p.HeadSHA, p.Message, p.Files)
	return it.number, nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (st *store) newIssue(title, body, author string) *issue {
	st.lastNumber++
	now := st.now()
	it := &issue{
		id: st.id(), number: st.lastNumber, title: title, body: body, author: author, state: "open",
		created: now, updated: now, association: st.association(author, ""),
	}
	st.userID(author)
	st.issues[it.number] = it
	return it
}

// association tells how a person relates to the repository, as GitHub's author_association.
func (st *store) association(login, fork string) string {
	switch {
	case login == st.owner:
		return "OWNER"
	case fork != "":
		return "FIRST_TIME_CONTRIBUTOR"
	case strings.HasSuffix(login, "[bot]"):
		return "NONE"
	case st.roles[login] == "" && !st.ownerIsUser:
		return "MEMBER"
	}
	return "COLLABORATOR"
}

func (st *store) moveRef(branch, sha, message string) {
	if _, known := st.commits[sha]; !known {
		st.commit(&commit{sha: sha, message: message, author: st.owner})
	}
	st.move(branch, sha, st.owner, "push")
}

func (st *store) push(it *issue, sha, message string, files []File) {
	q := it.pull
	parent := q.baseSHA
	if n := len(q.commits); n > 0 {
		parent = q.commits[n-1]
		q.before = parent
	}
	q.headSHA = st.commit(&commit{sha: sha, message: message, author: it.author, parents: []string{parent}, files: files})
	q.commits = append(q.commits, q.headSHA)
	for _, f := range files {
		q.files = slices.DeleteFunc(q.files, func(old File) bool { return old.Path == f.Path })
		q.files = append(q.files, f)
	}
	q.testMerge = st.commit(&commit{
		message: fmt.Sprintf("Merge %s into %s", q.headSHA, q.baseSHA), author: it.author,
		parents: []string{q.baseSHA, q.headSHA},
	})
	if q.forkOwner == "" {
		st.move(q.head, q.headSHA, it.author, "push")
	}
	q.follow()
	it.updated = st.now()
}

// Push adds a commit to the branch of an open pull request. headSHA "" makes a name up;
// files are added to those the pull request changes.
func (s *Server) Push(number int, headSHA string, files ...File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.store.openPull("pushing to", number)
	if err != nil {
		return err
	}
	s.store.push(it, headSHA, fmt.Sprintf("Change %d", len(it.pull.commits)+1), files)
	return nil
}

func (st *store) openPull(doing string, number int) (*issue, error) {
	it := st.issues[number]
	switch {
	case it == nil || it.pull == nil:
		return nil, fmt.Errorf("%s pull request #%d: there is none", doing, number)
	case it.state != "open":
		return nil, fmt.Errorf("%s pull request #%d: it is closed", doing, number)
	}
	return it, nil
}

// Merge is how a person merges.
type Merge struct {
	// Method is merge (the default), squash or rebase.
	Method string
	// SHA is the commit that results; "" makes a name up.
	SHA string
	// By is the login of who merges; default is the author.
	By string
}

// Merge merges an open pull request by method merge, squash or rebase, moves the base
// branch, and gives merge_commit_sha. The head branch stays.
func (s *Server) Merge(number int, method string) (string, error) {
	return s.MergeAs(number, Merge{Method: method})
}

// MergeAs is Merge with the resulting commit and the merging person given.
func (s *Server) MergeAs(number int, how Merge) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.store.openPull("merging", number)
	if err != nil {
		return "", err
	}
	return s.store.merge(it, how)
}

func (st *store) merge(it *issue, how Merge) (string, error) {
	q, now := it.pull, st.now()
	tip := st.refs[q.base]
	q.mergeBase = tip
	by := or(how.By, it.author)
	switch or(how.Method, "merge") {
	case "merge":
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", it.number, or(q.forkOwner, st.owner), q.head, it.title)
		q.mergeSHA = st.commit(&commit{sha: how.SHA, message: message, author: by, parents: []string{tip, q.headSHA}, files: q.files})
		q.landed = append(slices.Clone(q.commits), q.mergeSHA)
	case "squash":
		message := fmt.Sprintf("%s (#%d)", it.title, it.number)
		q.mergeSHA = st.commit(&commit{sha: how.SHA, message: message, author: it.author, parents: []string{tip}, files: q.files})
		q.landed = []string{q.mergeSHA}
	case "rebase":
		for i, sha := range q.commits {
			again := *st.commits[sha]
			again.sha, again.parents, again.at = "", []string{tip}, now
			if i == len(q.commits)-1 {
				again.sha = how.SHA
			}
			tip = st.commit(&again)
			q.landed = append(q.landed, tip)
		}
		q.mergeSHA = tip
	default:
		return "", fmt.Errorf("merging pull request #%d: no method %q; it is merge, squash or rebase", it.number, how.Method)
	}
	st.move(q.base, q.mergeSHA, by, "pr_merge")
	q.mergedBy, q.mergedAt = by, now
	st.close(it, by, "")
	return q.mergeSHA, nil
}

func (st *store) close(it *issue, by, reason string) {
	it.state, it.reason, it.closedBy = "closed", reason, by
	it.closed = st.now()
	st.happen(it, happening{kind: "closed", actor: by})
}

// CloseUnmerged closes an open pull request without merging it.
func (s *Server) CloseUnmerged(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.store.openPull("closing", number)
	if err == nil {
		s.store.close(it, it.author, "")
	}
	return err
}

// Reopen opens a pull request that was closed unmerged.
func (s *Server) Reopen(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.store.issues[number]
	if it == nil || it.pull == nil || it.state == "open" || !it.pull.mergedAt.IsZero() {
		return fmt.Errorf("reopening pull request #%d: only one that was closed unmerged can be", number)
	}
	it.state, it.closed, it.closedBy = "open", time.Time{}, ""
	s.store.happen(it, happening{kind: "reopened", actor: it.author})
	return nil
}

// Head gives the head commit of a branch of this repository; "" if there is none.
func (s *Server) Head(branch string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.refs[branch]
}

// SetRole gives a person a permission on the repository: admin, maintain, write, triage,
// read or none.
func (s *Server) SetRole(login, permission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.userID(login)
	s.store.roles[login] = permission
}
