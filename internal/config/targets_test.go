package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestTargets(t *testing.T) {
	for _, tt := range []struct {
		name, input string
		want        []Target
	}{
		{"none", "", nil},
		{
			"flags as Alembic reads them", "-n billing -d shop\n--name=audit --database audit\n-nlogs -dlogs",
			[]Target{{Section: "billing", Database: "shop"}, {Section: "audit", Database: "audit"}, {Section: "logs", Database: "logs"}},
		},
		{"several arguments", "-x tenant=acme -x dry=\n\n-xtenant=other", []Target{{Args: []string{"tenant=acme", "dry="}}, {Args: []string{"tenant=other"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, "rehearse", map[string]string{"INPUT_TARGETS": tt.input})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Targets); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDatabases(t *testing.T) {
	c, err := load(t, "rehearse", nil, "--databases", "shop,audit  logs", "--targets", "-d billing -n billing\n-d shop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop", "audit", "logs", "billing"}, c.DatabaseNames()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	c, err = load(t, "rehearse", nil, "--databases", "all")
	if err != nil || !c.Neon.EveryDatabase || c.Neon.Databases != nil {
		t.Errorf("all: %+v, %v", c.Neon, err)
	}
}

// refused expects that inputs are refused with these words.
func refused(t *testing.T, want string, env map[string]string, args ...string) {
	t.Helper()
	_, err := load(t, "rehearse", env, args...)
	e, ok := fault.Explain(err)
	if !ok || !strings.Contains(e.Why+e.Do, want) {
		t.Errorf("%v %v: %+v does not say %q", env, args, e, want)
	}
}

func TestWrongTargets(t *testing.T) {
	for input, want := range map[string]string{
		"-n":                   "-n SECTION",
		"billing":              "-n SECTION",
		"-n a -n b":            "-n SECTION",
		"-x tenant":            "-x KEY=VALUE",
		"-d -n":                "-d DATABASE",
		"--sql -n a":           "--sql -n a",
		"-x tenant=a --head b": "something else",
	} {
		refused(t, want, map[string]string{"INPUT_TARGETS": input})
	}
	for databases, want := range map[string]string{"shop shop": "twice", "shop all": "among others"} {
		refused(t, want, nil, "--databases", databases)
	}
	refused(t, "contradict", nil, "--databases", "shop", "--database", "shop")
}
