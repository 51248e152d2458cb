package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// probe asks the interpreter for its versions; nothing of the project is imported.
func (p *Project) probe(ctx context.Context) (Versions, error) {
	a, tail, err := p.do(ctx, call{job: p.newJob("probe", Env{})})
	if err != nil {
		return Versions{}, fmt.Errorf("%w: %s", err, strings.Join(tail, "\n"))
	}
	return Versions{Python: a.Python, Alembic: a.Packages["alembic"], SQLAlchemy: a.Packages["SQLAlchemy"]}, nil
}

// Graph reads the revisions by Alembic itself, without a database and without env.py. It
// imports every revision file, and so what those import. Failures are *[Error].
func (p *Project) Graph(ctx context.Context, env Env) (Graph, error) {
	a, err := p.retry(ctx, call{job: p.newJob("graph", env), env: env})
	return a.Graph, err
}

// GraphStatic reads the revisions from their syntax trees and imports nothing: for code that
// must not run, such as a stranger's pull request. Only literals are understood;
// what is not goes to [Graph.Problems].
func (p *Project) GraphStatic(ctx context.Context) (Graph, error) {
	a, err := p.retry(ctx, call{job: p.newJob("static", Env{})})
	return a.Graph, err
}

// Run upgrades, compares and downgrades as r asks, in one process. After a failure the
// Result holds what was known, and the error is an *[Error], which explains itself. A
// canceled context ends the child with SIGINT, and three seconds later with SIGKILL.
//
// A run that fails before it touched the database, for want of a path to the project's own
// modules or of a URL scheme for the other kind of driver, is tried again with it; a warning says so.
func (p *Project) Run(ctx context.Context, r Run) (Result, error) {
	if r.Address.Host == "" {
		return Result{}, fault.Usage("running Alembic", "there is no address of a database", "give one: --database-url")
	}
	c := call{job: p.newJob("run", r.Env).withRun(r), env: r.Env, output: r.Output, progress: r.Progress}
	var stopped error
	if r.Pause != nil {
		c.pause = func(at Pause) error {
			stopped = r.Pause(ctx, at)
			return stopped
		}
	}
	a, err := p.retry(ctx, c)
	if stopped != nil {
		err = stopped
	}
	return a.result(), err
}

// maxTries bounds retries: one for the path, one for the scheme.
const maxTries = 3

// retry runs the helper, and again where a remedy is known and nothing was touched.
func (p *Project) retry(ctx context.Context, c call) (answer, error) {
	var notes []string
	for try := 1; ; try++ {
		a, tail, err := p.do(ctx, c)
		if err != nil {
			return a, p.broken(ctx, err, tail)
		}
		if a.Interrupted { // by someone else than us: the context stands
			return a, p.broken(ctx, errors.New("it was interrupted"), tail)
		}
		a.Warnings = append(slices.Clone(notes), a.Warnings...)
		if a.Error == nil {
			return a, nil
		}
		failed := newError(*a.Error, tail)
		note, ok := remedy(&c, a, failed)
		if !ok || try == maxTries {
			return a, failed
		}
		notes = append(notes, note)
	}
}

// remedy changes the call so that the failure should not come again, if it can.
func remedy(c *call, a answer, e *Error) (note string, ok bool) {
	if a.Error.Touched {
		return "", false
	}
	if m := a.Error.Missing; m != nil && m.Here && len(c.job.ExtraPath) == 0 {
		c.job.ExtraPath = []string{c.job.Dir}
		return fmt.Sprintf("module %s was found only after adding the directory of the configuration to sys.path; "+
			"set prepend_sys_path = . in it", m.Name), true
	}
	wrongKind := e.Code == CodeSyncDriver || e.Code == CodeAsyncDriver
	if !wrongKind || a.OtherScheme == "" || c.job.Scheme != "" {
		return "", false
	}
	c.job.Scheme = a.OtherScheme
	return fmt.Sprintf("the address is given as %s://, because env.py could do nothing with %s://", a.OtherScheme, a.Scheme), true
}

// broken explains a child that gave no answer.
func (p *Project) broken(ctx context.Context, err error, tail []string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("running Alembic: %w", ctx.Err())
	}
	e := &Error{
		Code: CodeDied, What: "running Alembic", Err: err, Output: tail,
		Why: "Python ended without an answer; env.py or a module ended the process, or the system killed it",
		Do:  "look at the output above; a process that is killed for want of memory leaves no other trace",
	}
	return e
}
