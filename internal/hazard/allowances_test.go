package hazard_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
)

const revisionFile = `"""Add an index.

# neon-migrations: allow H001 "within a string"
"""
import re  # neon-migrations: allow H002 'behind code'
# neon-migrations: allow H016 orders "one-off, empty table"
    #neon-migrations:allow h030 public.old_users   "nobody's # any more"
TEXT = 'it\'s # neon-migrations: allow H003 "in a string"'
SQL = r'''
# neon-migrations: allow H004 "in one of many lines"
''' + "" + '' # neon-migrations: allow H005
# neon-migrations: allow H999 "no such rule"
# neon-migrations: forgive H016
# a comment about neon-migrations: allow H017 "not at the beginning"
def upgrade():
    op.execute(f"""SELECT '#' """)  # neon-migrations: allow H044 "last"`

func TestAllowancesOf(t *testing.T) {
	t.Parallel()
	want := []hazard.Allowance{
		{Code: "H002", Reason: "behind code", Where: "v/ae10.py:5"},
		{Code: "H016", Object: "orders", Reason: "one-off, empty table", Where: "v/ae10.py:6"},
		{Code: "H030", Object: "public.old_users", Reason: "nobody's # any more", Where: "v/ae10.py:7"},
		{Code: "H005", Where: "v/ae10.py:11"},
		{Code: "H999", Where: "v/ae10.py:12"},
		{Code: "forgive H016", Where: "v/ae10.py:13"},
		{Code: "H044", Reason: "last", Where: "v/ae10.py:16"},
	}
	for i := range want {
		want[i].Revision = "ae10"
	}
	if got := hazard.AllowancesOf("v/ae10.py", revisionFile, "ae10"); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseAllowances(t *testing.T) {
	t.Parallel()
	got, err := hazard.ParseAllowances("neon-migrations.toml", []byte("# what may pass\n[[allow]]\ncode = \"H016\"\nobject = \"orders\"\nrevision = \"ae10\"\nreason = \"small\"\n\n[[ allow ]]\ncode = \"H030\"\nreason = \"x\"\n"))
	want := []hazard.Allowance{
		{Code: "H016", Object: "orders", Revision: "ae10", Reason: "small", Where: "neon-migrations.toml:2"},
		{Code: "H030", Reason: "x", Where: "neon-migrations.toml:8"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for content, why := range map[string]string{
		"[[allow]]\ncode = \"H016\"\nobjekt = \"orders\"\nreason = \"small\"": "allow.objekt",
		"[[allow]]\ncode = \"H999\"\nreason = \"small\"":                      `neon-migrations.toml:1: no rule has the code "H999"`,
		"[[allow]]\nreason = \"small\"":                                       `no rule has the code ""`,
		"[[allow]]\ncode = \"H016\"\nreason = \" \"":                          "gives no reason",
		"deny = 1":              "deny",
		"[[allow]\ncode = 1":    "expected",
		"[allow]\ncode = \"H\"": "incompatible types",
	} {
		_, err := hazard.ParseAllowances("neon-migrations.toml", []byte(content))
		told, ok := fault.Explain(err)
		if err == nil || !ok || !strings.Contains(told.Why, why) || !strings.Contains(told.Do, "[[allow]]") {
			t.Errorf("%q: got %v, %q, want %q", content, err, told.Why, why)
		}
	}
}

// TestCodes holds the codes to the rules: each has a file of its own.
func TestCodes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("h0[0-9][0-9]_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			rules = append(rules, strings.ToUpper(f[:4]))
		}
	}
	if got := hazard.Codes(); !slices.Equal(got, rules) {
		t.Errorf("the codes are %v, the files %v", got, rules)
	}
	source, err := os.ReadFile("judge.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range rules {
		if !strings.Contains(string(source), strings.ToLower(code)+",") {
			t.Errorf("%s is not among the rules of judge.go", code)
		}
	}
}
