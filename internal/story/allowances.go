package story

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
)

// allowanceFile is where a project keeps what it lets pass.
const allowanceFile = "neon-migrations.toml"

// allowances are what the project's file and the comments of the pending revisions let pass. A
// file that cannot be understood is the user's to mend, and a fault.
func (r *run) allowances() ([]hazard.Allowance, error) {
	dir, err := os.OpenRoot(r.scene.project.Dir)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	all, err := fileAllowances(dir)
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for _, revision := range r.scene.result.Graph.Revisions {
		known[revision.ID] = revision.Path
	}
	for _, applied := range r.scene.result.Applied {
		name := known[applied.Revision]
		source, err := dir.ReadFile(filepath.FromSlash(name))
		if err != nil {
			continue // it lies outside of the project's directory
		}
		all = append(all, hazard.AllowancesOf(path.Clean(name), string(source), applied.Revision)...)
	}
	return all, nil
}

func fileAllowances(dir *os.Root) ([]hazard.Allowance, error) {
	content, err := dir.ReadFile(allowanceFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return hazard.ParseAllowances(allowanceFile, content)
}
