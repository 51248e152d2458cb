package config

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Target is one line of the input targets: what is empty is as the other inputs say.
type Target struct {
	Database string
	Section  string
	Args     []string // key=value, as after alembic's -x
}

// DatabaseNames are all databases that the inputs name, each once, in the order in which they are upgraded.
func (c Config) DatabaseNames() []string {
	names := slices.Clone(c.Neon.Databases)
	if c.Neon.Database != "" {
		names = append(names, c.Neon.Database)
	}
	for _, t := range c.Targets {
		if t.Database != "" {
			names = append(names, t.Database)
		}
	}
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}

// every is what the input databases says for all of them.
const every = "all"

func targetInputs() []Input {
	return []Input{{
		Name: "databases", Value: "NAMES", Commands: runs(),
		Doc:  "Several databases of the branch, which the same revisions upgrade: their names with spaces between, in the order in which they are upgraded, such as `shop audit`; or `all`. They are rehearsed and promoted as one plan; a failure stops the rest.",
		read: databases,
	}, {
		Name: "targets", Kind: Lines, Value: "FLAGS", Commands: runs(),
		Doc:  "Several configurations, one a line, with Alembic's own flags: `-n SECTION`, `-x KEY=VALUE`, and `-d DATABASE` where it is not that of the other inputs; such as `-n billing -d billing`, or `-x tenant=acme`. They are rehearsed and promoted as one plan, in this order; with `databases`, each is run on each of them.",
		read: targets,
	}}
}

func databases(c *Config, v string) *mistake {
	names := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(names) == 1 && names[0] == every {
		c.Neon.EveryDatabase = true
		return nil
	}
	for i, name := range names {
		if name == every || slices.Contains(names[:i], name) {
			return &mistake{strconv.Quote(name) + " stands there twice, or among others", "write each name once, or `all` alone"}
		}
	}
	c.Neon.Databases = names
	return nil
}

func targets(c *Config, v string) *mistake {
	c.Targets = nil
	for _, line := range lines(v) {
		one, m := target(line)
		if m != nil {
			return m
		}
		c.Targets = append(c.Targets, one)
	}
	return nil
}

// target reads flags as Alembic does: with their value after a space, after an equals sign, or at once.
func target(line string) (one Target, m *mistake) {
	wrong := &mistake{"the line " + strconv.Quote(line) + " has something else than -d DATABASE, -n SECTION and -x KEY=VALUE", "write one configuration a line, such as -n billing -d billing"}
	words := strings.Fields(line)
	for len(words) > 0 {
		var flag, value string
		flag, value, words = flagOf(words)
		switch {
		case value == "" || strings.HasPrefix(value, "-"):
			return one, wrong
		case flag == "-d" && one.Database == "":
			one.Database = value
		case flag == "-n" && one.Section == "":
			one.Section = value
		case flag == "-x" && strings.Index(value, "=") > 0:
			one.Args = append(one.Args, value)
		default:
			return one, wrong
		}
	}
	return one, nil
}

// longFlags are the names that the flags have besides.
var longFlags = map[string]string{"--database": "-d", "--name": "-n"}

func flagOf(words []string) (flag, value string, rest []string) {
	flag, rest = words[0], words[1:]
	if long, after, found := strings.Cut(flag, "="); found && longFlags[long] != "" {
		return longFlags[long], after, rest
	}
	if short := longFlags[flag]; short != "" {
		flag = short
	}
	if len(flag) > 2 && flag[0] == '-' && flag[1] != '-' {
		return flag[:2], flag[2:], rest
	}
	if len(rest) > 0 {
		return flag, rest[0], rest[1:]
	}
	return flag, "", nil
}
