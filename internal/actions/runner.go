// Package actions speaks with the GitHub Actions runner: the event that started the run, and
// what the runner reads from a step: masks, groups, annotations, outputs and the job summary.
// Off a runner the same calls print plain lines or do nothing.
//
// The runner looks for commands in everything a step prints, so text of strangers is either
// fenced ([Runner.Fence]) or made harmless before it is printed.
package actions

import (
	"io"
	"net/url"
	"strings"
	"sync"

	githubactions "github.com/sethvargo/go-githubactions"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Runner is one step's side of the runner. Its methods may be called from several goroutines.
// Make one with [New].
type Runner struct {
	getenv func(string) string
	hosted bool
	token  func() string // random text that nobody can guess; a field for the tests

	mu     sync.Mutex
	out    *stream
	issue  *githubactions.Action
	fences []string // tokens of the fences that are up
	told   map[Level]int
}

// New makes a Runner that prints to out. On a runner out must be the process's own standard
// output or error, with no masking writer between: a mask command has to arrive whole. Hand the
// same Runner to everything that prints, so that masks come first and fences hold.
func New(getenv func(string) string, out io.Writer) *Runner {
	s := &stream{to: out}
	return &Runner{
		getenv: getenv,
		hosted: getenv("GITHUB_ACTIONS") == "true",
		token:  randomToken,
		out:    s,
		issue:  githubactions.New(githubactions.WithWriter(s), githubactions.WithGetenv(getenv)),
		told:   map[Level]int{},
	}
}

// Hosted tells whether a workflow runs this, and not a person in a terminal.
func (r *Runner) Hosted() bool { return r.hosted }

// minMasked is the length below which a value is not masked: the log would be unreadable.
const minMasked = 4

// Mask makes the runner replace the values in everything it shows, each as it is and as it
// stands in an address. Off a runner it does nothing. Bodies that are sent to GitHub's API are not
// covered: mask them before.
func (r *Runner) Mask(values ...secret.Text) {
	if !r.hosted {
		return
	}
	seen := map[string]bool{}
	for _, v := range values {
		v := v.Reveal()
		for _, form := range []string{v, url.QueryEscape(v), url.PathEscape(v)} {
			if len(strings.TrimSpace(form)) >= minMasked && !seen[form] {
				seen[form] = true
				r.command("add-mask", form, nil)
			}
		}
	}
}

// Group folds what is printed until end is called. Groups do not nest.
func (r *Runner) Group(title string) (end func()) {
	if !r.hosted {
		r.Println(title)
		return func() {}
	}
	r.command("group", title, nil)
	return sync.OnceFunc(func() { r.command("endgroup", "", nil) })
}

// Println prints lines of text that is no command, whatever stands in it.
func (r *Runner) Println(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.freshLine()
	if r.hosted && len(r.fences) == 0 {
		text = Harmless(text)
	}
	_, _ = io.WriteString(r.out, strings.TrimRight(text, "\n")+"\n")
}

// Fence gives a writer for the output of a child process. Until end is called the runner takes
// no commands from it; those of this Runner still arrive. Calls of end after the first do nothing.
func (r *Runner) Fence() (out io.Writer, end func()) {
	if !r.hosted {
		return locked{r}, func() {}
	}
	token := r.token()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.freshLine()
	if len(r.fences) == 0 {
		r.send("stop-commands", token, nil)
	}
	r.fences = append(r.fences, token)
	return locked{r}, sync.OnceFunc(func() { r.unfence(token) })
}

// unfence takes one fence away. The first one's token is what the runner waits for, so with
// several fences the runner is told of the next one before.
func (r *Runner) unfence(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.freshLine()
	first := r.fences[0]
	for i, t := range r.fences {
		if t == token {
			r.fences = append(r.fences[:i:i], r.fences[i+1:]...)
			break
		}
	}
	if token != first {
		return
	}
	r.send(token, "", nil)
	if len(r.fences) > 0 {
		r.send("stop-commands", r.fences[0], nil)
	}
}

// command sends one command, through a fence if there is one.
func (r *Runner) command(name, message string, fields map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.freshLine()
	if len(r.fences) == 0 {
		r.send(name, message, fields)
		return
	}
	r.send(r.fences[0], "", nil)
	r.send(name, message, fields)
	r.send("stop-commands", r.fences[0], nil)
}

func (r *Runner) send(name, message string, fields map[string]string) {
	r.issue.IssueCommand(&githubactions.Command{Name: name, Message: message, Properties: fields})
}
