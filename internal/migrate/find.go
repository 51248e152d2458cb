package migrate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Locate tells where to look for the project.
type Locate struct {
	// Dir is the working directory; nothing above it is taken as a configuration.
	Dir string
	// Config is the configuration file, relative to Dir; "" means to search below Dir.
	Config string
	// Section is the section of the ini file; "" means "alembic".
	Section string
	// Python is the interpreter, as a path relative to Dir or a name on PATH; "" means to search.
	Python string
	// Getenv reads this program's environment; nil means an empty one.
	Getenv func(string) string
	// Static is for [Project.GraphStatic] alone: any Python will do, without Alembic.
	Static bool
}

const (
	iniName     = "alembic.ini"
	tomlName    = "pyproject.toml"
	mainSection = "alembic"
	// What Alembic's script directory holds: a project without any configuration is known by it.
	envName      = "env.py"
	versionsName = "versions"
)

// Find finds the configuration, then the interpreter, and asks the latter for its versions.
// Every way to fail is a fault with advice.
func Find(ctx context.Context, l Locate) (*Project, error) {
	if l.Getenv == nil {
		l.Getenv = func(string) string { return "" }
	}
	if l.Section == "" {
		l.Section = mainSection
	}
	dir, err := filepath.Abs(l.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the working directory: %w", err)
	}
	l.Dir = dir
	config, err := l.config()
	if err != nil {
		return nil, err
	}
	p := &Project{Dir: l.projectDir(config), Config: config, Section: l.Section, getenv: l.Getenv}
	if err := p.chooseInterpreter(ctx, l); err != nil {
		return nil, err
	}
	return p, nil
}

// projectDir is where Alembic is to run: beside the configuration, and above it for
// Flask-Migrate, whose alembic.ini lies in the script directory without naming it, and whose
// application is found from the directory that holds both. Without a configuration it is the
// working directory: there the project's own command is run.
func (l Locate) projectDir(config string) string {
	dir := filepath.Dir(config)
	if filepath.Base(config) == envName {
		return l.Dir
	}
	if _, err := os.Stat(filepath.Join(dir, envName)); err != nil || filepath.Base(config) != iniName {
		return dir
	}
	data, err := os.ReadFile(config)
	if err != nil {
		return dir // whoever reads it next says why
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "script_location") {
			return dir
		}
	}
	return filepath.Dir(dir)
}

// config returns the configuration file: the given one, the one of the working directory
// itself, or the only one below it.
func (l Locate) config() (string, error) {
	if l.Config != "" {
		return l.givenConfig()
	}
	if here, ok := configIn(l.Dir, l.Section); ok {
		return here, nil
	}
	found, err := l.search(func(dir string) (string, bool) { return configIn(dir, l.Section) })
	if err == nil && len(found) == 0 {
		found, err = l.search(scriptsIn)
	}
	if err != nil {
		return "", err
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fault.Usage("finding the Alembic project",
			fmt.Sprintf("there is no %s, no %s with [tool.alembic] and no script directory (%s beside %s), in %s or below it", iniName, tomlName, envName, versionsName, l.Dir),
			"set working-directory to the directory of alembic.ini, or alembic-config to the file; a new project gets one by: alembic init migrations")
	}
	return "", fault.Usage("finding the Alembic project",
		"there are several: "+strings.Join(l.relative(found), ", "),
		"choose one, for instance: alembic-config: "+l.relative(found)[0])
}

func (l Locate) relative(paths []string) []string {
	shown := make([]string, len(paths))
	for i, path := range paths {
		shown[i] = path
		if rel, err := filepath.Rel(l.Dir, path); err == nil {
			shown[i] = filepath.ToSlash(rel)
		}
	}
	return shown
}

func (l Locate) givenConfig() (string, error) {
	path := l.Config
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.Dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		for _, look := range []func() (string, bool){
			func() (string, bool) { return configIn(path, l.Section) },
			func() (string, bool) { return scriptsIn(path) },
		} {
			if inside, ok := look(); ok {
				return inside, nil
			}
		}
		err = fs.ErrNotExist
	}
	if err != nil {
		return "", fault.Usage("finding the Alembic project", fmt.Sprintf("there is no configuration file %s", path),
			"alembic-config is relative to working-directory, for instance: alembic-config: backend/alembic.ini").Because(err)
	}
	return path, nil
}

// configIn looks for a configuration in one directory. The ini file comes first, as for Alembic.
func configIn(dir, section string) (string, bool) {
	if path := filepath.Join(dir, iniName); hasSection(path, section) {
		return path, true
	}
	if path := filepath.Join(dir, tomlName); hasAlembicTable(path) {
		return path, true
	}
	return "", false
}

// scriptsIn looks for a script directory that no configuration names: programs with a command of their
// own give Alembic its script_location in code.
func scriptsIn(dir string) (string, bool) {
	env := filepath.Join(dir, envName)
	if info, err := os.Stat(filepath.Join(dir, versionsName)); err != nil || !info.IsDir() {
		return "", false
	}
	text, err := os.ReadFile(env)
	return env, err == nil && strings.Contains(string(text), "run_migrations")
}

// hasSection tells whether an ini file has the section. A file without it belongs to
// something else, or is one of a pair of which the other is pyproject.toml.
func hasSection(path, section string) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if strings.TrimSpace(line) == "["+section+"]" {
			return true
		}
	}
	return false
}

func hasAlembicTable(path string) bool {
	var file struct {
		Tool struct {
			Alembic map[string]any `toml:"alembic"`
		} `toml:"tool"`
	}
	_, err := toml.DecodeFile(path, &file)
	return err == nil && file.Tool.Alembic["script_location"] != nil
}

// search walks below the working directory and asks look about each directory. Hidden directories are skipped, and those that
// hold other people's code: installed packages bring templates of alembic.ini along.
func (l Locate) search(look func(dir string) (string, bool)) ([]string, error) {
	skipped := []string{"node_modules", "site-packages", "dist-packages", "__pycache__", "venv", "env", "build", "dist"}
	var found []string
	err := filepath.WalkDir(l.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil && path != l.Dir {
			return fs.SkipDir // not readable: not ours
		}
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if path != l.Dir && (strings.HasPrefix(d.Name(), ".") || slices.Contains(skipped, d.Name())) {
			return fs.SkipDir
		}
		if config, ok := look(path); ok {
			found = append(found, config)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Usage("finding the Alembic project", fmt.Sprintf("there is no directory %s", l.Dir),
			"set working-directory to a directory of the repository").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("searching %s for %s: %w", l.Dir, iniName, err)
	}
	return found, nil
}
