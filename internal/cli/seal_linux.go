package cli

import (
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// sealedFD names the variable that tells the second start of the program where its
// environment and its arguments are.
const sealedFD = "NEON_MIGRATIONS_SEALED_FD"

// sealed is what the first start hands to the second.
type sealed struct{ Environ, Args []string }

// Seal hides this process from the code of a pull request that will run as its child.
//
// A child may read /proc/PID/environ and /proc/PID/cmdline of its parent, which hold what the
// process was started with, whatever it unsets later; so the program starts itself once
// more with an empty environment, and as arguments only the command's name, and takes the real
// ones over through a file in memory. Then it makes itself undumpable, which closes /proc/PID/mem,
// /proc/PID/fd and ptrace (proc(5), prctl(2), PR_SET_DUMPABLE) to every process but those with
// CAP_SYS_PTRACE; Docker's containers have none of these. What started this program, such as
// a shell, is not hidden: a key that was typed as a flag can be read there.
//
// Seal must come before anything reads the environment or the arguments. A machine that refuses
// any of it ends the program: going on would mean to run a stranger's code beside readable secrets.
func Seal() {
	if err := seal(); err != nil {
		fmt.Fprintf(os.Stderr, "error: hiding secrets from the code of the pull request: %v\n"+
			"  why: that code could read this program's environment\n"+
			"  do:  run on a machine with /proc and memfd_create (Linux 3.17 and later)\n", err)
		os.Exit(Trouble)
	}
}

func seal() error {
	if fd := os.Getenv(sealedFD); fd != "" {
		return unseal(fd)
	}
	if !runsStrangersCode(os.Args) {
		return nil
	}
	file, err := inMemory(sealed{os.Environ(), os.Args})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args[:2], []string{sealedFD + "=" + strconv.Itoa(int(file.Fd()))})
}

// runsStrangersCode spares the other commands the second start. It does not ask which variables
// look like secrets: nobody can list their names.
func runsStrangersCode(args []string) bool {
	return len(args) > 1 && slices.Contains([]string{"action", "rehearse", "promote", "record"}, args[1])
}

// inMemory keeps what is handed over in a file that has no name and survives the exec.
func inMemory(s sealed) (*os.File, error) {
	fd, err := unix.MemfdCreate("environment", 0)
	if err != nil {
		return nil, fmt.Errorf("making a file in memory: %w", err)
	}
	file := os.NewFile(uintptr(fd), "environment")
	if err := gob.NewEncoder(file).Encode(s); err != nil {
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
	var s sealed
	if err := gob.NewDecoder(file).Decode(&s); err != nil {
		return fmt.Errorf("reading the environment back: %w", err)
	}
	os.Unsetenv(sealedFD)
	for _, variable := range s.Environ {
		name, value, _ := strings.Cut(variable, "=")
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("setting %s: %w", name, err)
		}
	}
	os.Args = s.Args
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
