package cli

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/actions"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	// quietFor is how long nobody wants to hear that something is still going on.
	quietFor = time.Second
	// tellEvery is how often it is said then.
	tellEvery = 10 * time.Second
	// The times that a server may take to answer: one on this machine has nothing in between,
	// one at Neon may have to wake.
	localPatience = 2 * time.Second
	usualPatience = 10 * time.Second
	neonPatience  = time.Minute
)

// schemaReader reads schemas for the commands that need nothing but a database.
type schemaReader struct {
	in     *invocation
	stderr io.Writer
}

// plainly runs a command whose standard output is for results alone, also on a runner, where
// it is often led into a file. What goes to standard error knows no password of the arguments.
func (in *invocation) plainly(do func(*schemaReader) error) error {
	masker := &secret.Masker{}
	for _, word := range append([]string{in.Getenv("DATABASE_URL")}, in.Args...) {
		hideAddress(masker, word)
	}
	stderr := masker.Writer(in.Stderr)
	defer stderr.Close()
	out := bufio.NewWriterSize(in.Stdout, 64<<10)
	in.Stdout = out
	err := do(&schemaReader{in: in, stderr: stderr})
	if flushed := out.Flush(); flushed != nil && (err == nil || errors.Is(err, blocked{})) {
		err = flushed
	}
	if err == nil || errors.Is(err, blocked{}) || errors.Is(err, flag.ErrHelp) {
		return err
	}
	in.printErrorTo(stderr, err)
	return told{err}
}

// hideAddress masks an address with a password, given as a word or behind a flag's equal sign;
// of one that cannot be read, everything that may be the password.
func hideAddress(masker *secret.Masker, word string) {
	login, _, more := cutLast(word, "@")
	if scheme := strings.Index(word, "://"); scheme >= 0 {
		whole := word[strings.LastIndex(word[:scheme], "=")+1:]
		masker.Add(secret.Text(whole))
		if address, err := postgres.ParseAddress(secret.Text(whole)); err == nil {
			masker.Add(address.Password, secret.Text(address.Params["password"]))
		}
		_, login, _ = strings.Cut(login, "://")
	}
	for more {
		_, login, more = strings.Cut(login, ":")
		masker.Add(secret.Text(login))
	}
}

func cutLast(s, separator string) (before, after string, found bool) {
	at := strings.LastIndex(s, separator)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(separator):], true
}

// database reads the schema of the database at an address.
func (r *schemaReader) database(ctx context.Context, raw string, sizes bool) (*catalog.Snapshot, error) {
	address, err := postgres.ParseAddress(secret.Text(raw))
	if err != nil {
		return nil, err
	}
	defer r.whileReading(address.String())()
	conn, err := postgres.Connect(ctx, address, patienceFor(address))
	if err != nil {
		return nil, explainAddress(address, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	s, err := catalog.ReadWith(ctx, conn, catalog.ReadOptions{Sizes: sizes})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return s, nil
}

func patienceFor(address postgres.Address) time.Duration {
	switch {
	case atNeon(address):
		return neonPatience
	case onThisMachine(address):
		return localPatience
	}
	return usualPatience
}

func onThisMachine(address postgres.Address) bool {
	return address.Host == "localhost" || strings.HasPrefix(address.Host, "/") || net.ParseIP(address.Host).IsLoopback()
}

// atNeon tells whether an address is one of Neon's own.
func atNeon(address postgres.Address) bool { return strings.HasSuffix(address.Host, ".neon.tech") }

// explainAddress gives a failed connection to any PostgreSQL its advice: that of the stories is
// about Neon's console and the inputs of the Action.
func explainAddress(address postgres.Address, err error) error {
	explanation, known := fault.Explain(err)
	if !known || atNeon(address) {
		return err
	}
	do := "see whether psql gets in with the same host, port, role, password and database"
	if onThisMachine(address) {
		do += ", and whether the server is running"
	}
	return fault.New("connecting to "+address.String(), explanation.Why, do).Because(errors.Unwrap(err))
}

// whileReading says what is being waited for, once that takes more than a second, until done is
// called.
func (r *schemaReader) whileReading(where string) (done func()) {
	began := r.in.Now()
	stop := make(chan struct{})
	go func() {
		next := quietFor
		for {
			select {
			case <-stop:
				return
			case <-time.After(next):
				say(r.stderr, "still reading the schema of %s (%.0f s)", where, r.in.Now().Sub(began).Seconds())
				next = tellEvery
			}
		}
	}()
	return func() { close(stop) }
}

// results is where a command's result goes. On a runner text of strangers gives no commands;
// in JSON the one form of them that can stand within a line is written otherwise.
func (in *invocation) results(format string) io.Writer {
	if !hosted(in.Getenv) {
		return in.Stdout
	}
	return writerFunc(func(p []byte) (int, error) {
		text := actions.Harmless(string(p))
		if format == "json" {
			text = strings.ReplaceAll(string(p), "##[", `#\u0023[`)
		}
		if _, err := io.WriteString(in.Stdout, text); err != nil {
			return 0, err
		}
		return len(p), nil
	})
}
