package config

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// Set is the inputs of one command, bound to a flag set. Make one with [Register].
type Set struct {
	command string
	inputs  []Input
	flags   map[string]*given
}

// given is a flag's value as typed. It implements [flag.Value] and never refuses: Load judges
// all values together, so that all mistakes are told at once.
type given struct {
	input Input
	text  string
	set   bool
}

// String implements [flag.Value].
func (g *given) String() string {
	if g.input.Secret && g.text != "" {
		return "***"
	}
	return g.text
}

// Set implements [flag.Value]. A flag of several lines adds one line each time.
func (g *given) Set(v string) error {
	if g.input.Kind == Lines && g.set {
		v = g.text + "\n" + v
	}
	g.text, g.set = v, true
	return nil
}

// IsBoolFlag lets --comment stand for --comment=true.
func (g *given) IsBoolFlag() bool { return g.input.Kind == Bool }

// Register defines a flag on fs for every input that command has. Parse fs, then call
// [Set.Load]. Flags of the command's own may be defined on fs as well.
func Register(fs *flag.FlagSet, command string) *Set {
	s := &Set{command: command, flags: map[string]*given{}}
	for _, in := range Inputs() {
		if !in.For(command) {
			continue
		}
		g := &given{input: in}
		s.inputs = append(s.inputs, in)
		s.flags[in.Name] = g
		fs.Var(g, in.Name, in.Doc)
	}
	return s
}

// Load reads every input of the command: the flag if it was given, else the environment's
// INPUT_<NAME>, else the input's other environment variables, else the default. An empty
// environment variable counts as not given, for the runner sets one for each input of the Action.
//
// All mistakes come back together as one usage fault. The values of secrets are never in it.
// Needed values that are missing are not looked for here, see [Config.RequireNeon].
func (s *Set) Load(getenv func(string) string) (Config, error) {
	var c Config
	var found []problem
	for _, in := range s.inputs {
		v := s.lookup(in, getenv)
		if m := judge(in, &c, v.text); m != nil {
			found = append(found, problem{input: in, value: v, mistake: *m})
		}
	}
	found = append(found, s.contradictions(c, found)...)
	if err := together(s.command, found); err != nil {
		return Config{}, err
	}
	return c, nil
}

// judge reads one value into c. Only a flag can take a default away, by being empty.
func judge(in Input, c *Config, text string) *mistake {
	switch {
	case text != "":
		return in.read(c, text)
	case in.Default != "":
		return &mistake{"it is empty", "leave the flag out to get the default, " + in.Default}
	}
	return nil
}

// value is the text of an input and where it came from.
type value struct{ text, source string }

func (s *Set) lookup(in Input, getenv func(string) string) value {
	if g := s.flags[in.Name]; g.set {
		return value{strings.TrimSpace(g.text), "the flag --" + in.Name}
	}
	for _, name := range in.variables() {
		if text := strings.TrimSpace(getenv(name)); text != "" {
			if strings.HasPrefix(name, "INPUT_") {
				return value{text, "the input " + in.Name}
			}
			return value{text, "the environment variable " + name}
		}
	}
	return value{in.Default, "the default"}
}

// variables are the environment variables to ask, the first first. The runner keeps the dashes
// of an input's name; a composite action, whose steps get no inputs, hands them on without.
func (in Input) variables() []string {
	if in.FlagOnly {
		return in.Env
	}
	upper := "INPUT_" + strings.ToUpper(in.Name)
	names := []string{upper}
	if plain := strings.ReplaceAll(upper, "-", "_"); plain != upper {
		names = append(names, plain)
	}
	return append(names, in.Env...)
}

// contradictions are mistakes of two values together. Values that are wrong by themselves are
// not looked at again.
func (s *Set) contradictions(c Config, found []problem) []problem {
	var more []problem
	add := func(name, why, do string) {
		wrong := slices.ContainsFunc(found, func(p problem) bool { return p.input.Name == name })
		at := slices.IndexFunc(s.inputs, func(in Input) bool { return in.Name == name })
		if !wrong && at >= 0 {
			more = append(more, problem{input: s.inputs[at], mistake: mistake{why, do}})
		}
	}
	if c.Neon.ExpiresIn > 0 && c.Neon.ExpiresIn < c.Timeout {
		add("branch-expires-in", "it is shorter than timeout ("+showSpan(c.Timeout)+"): Neon could remove the branch while it is used", "write at least "+showSpan(c.Timeout))
	}
	if c.Neon.Database != "" && (len(c.Neon.Databases) > 0 || c.Neon.EveryDatabase) {
		add("databases", "database and databases contradict each other", "leave one of them out")
	}
	if c.Output.Quiet && c.Output.Verbose {
		add("quiet", "quiet and verbose contradict each other", "leave one of them out")
	}
	for _, name := range sortedKeys(c.Alembic.Env) {
		for _, s := range c.Secrets() {
			if strings.Contains(c.Alembic.Env[name], s.Reveal()) {
				add("env", name+" holds a secret of this run, and the pull request's code would read it", "remove the line")
			}
		}
	}
	return more
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// problem is one mistake and the input it is in.
type problem struct {
	input Input
	value value
	mistake
}

// what names the input, its value unless that is a secret, and its source.
func (p problem) what() string {
	const long = 60
	text := p.value.text
	switch {
	case text == "":
		return p.input.Name
	case p.input.Secret || p.input.Kind == Lines:
		return fmt.Sprintf("%s (from %s)", p.input.Name, p.value.source)
	case len(text) > long:
		text = strings.ToValidUTF8(text[:long], "") + "…"
	}
	return fmt.Sprintf("%s %q (from %s)", p.input.Name, text, p.value.source)
}

// together makes one fault of all mistakes; nil if there are none.
func together(command string, all []problem) error {
	switch len(all) {
	case 0:
		return nil
	case 1:
		p := all[0]
		return fault.Usage(p.what()+" is wrong", p.why, p.do)
	}
	each := make([]string, len(all))
	for i, p := range all {
		each[i] = fmt.Sprintf("%d. %s: %s; %s", i+1, p.what(), p.why, p.do)
	}
	return fault.Usage(fmt.Sprintf("%d settings are wrong", len(all)), strings.Join(each, "\n"),
		"correct them and run again; `neon-migrations "+command+" --help` describes each")
}
