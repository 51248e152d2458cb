package config

import (
	"net"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// loopback tells whether a host is this machine, or a neighbour on a container network,
// whose name has no dot.
func loopback(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return !strings.Contains(host, ".")
}

var prefixShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$`)

// prefix keeps branch names readable in Neon's console, in URLs and in a comment.
func prefix(c *Config, v string) *mistake {
	v = strings.TrimRight(v, "/")
	if !prefixShape.MatchString(v) || strings.Contains(v, "//") {
		return &mistake{"it must start with a letter or a digit and have only these, dots, dashes, underscores and slashes, at most 64", "write a word such as ci"}
	}
	c.Neon.Prefix = v
	return nil
}

// lines gives the items of a multi-line value; empty lines and lines that start with # are none.
func lines(v string) []string {
	var items []string
	for item := range strings.Lines(v) {
		item = strings.TrimSpace(item)
		if item != "" && !strings.HasPrefix(item, "#") {
			items = append(items, item)
		}
	}
	return items
}

func alembicArgs(c *Config, v string) *mistake {
	c.Alembic.Args = nil
	for _, item := range lines(v) {
		item = strings.TrimSpace(strings.TrimPrefix(item, "-x "))
		key, _, found := strings.Cut(item, "=")
		if !found || key == "" || strings.HasPrefix(item, "-") {
			return &mistake{"the line " + strconv.Quote(item) + " is not KEY=VALUE", "write what would stand after `alembic -x`, one a line, such as tenant=acme"}
		}
		c.Alembic.Args = append(c.Alembic.Args, item)
	}
	return nil
}

var variableShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved tells whether a variable means something to the runner or to us, so that it must not
// be set for the project's code: it is removed there because it may hold a secret.
func reserved(name string) bool {
	name = strings.ToUpper(name)
	for _, start := range []string{"INPUT_", "ACTIONS_", "GITHUB_", "RUNNER_"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return name == "NEON_API_KEY" || name == "GH_TOKEN"
}

// essential names what a process needs to start at all.
func essential(name string) bool {
	switch name {
	case "PATH", "HOME", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV":
		return true
	}
	return false
}

// urlVariable takes several names, for projects that read one variable here and another there.
func urlVariable(c *Config, v string) *mistake {
	const cure = "write the name that env.py reads, such as DATABASE_URL; several with spaces between"
	names := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(names) == 0 {
		return &mistake{"there is no name in it", cure}
	}
	for _, name := range names {
		switch {
		case !variableShape.MatchString(name):
			return &mistake{strconv.Quote(name) + " is not the name of an environment variable", cure}
		case reserved(name) || essential(name):
			return &mistake{"the variable " + name + " has a meaning of its own", cure}
		}
	}
	c.Alembic.URLVariable = strings.Join(names, " ")
	return nil
}

// projectEnv reads the environment for the project's code. Values are taken as they are, for
// quotes mean something else in every tool that reads such files.
func projectEnv(c *Config, v string) *mistake {
	c.Alembic.Env = map[string]string{}
	for _, item := range lines(v) {
		name, value, found := strings.Cut(strings.TrimPrefix(item, "export "), "=")
		if !found || !variableShape.MatchString(name) {
			return &mistake{"a line is not NAME=VALUE", "write one NAME=VALUE a line, such as SECRET_KEY=only-for-ci"}
		}
		if reserved(name) {
			return &mistake{name + " would hand a secret, or the runner's own settings, to the code of the pull request", "remove the line; if your code insists on the variable, give it a name of its own"}
		}
		c.Alembic.Env[name] = unquoted(value)
	}
	return nil
}

// unquoted drops the quotes around a whole value, as the readers of dotenv files do.
func unquoted(value string) string {
	if len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return value[1 : len(value)-1]
	}
	return value
}

// words splits a command into its arguments: at white space, with single or double quotes around
// what belongs together. Nothing else is special, for there is no shell.
func words(field func(*Config) *[]string) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		if strings.ContainsAny(v, "|;&<>`$\n") {
			return &mistake{"it needs a shell, and there is none", "write one command without variables, pipes or redirections, or put it into a script of yours and write its path"}
		}
		split, ok := splitWords(v)
		if !ok || len(split) == 0 {
			return &mistake{"a quote is not closed", "close it, or leave it out"}
		}
		*field(c) = split
		return nil
	}
}

func splitWords(v string) (split []string, ok bool) {
	var word strings.Builder
	var quote rune
	started := false
	end := func() {
		if started {
			split = append(split, word.String())
		}
		word.Reset()
		started = false
	}
	for _, r := range v {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case unicode.IsSpace(r):
			end()
		default:
			word.WriteRune(r)
			started = true
		}
	}
	end()
	return split, quote == 0
}

func token(c *Config, v string) *mistake {
	if strings.ContainsFunc(v, unicode.IsSpace) {
		return &mistake{"it has spaces or line breaks inside: more than the token was pasted", "write `github-token: ${{ github.token }}`"}
	}
	c.GitHub.Token = secret.Text(v)
	return nil
}

var keyShape = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,64}$`)

// commentKey stands in a hidden HTML comment, which "--" would end.
func commentKey(c *Config, v string) *mistake {
	if !keyShape.MatchString(v) || strings.Contains(v, "--") {
		return &mistake{"it may have letters, digits, dots, slashes, underscores and single dashes, at most 64", "write a word such as billing"}
	}
	c.GitHub.CommentKey = v
	return nil
}

func number(c *Config, v string) *mistake {
	n, err := strconv.ParseInt(strings.TrimPrefix(v, "#"), 10, 32)
	if err != nil || n <= 0 {
		return &mistake{"it is not the number of a pull request", "write its number, such as 42"}
	}
	c.GitHub.PullRequest = int(n)
	return nil
}

var commitShape = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)

// sha reads the hash of a commit.
func sha(field func(*Config) *string) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		if !commitShape.MatchString(v) {
			return &mistake{"it is not the hash of a commit", "write what `git rev-parse HEAD` prints"}
		}
		*field(c) = strings.ToLower(v)
		return nil
	}
}
