package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// sealedFD names the variable that tells the second start of the program where its
// environment is.
const sealedFD = "NEON_MIGRATIONS_SEALED_FD"

// Seal hides this process from the code of a pull request that will run as its child.
//
// A child may read /proc/PID/environ of its parent, which holds the variables that the
// process was started with, whatever it unsets later; so the program starts itself once
// more with an empty environment and takes the real one over through a file in memory.
// Then it makes itself undumpable, which closes /proc/PID/mem and ptrace (proc(5),
// prctl(2), PR_SET_DUMPABLE) to every process but those with CAP_SYS_PTRACE; Docker's
// containers have none of these.
//
// Seal must come before anything reads the environment. A machine that refuses any of it
// ends the program: going on would mean to run a stranger's code beside readable secrets.
func Seal() {
	if err := seal(); err != nil {
		fmt.Fprintf(os.Stderr, "error: hiding secrets from the code of the pull request: %v\n  do:  run on a machine with /proc and memfd_create (Linux 3.17 and later)\n", err)
		os.Exit(Trouble)
	}
}

func seal() error {
	if fd := os.Getenv(sealedFD); fd != "" {
		return unseal(fd)
	}
	if !worthSealing(os.Environ()) {
		return nil
	}
	file, err := inMemory(os.Environ())
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args, []string{sealedFD + "=" + strconv.Itoa(int(file.Fd()))})
}

// worthSealing spares commands without any secret the second start.
func worthSealing(environment []string) bool {
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		if value != "" && (strings.Contains(name, "TOKEN") || strings.Contains(name, "KEY") ||
			strings.Contains(name, "SECRET") || strings.Contains(name, "PASSWORD") || name == "GITHUB_ACTIONS") {
			return true
		}
	}
	return false
}

// inMemory keeps the environment in a file that has no name and survives the exec.
func inMemory(environment []string) (*os.File, error) {
	fd, err := unix.MemfdCreate("environment", 0)
	if err != nil {
		return nil, fmt.Errorf("making a file in memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "environment")
	if err := json.NewEncoder(file).Encode(environment); err != nil {
		return nil, err
	}
	_, err = file.Seek(0, io.SeekStart)
	return file, err
}

func unseal(fd string) error {
	number, err := strconv.Atoi(fd)
	if err != nil {
		return fmt.Errorf("%s is %q, which only this program sets", sealedFD, fd)
	}
	file := os.NewFile(uintptr(number), "environment")
	defer file.Close()
	var environment []string
	if err := json.NewDecoder(file).Decode(&environment); err != nil {
		return fmt.Errorf("reading the environment back: %w", err)
	}
	os.Unsetenv(sealedFD)
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("setting %s: %w", name, err)
		}
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
