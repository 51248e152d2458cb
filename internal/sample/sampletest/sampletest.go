// Package sampletest finds for tests what scripts/setup has made for the sample projects.
package sampletest

import (
	"os"
	"path/filepath"
	"testing"
)

// Root is the directory of the module: the nearest one up that has a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod in this directory or above it")
		}
		dir = filepath.Dir(dir)
	}
}

// Python is the interpreter that has the sample projects' packages. Where CI is set, a
// machine without it fails the test; elsewhere the test is skipped, with the words what to run.
func Python(t testing.TB) string {
	t.Helper()
	found := filepath.Join(Root(t), ".tools", "venv", "bin", "python")
	if _, err := os.Stat(found); err == nil {
		return found
	}
	const missing = "the pinned Python packages are missing: run scripts/setup demo"
	if os.Getenv("CI") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}
