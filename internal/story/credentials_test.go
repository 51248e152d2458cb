package story

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCredentialsInTheCheckoutAreSeen(t *testing.T) {
	for name, tt := range map[string]struct {
		config string
		want   bool
	}{
		"as actions/checkout leaves them": {"[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDp5\n", true},
		"in capitals":                     {"[HTTP]\n\tExtraHeader = x\n", true},
		"none":                            {"[core]\n\tbare = false\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			backend := filepath.Join(root, "backend")
			for _, dir := range []string{backend, filepath.Join(root, ".git")} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(root, ".git", "config"), []byte(tt.config), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := leavesCredentials(backend); got != tt.want {
				t.Errorf("leavesCredentials = %v, want %v", got, tt.want)
			}
		})
	}
}
