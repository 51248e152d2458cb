package story

import (
	"os"
	"path/filepath"
	"strings"
)

// maxGitConfig bounds what is read of a repository's configuration, which a stranger may have written.
const maxGitConfig = 1 << 20

// credentialsNote warns of a token that the checkout left in the repository's configuration,
// where the pull request's code finds it. actions/checkout does so unless it is told not to.
const credentialsNote = "The checkout left its token in .git/config, where the pull request's code can read it. " +
	"Add `persist-credentials: false` to the step that uses actions/checkout."

// leavesCredentials tells whether the repository around dir holds a token.
func leavesCredentials(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	for {
		path := filepath.Join(dir, ".git", "config")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() < maxGitConfig {
			content, err := os.ReadFile(path)
			return err == nil && strings.Contains(strings.ToLower(string(content)), "extraheader")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}
