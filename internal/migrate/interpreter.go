package migrate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// candidate is an interpreter that might be the project's, and where it was found.
type candidate struct {
	path string
	from string
}

// chooseInterpreter takes the first candidate that runs and has Alembic. An environment
// that does not run is common inside containers, where its link to the host's Python leads nowhere.
func (p *Project) chooseInterpreter(ctx context.Context, l Locate) error {
	candidates, err := p.candidates(l)
	if err != nil {
		return err
	}
	var without *candidate // runs, and has no Alembic
	for _, c := range candidates {
		p.Python = c.path
		versions, err := p.probe(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err != nil && l.Python != "":
			return doesNotRun(c, err)
		case err != nil:
			p.Notes = append(p.Notes, fmt.Sprintf("%s (%s) does not run and was passed over", c.path, c.from))
		case versions.Alembic == "" && !l.Static:
			if without == nil {
				without = &c
			}
		default:
			p.Versions = versions
			return nil
		}
	}
	if without != nil {
		return notInstalled(*without)
	}
	return fault.New("finding the project's Python", "no interpreter runs: "+strings.Join(append(p.Notes, "python3 is not on PATH"), "; "),
		"set up Python before this step (actions/setup-python or astral-sh/setup-uv), or give its path as: python: .venv/bin/python")
}

func doesNotRun(c candidate, err error) error {
	return fault.New("running the project's Python", fmt.Sprintf("%s does not run", c.path),
		"check the path; a virtual environment that was made elsewhere must be made again: python3 -m venv .venv").Because(err)
}

func notInstalled(c candidate) error {
	return fault.New("finding Alembic", fmt.Sprintf("%s (%s) has no package alembic", c.path, c.from),
		fmt.Sprintf("install the project's requirements first: %s -m pip install -r requirements.txt, or: uv sync", c.path))
}

// candidates lists interpreters by precedence: the given one, .venv from the project up to
// the repository's root, VIRTUAL_ENV, python3.
func (p *Project) candidates(l Locate) ([]candidate, error) {
	if l.Python != "" {
		path, ok := l.lookPath(l.Python)
		if !ok {
			return nil, fault.Usage("finding the project's Python", fmt.Sprintf("there is no program %q", l.Python),
				"python is a path relative to working-directory or a name on PATH, for instance: python: .venv/bin/python")
		}
		return []candidate{{path, "as given"}}, nil
	}
	var found []candidate
	for _, dir := range upwards(p.Dir) {
		found = appendEnvironment(found, filepath.Join(dir, ".venv"), ".venv of the project")
	}
	if active := l.Getenv("VIRTUAL_ENV"); active != "" {
		found = appendEnvironment(found, active, "VIRTUAL_ENV")
	}
	if path, ok := l.lookPath("python3"); ok {
		found = append(found, candidate{path, "python3 on PATH"})
	}
	return found, nil
}

// appendEnvironment adds an environment's interpreter if it is there, as a link that leads nowhere too.
func appendEnvironment(found []candidate, dir, from string) []candidate {
	path := filepath.Join(dir, "bin", "python")
	if _, err := os.Lstat(path); err != nil {
		return found
	}
	return append(found, candidate{path, from})
}

// upwards lists dir and its parents up to the root of the repository; outside of any, dir alone.
func upwards(dir string) []string {
	var dirs []string
	for at := dir; ; at = filepath.Dir(at) {
		dirs = append(dirs, at)
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return dirs
		}
		if at == filepath.Dir(at) {
			return dirs[:1]
		}
	}
}

// lookPath finds a program as a shell in Dir would, by the PATH of Getenv. The name is not
// resolved further: a virtual environment is known by the path it is called by.
func (l Locate) lookPath(name string) (string, bool) {
	if strings.ContainsRune(name, filepath.Separator) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(l.Dir, name)
		}
		return name, executable(name)
	}
	for _, dir := range filepath.SplitList(l.Getenv("PATH")) {
		if path := filepath.Join(dir, name); filepath.IsAbs(dir) && executable(path) {
			return path, true
		}
	}
	return "", false
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
