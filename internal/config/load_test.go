package config

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// load parses args as the flags of command and reads env.
func load(t *testing.T, command string, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	fs := flag.NewFlagSet(command, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	set := Register(fs, command)
	if err := fs.Parse(args); err != nil {
		t.Fatalf("parsing %q: %v", args, err)
	}
	return set.Load(func(name string) string { return env[name] })
}

func TestDefaults(t *testing.T) {
	got, err := load(t, "action", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Command: Auto,
		Neon:    Neon{API: "https://console.neon.tech/api/v2", Prefix: "ci", ExpiresIn: 7 * 24 * time.Hour},
		Alembic: Alembic{Directory: ".", Section: "alembic", Prepare: []string{"none"}, URLVariable: "DATABASE_URL"},
		GitHub:  GitHub{Comment: true, Status: "neon-migrations"},
		Output:  Output{Format: Text}, ModelDrift: Block, ProductionDrift: Warn, Stairway: Warn, Timeout: 30 * time.Minute,
		Risk: Risk{
			FailOn: []string{"block"}, WarnBlocked: 500 * time.Millisecond, StopBlocked: 10 * time.Second,
			Probe: true, Deploy: true, Review: true, Override: "migration-override",
		},
		Promotion: Promotion{
			RequirePlan: Asked, PlanAge: 30 * 24 * time.Hour, Moved: Continue, RestorePoint: Required, RestoreExpiresIn: 7 * 24 * time.Hour,
			LockTimeout: 5 * time.Second, ConcurrentTimeout: 15 * time.Minute, StatementTimeout: 30 * time.Minute, RetryFor: 10 * time.Minute, QueueFor: 30 * time.Minute,
			Environment: "production", ClearLabel: "promotion-clear", StalePlans: Fail,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPrecedence(t *testing.T) {
	project := func(c Config) string { return c.Neon.Project }
	key := func(c Config) string { return c.Neon.Key.Reveal() }
	drift := func(c Config) string { return string(c.ModelDrift) }
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
		get  func(Config) string
		want string
	}{
		{"the flag wins", map[string]string{"INPUT_NEON-PROJECT-ID": "of-input", "NEON_PROJECT_ID": "of-env"}, []string{"--neon-project-id", "of-flag"}, project, "of-flag"},
		{"the input before the environment", map[string]string{"INPUT_NEON-PROJECT-ID": "of-input", "NEON_PROJECT_ID": "of-env"}, nil, project, "of-input"},
		{"the input with underscores", map[string]string{"INPUT_NEON_PROJECT_ID": "of-input", "NEON_PROJECT_ID": "of-env"}, nil, project, "of-input"},
		{"an empty input is none", map[string]string{"INPUT_NEON-PROJECT-ID": "", "NEON_PROJECT_ID": "of-env"}, nil, project, "of-env"},
		{"the environment", map[string]string{"NEON_API_KEY": "napi_x"}, nil, key, "napi_x"},
		{"a pasted line break at the end", map[string]string{"NEON_API_KEY": "napi_x\n"}, nil, key, "napi_x"},
		{"the default", nil, nil, drift, "block"},
		{"an input over the default", map[string]string{"INPUT_MODEL-DRIFT": "warn"}, nil, drift, "warn"},
		{"a flag may take away what the environment says", map[string]string{"NEON_PROJECT_ID": "of-env"}, []string{"--neon-project-id="}, project, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, "rehearse", tt.env, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.get(c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want func(*Config)
	}{
		{"days", []string{"--branch-expires-in=3d"}, func(c *Config) { c.Neon.ExpiresIn = 72 * time.Hour }},
		{"days and hours", []string{"--branch-expires-in=1d12h"}, func(c *Config) { c.Neon.ExpiresIn = 36 * time.Hour }},
		{"a flag alone is true", []string{"--local"}, func(c *Config) { c.Local.Enabled = true }},
		{"no comment", []string{"--comment=false"}, func(c *Config) { c.GitHub.Comment = false }},
		{"a number with its sign", []string{"--pull-request=#42"}, func(c *Config) { c.GitHub.PullRequest = 42 }},
		{"a slash at the end", []string{"--neon-api-url=http://127.0.0.1:9/api/v2/"}, func(c *Config) { c.Neon.API = "http://127.0.0.1:9/api/v2" }},
		{"two variables", []string{"--database-url-variable=A, B"}, func(c *Config) { c.Alembic.URLVariable = "A B" }},
		{"arguments, repeated", []string{"--alembic-args=-x tenant=acme", "--alembic-args", "debug=1"}, func(c *Config) { c.Alembic.Args = []string{"tenant=acme", "debug=1"} }},
		{"environment of a dotenv file", []string{"--env", "# settings\nexport A=\"b c\"\nD='e'\nF=\"g"}, func(c *Config) {
			c.Alembic.Env = map[string]string{"A": "b c", "D": "e", "F": "\"g"}
		}},
		{"extra packages", []string{"--extra-packages", "psycopg[binary] alembic"}, func(c *Config) { c.Alembic.Packages = []string{"psycopg[binary]", "alembic"} }},
		{"environment in lines", []string{"--env", "A=1=2\n# no\n\n B=it's \"x\" "}, func(c *Config) {
			c.Alembic.Env = map[string]string{"A": "1=2", "B": `it's "x"`}
		}},
		{"a command with quotes", []string{"--prepare", `uv sync --extra 'a b' ""`}, func(c *Config) { c.Alembic.Prepare = []string{"uv", "sync", "--extra", "a b", ""} }},
		{"a prefix of two parts", []string{"--branch-prefix=ci/billing/"}, func(c *Config) { c.Neon.Prefix = "ci/billing" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, err := load(t, "rehearse", nil)
			if err != nil {
				t.Fatal(err)
			}
			tt.want(&want)
			got, err := load(t, "rehearse", nil, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct{ name, input, value, says, cure string }{
		{"a link", "neon-project-id", "https://console.neon.tech/app/projects/shiny-wind-028834/branches", "address of a page", "write shiny-wind-028834"},
		{"a branch", "neon-project-id", "br-cool-sun-123", "id of a branch", "Settings"},
		{"a database address", "neon-project-id", "postgresql://u:p@h/d", "database address", "Settings"},
		{"a space", "neon-project-id", "my project", "small letters", "Settings"},
		{"an unknown command", "command", "deploy", "no such choice", "auto, rehearse, promote, cleanup"},
		{"no unit", "timeout", "30", "not a duration", "30m"},
		{"words", "branch-expires-in", "7 days", "not a duration", "7d"},
		{"too long for Neon", "branch-expires-in", "31d", "longer than 30d", "30d or less"},
		{"shorter than the run", "branch-expires-in", "10m", "shorter than timeout (30m)", "at least 30m"},
		{"nothing", "timeout", "0s", "not longer than nothing", "30m"},
		{"negative", "timeout", "-1h", "not longer than nothing", "30m"},
		{"neither yes nor no", "comment", "maybe", "neither", "true or false"},
		{"no prefix", "branch-prefix", "/", "must start", "ci"},
		{"not a variable", "database-url-variable", "MY-URL", "not the name", "DATABASE_URL"},
		{"only commas", "database-url-variable", ", ,", "no name", "DATABASE_URL"},
		{"a variable with a meaning", "database-url-variable", "PATH", "meaning of its own", "DATABASE_URL"},
		{"a shell", "prepare", "pip install . && true", "needs a shell", "script"},
		{"an open quote", "prepare", "uv 'sync", "quote", "close"},
		{"an option", "alembic-args", "--sql", "not KEY=VALUE", "tenant=acme"},
		{"no assignment", "env", "SECRET_KEY", "not NAME=VALUE", "SECRET_KEY=only-for-ci"},
		{"our secret's name", "env", "GITHUB_TOKEN=x", "would hand a secret", "remove"},
		{"not a number", "pull-request", "forty-two", "not the number", "42"},
		{"too big a number", "pull-request", "99999999999", "not the number", "42"},
		{"not a hash", "commit", "main", "not the hash", "git rev-parse"},
		{"no such finding", "fail-on", "H16", "neither a severity nor a code", "H016"},
		{"none and more", "fail-on", "none H016", "none stands beside others", "alone"},
		{"the end of a comment", "comment-key", "a--b", "single dashes", "billing"},
		{"not an address", "neon-api-url", "console.neon.tech", "not the address", "https://"},
		{"unencrypted", "neon-api-url", "http://neon.example.com/api/v2", "unencrypted", "https://"},
		{"two lines", "database", "a\nb", "line break", "one line"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, "action", map[string]string{"INPUT_" + strings.ToUpper(tt.input): tt.value})
			e, ok := fault.Explain(err)
			if !ok || !e.Usage {
				t.Fatalf("got %#v, want a usage fault", err)
			}
			if !strings.Contains(err.Error(), tt.input) || !strings.Contains(e.Why, tt.says) || !strings.Contains(e.Do, tt.cure) {
				t.Errorf("got %v\nwhy: %s\ndo: %s\nwant %q and %q", err, e.Why, e.Do, tt.says, tt.cure)
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := load(t, "rehearse", map[string]string{"NEON_API_KEY": "napi_secret with more", "INPUT_TIMEOUT": "soon"}, "--pull-request", "x", "--quiet", "--verbose", "--branch-prefix=")
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	if f.What != "5 settings are wrong" {
		t.Errorf("what: %s", f.What)
	}
	for _, want := range []string{
		"neon-api-key (from the environment variable NEON_API_KEY)", `timeout "soon" (from the input timeout)`,
		`pull-request "x" (from the flag --pull-request)`, "contradict", "branch-prefix: it is empty", "gh secret set",
	} {
		if !strings.Contains(f.Why, want) {
			t.Errorf("%q is not in\n%s", want, f.Why)
		}
	}
	if strings.Contains(f.Why, "napi_secret") {
		t.Errorf("the key is shown:\n%s", f.Why)
	}
}

func TestSecretsStayOutOfTheProjectsEnvironment(t *testing.T) {
	_, err := load(t, "rehearse", map[string]string{"NEON_API_KEY": "napi_12345"}, "--env", "MINE=x-napi_12345")
	if e, _ := fault.Explain(err); !strings.Contains(e.Why, "MINE holds a secret") || strings.Contains(e.Why, "napi_12345") {
		t.Errorf("got %v: %s", err, e.Why)
	}
}

func TestRequireNeon(t *testing.T) {
	for _, tt := range []struct {
		name  string
		c     Config
		wants []string
	}{
		{"both missing", Config{}, []string{"neon-api-key and neon-project-id", "gh secret set", "gh variable set"}},
		{"the key", Config{Neon: Neon{Project: "p"}}, []string{"neon-api-key not given", "gh secret set"}},
		{"the project", Config{Neon: Neon{Key: "k"}}, []string{"neon-project-id not given", "gh variable set"}},
		{"local", Config{Local: Local{Enabled: true}}, nil},
		{"nothing", Config{Neon: Neon{Key: "k", Project: "p"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.c.RequireNeon()
			if (err != nil) != (tt.wants != nil) {
				t.Fatalf("got %v", err)
			}
			e, _ := fault.Explain(err)
			for _, want := range tt.wants {
				if !strings.Contains(err.Error()+e.Do, want) || !e.Usage {
					t.Errorf("%q is not in %v %+v", want, err, e)
				}
			}
		})
	}
}

func TestSecretFlagsDoNotShow(t *testing.T) {
	fs := flag.NewFlagSet("rehearse", flag.ContinueOnError)
	Register(fs, "rehearse")
	if err := fs.Parse([]string{"--neon-api-key", "napi_12345"}); err != nil {
		t.Fatal(err)
	}
	if got := fs.Lookup("neon-api-key").Value.String(); got != "***" {
		t.Errorf("got %q", got)
	}
	c := Config{Neon: Neon{Key: "a"}, GitHub: GitHub{Token: "b"}}
	if diff := cmp.Diff([]secret.Text{"a", "b"}, c.Secrets()); diff != "" {
		t.Error(diff)
	}
}
