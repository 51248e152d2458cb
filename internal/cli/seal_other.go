//go:build !linux

package cli

// Seal does nothing where there is no /proc: other systems show a process's environment to
// its own user by other ways, and the Action runs on Linux. See the README on security.
func Seal() {}
