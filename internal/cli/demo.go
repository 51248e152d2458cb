package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/neon-migrations/neon-migrations-action/internal/config"
	"github.com/neon-migrations/neon-migrations-action/internal/demo"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

func runDemo(ctx context.Context, in *invocation) error {
	output := in.flags.String("output", "demo-output", "")
	python := in.flags.String("python", "", "")
	mermaid := in.flags.String("mermaid", "", "")
	config.Register(in.flags, in.command.name)
	if err := in.parseOnlyFlags(); err != nil {
		return err
	}
	interpreter, err := in.demoPython(ctx, *python)
	if err != nil {
		return err
	}
	samples, err := fs.Sub(in.Samples, "testdata/projects")
	if err != nil {
		return fmt.Errorf("opening the sample projects: %w", err)
	}
	binaries, err := postgres.FindBinaries(ctx, 0, postgres.CacheDir(in.CacheDir), func(text string) { say(in.Stderr, "%s", text) })
	if err != nil {
		return err
	}
	script, err := in.optional(*mermaid)
	if err != nil {
		return err
	}
	return demo.Play(ctx, demo.Config{
		Self: in.Self, Python: interpreter, Path: in.Getenv("PATH"), Samples: samples, Output: in.path(*output),
		Binaries: binaries, Mermaid: script, Out: in.Stdout, Now: in.Now,
	})
}

func (in *invocation) optional(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	return os.ReadFile(in.path(file))
}

// demoPython finds an interpreter that has what the sample project imports.
func (in *invocation) demoPython(ctx context.Context, given string) (string, error) {
	candidates := []string{given}
	if given == "" {
		candidates = []string{in.path(".tools/venv/bin/python"), in.path(".venv/bin/python"), "python3"}
	}
	for _, candidate := range candidates {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		if path, err = filepath.Abs(path); err != nil {
			continue
		}
		if exec.CommandContext(ctx, path, "-c", "import alembic, sqlmodel, psycopg").Run() == nil {
			return path, nil
		}
	}
	return "", fault.Usage("finding a Python for the demo", "none has alembic, sqlmodel and psycopg",
		"python3 -m venv .venv && .venv/bin/pip install alembic sqlmodel 'psycopg[binary]', then neon-migrations demo")
}
