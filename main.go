// Command neon-migrations rehearses Alembic revisions on a Neon branch of production, for
// every pull request, and upgrades production after the merge. It is a GitHub Action and a
// command line tool in one.
package main

import (
	"context"
	"embed"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/cli"
	"golang.org/x/term"
)

//go:embed all:testdata/projects
var samples embed.FS

func main() {
	cli.Seal()
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, _ := os.Getwd()          // without one, relative paths fail with words of their own
	cache, _ := os.UserCacheDir() // without one, servers are fetched into the temporary directory
	self, _ := os.Executable()    // only the demo needs it
	return cli.Run(ctx, cli.World{
		Args: os.Args[1:], Getenv: os.Getenv, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Terminal: term.IsTerminal(int(os.Stderr.Fd())), Color: term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "",
		Dir: dir, CacheDir: cache, Now: time.Now,
		Samples: samples, Self: self,
	})
}
