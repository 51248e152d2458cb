// Package cli turns words typed by a person, or handed over by the runner, into a call of one
// story, prints what it found, and gives the exit status.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// The exit statuses of the program.
const (
	Good      = 0   // all is well
	Blocked   = 1   // findings stand against it
	Usage     = 2   // the caller's words were wrong
	Trouble   = 3   // could not run: network, tool or database
	Cancelled = 130 // stopped by a signal, as shells say it
)

// World is everything outside of the program, so that all of it can run in a test.
type World struct {
	Args   []string // without the program's name
	Getenv func(string) string
	// Environ is the whole environment, as os.Environ gives it.
	Environ []string
	Stdin   io.Reader
	Stdout  io.Writer // results
	Stderr  io.Writer // progress and errors
	// Terminal tells that a person looks at Stderr, where lines may be rewritten.
	Terminal bool
	// Color tells that Stdout shows colours.
	Color    bool
	Dir      string // the working directory
	CacheDir string // where fetched servers are kept
	Now      func() time.Time
	// Samples holds the projects that demo plays with.
	Samples fs.FS
	// Self is the path of this program; demo runs it as the runner would.
	Self string
}

// command is one word that can be typed behind the program's name.
type command struct {
	name    string
	summary string // one line of the overview
	usage   string // the words behind the name
	about   string // what it does, with examples
	bare    bool   // has none of the inputs that every command has
	run     func(context.Context, *invocation) error
}

// invocation is one call of one command.
type invocation struct {
	World
	command command
	flags   *flag.FlagSet
}

// blocked is the error of a run that came to its end and found something. It has been
// told already.
type blocked struct{}

// Error implements error.
func (blocked) Error() string { return "findings stand against it" }

// told wraps a failure that the report has told already, for its exit status.
type told struct{ error }

// Unwrap gives what was told.
func (t told) Unwrap() error { return t.error }

// Run does what the arguments say and returns the exit status. A cancelled ctx ends it
// within seconds and in good order.
func Run(ctx context.Context, w World) int {
	err := dispatch(ctx, w)
	var shown told
	if err != nil && !errors.As(err, &shown) && !errors.Is(err, blocked{}) && !errors.Is(err, flag.ErrHelp) {
		w.printError(err)
	}
	return status(ctx, err)
}

// status looks for our own types only: any *exec.ExitError has an ExitCode method and would
// lend us the migration tool's.
func status(ctx context.Context, err error) int {
	var command ended
	switch {
	case errors.As(err, &command):
		return int(command)
	case err == nil, errors.Is(err, flag.ErrHelp):
		return Good
	case errors.Is(err, blocked{}):
		return Blocked
	case ctx.Err() != nil:
		return Cancelled
	}
	if explanation, ok := fault.Explain(err); ok && explanation.Usage {
		return Usage
	}
	return Trouble
}

func dispatch(ctx context.Context, w World) error {
	if len(w.Args) == 0 {
		overview(w.Stderr)
		return fault.Usage("no command was given", "the program does nothing by itself", "neon-migrations --help")
	}
	name := w.Args[0]
	switch name {
	case "-h", "-help", "--help", "help":
		return help(w)
	case "-version", "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return invoke(ctx, w, c)
		}
	}
	return fault.Usage(fmt.Sprintf("there is no command %q", name), "the commands are "+strings.Join(commandNames(), ", "),
		"neon-migrations --help")
}

func invoke(ctx context.Context, w World, c command) error {
	in := &invocation{World: w, command: c, flags: flag.NewFlagSet(c.name, flag.ContinueOnError)}
	in.Args = w.Args[1:]
	in.flags.SetOutput(io.Discard) // its words come from parse
	return c.run(ctx, in)
}

// parse reads the flags; flags may also stand behind the positional arguments.
func (in *invocation) parse() ([]string, error) {
	var positional []string
	rest := in.Args
	for {
		if err := in.flags.Parse(rest); errors.Is(err, flag.ErrHelp) {
			in.help(in.Stdout)
			return nil, err
		} else if err != nil {
			return nil, fault.Usage("reading the flags of "+in.command.name, err.Error(), "neon-migrations "+in.command.name+" --help")
		}
		rest = in.flags.Args()
		if len(rest) == 0 {
			return positional, nil
		}
		positional, rest = append(positional, rest[0]), rest[1:]
	}
}

// parseOnlyFlags is parse for commands without positional arguments.
func (in *invocation) parseOnlyFlags() error {
	positional, err := in.parse()
	if err == nil && len(positional) > 0 {
		return fault.Usage(fmt.Sprintf("%s takes no argument, and %q was given", in.command.name, positional[0]),
			"everything is a flag", "neon-migrations "+in.command.name+" --help")
	}
	return err
}

// printError says what, why and what to do, a line each. On a runner it goes where masks
// and fences are, and onto the page of the run.
func (w World) printError(err error) {
	if hosted(w.Getenv) {
		w.printErrorTo(w.Stdout, err)
		return
	}
	w.printErrorTo(w.Stderr, err)
}

func (w World) printErrorTo(out io.Writer, err error) {
	what, e := err.Error(), fault.Explanation{}
	if known, ok := fault.Explain(err); ok {
		e = known
	}
	lines := []string{"error: " + what}
	if e.Why != "" {
		lines = append(lines, "  why: "+e.Why)
	}
	if e.Do != "" {
		lines = append(lines, "  do:  "+e.Do)
	}
	text := strings.Join(lines, "\n")
	if !hosted(w.Getenv) {
		say(out, "%s", text)
		return
	}
	runner := actions.New(w.Getenv, out)
	runner.Println(text)
	runner.Annotate(actions.Annotation{Level: actions.Error, Title: "Neon Migrations", Message: text})
}

func hosted(getenv func(string) string) bool { return getenv("GITHUB_ACTIONS") == "true" }

// say prints a line for whoever waits.
func say(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
