package githublocal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Access is how far a permission goes; write includes read.
type Access int

// The levels of a permission, from nothing up.
const (
	None Access = iota
	Read
	Write
)

// String is the level's name as in a workflow file.
func (a Access) String() string { return [...]string{"none", "read", "write"}[a] }

// Scope is a permission by its name in a workflow's permissions block.
type Scope string

// The scopes that the served endpoints ask for.
const (
	PullRequests Scope = "pull-requests"
	Issues       Scope = "issues"
	Checks       Scope = "checks"
	Statuses     Scope = "statuses"
	Deployments  Scope = "deployments"
	Contents     Scope = "contents"
	Actions      Scope = "actions"
)

// Token is one more way to sign in.
type Token struct {
	// Text is the token itself.
	Text secret.Text
	// Login makes it a person's token (PAT). Without it, it is an installation token, as
	// GITHUB_TOKEN is: it acts as github-actions[bot] and may not ask GET /user.
	Login string
	// Permissions are as in a workflow; nil is write for all. What is not named is none.
	Permissions map[Scope]Access
}

// AddToken lets a token in, or changes what a known one may do.
func (s *Server) AddToken(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Permissions = maps.Clone(t.Permissions)
	s.tokens[t.Text.Reveal()] = &bearer{Token: t}
}

// bearer is a token with what it has used up.
type bearer struct {
	Token
	used   int
	resets time.Time
}

// The primary limits per hour that GitHub documents: GITHUB_TOKEN per repository, and a
// person's token.
const (
	installationRate = 1000
	personRate       = 5000
)

func (b *bearer) installation() bool { return b.Login == "" }

// login is who acts.
func (b *bearer) login() string {
	if b.installation() {
		return "github-actions[bot]"
	}
	return b.Login
}

func (b *bearer) may(scope Scope, access Access) bool {
	return b.Permissions == nil || b.Permissions[scope] >= access
}

// spend counts one request; false when the hour's limit is used up.
func (b *bearer) spend(limit int, now time.Time) bool {
	if now.After(b.resets) {
		b.used, b.resets = 0, now.Add(time.Hour)
	}
	if b.used >= limit {
		return false
	}
	b.used++
	return true
}

func (b *bearer) limit(forced int) int {
	switch {
	case forced > 0:
		return forced
	case b.installation():
		return installationRate
	}
	return personRate
}

// need is what an endpoint asks of a token: one of the scopes, at that level. No scope
// is the metadata permission, which every token has.
type need struct {
	access Access
	any    []Scope
}

func reads(of ...Scope) need  { return need{Read, of} }
func writes(of ...Scope) need { return need{Write, of} }

func (n need) met(b *bearer) bool {
	return len(n.any) == 0 || slices.ContainsFunc(n.any, func(s Scope) bool { return b.may(s, n.access) })
}

// accepted is the header X-Accepted-GitHub-Permissions, which names what would do.
func (n need) accepted() string {
	if len(n.any) == 0 {
		return "metadata=read"
	}
	var out []string
	for _, s := range n.any {
		out = append(out, fmt.Sprintf("%s=%s", strings.ReplaceAll(string(s), "-", "_"), n.access))
	}
	return strings.Join(out, "; ")
}
