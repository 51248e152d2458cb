package config

import (
	"fmt"
	"strings"
)

// README renders the reference of all inputs, flags and outputs as Markdown tables, ready to
// stand between the README's markers.
func README() string {
	var b strings.Builder
	b.WriteString("| Input, flag | Default | What it is |\n|---|---|---|\n")
	for _, in := range Inputs() {
		if !in.FlagOnly {
			row(&b, "`"+in.Name+"`", in.shownDefault(), in.reference())
		}
	}
	b.WriteString("\nOnly on the command line:\n\n| Flag | Default | What it is |\n|---|---|---|\n")
	for _, in := range Inputs() {
		if in.FlagOnly {
			row(&b, "`--"+in.Name+"`", in.shownDefault(), in.reference())
		}
	}
	b.WriteString("\nOutputs of the step:\n\n| Output | What it is |\n|---|---|\n")
	for _, r := range Results() {
		row(&b, "`"+r.Name+"`", r.Doc)
	}
	return b.String()
}

func row(b *strings.Builder, cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func (in Input) shownDefault() string {
	def := in.ActionDefault
	if def == "" {
		def = in.Default
	}
	if def == "" {
		return ""
	}
	shown := "`" + def + "`"
	if own := in.ContainerDefault; own != "" {
		shown += " (in the container: `" + own + "`)"
	}
	return shown
}

func (in Input) reference() string {
	text := in.Doc
	if choices := in.Value; strings.Contains(choices, "|") {
		text += " One of: `" + strings.ReplaceAll(choices, "|", "`, `") + "`."
	}
	if len(in.Env) > 0 {
		text += " Environment: `" + strings.Join(in.Env, "`, `") + "`."
	}
	return text
}

// actionDefault is the default in the metadata file. What the environment may say has none
// there: the runner would hand it on as if the user had written it.
func (in Input) actionDefault(container bool) string {
	switch {
	case container && in.ContainerDefault != "":
		return in.ContainerDefault
	case in.ActionDefault != "":
		return in.ActionDefault
	case len(in.Env) > 0:
		return ""
	}
	return in.Default
}

// description is the text in the metadata file, with the default that cannot stand there.
func (in Input) description(container bool) string {
	text := plain(in.reference())
	if in.Default != "" && in.actionDefault(container) == "" {
		text += " Default: `" + in.Default + "`."
	}
	return text
}

// ActionInputs renders the inputs block of an action's metadata file, of the one with a container
// or of the one on the runner itself. Inputs without a default have none there either, so that
// the environment can fill them.
func ActionInputs(container bool) string {
	var b strings.Builder
	b.WriteString("inputs:\n")
	for _, in := range Inputs() {
		if in.FlagOnly {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n    description: %s\n", in.Name, quote(in.description(container)))
		if def := in.actionDefault(container); def != "" {
			fmt.Fprintf(&b, "    default: %s\n", quote(def))
		}
	}
	return b.String()
}

// ActionOutputs renders the outputs block. A composite action says of each output which step has
// it: step is that step's id, empty for an action that is one step by itself.
func ActionOutputs(step string) string {
	var b strings.Builder
	b.WriteString("outputs:\n")
	for _, r := range Results() {
		fmt.Fprintf(&b, "  %s:\n    description: %s\n", r.Name, quote(r.Doc))
		if step != "" {
			fmt.Fprintf(&b, "    value: ${{ steps.%s.outputs.%s }}\n", step, r.Name)
		}
	}
	return b.String()
}

// ActionEnv renders the environment of a composite action's step, which gets its inputs in no
// other way. Names have underscores, because a shell drops variables whose names have dashes.
func ActionEnv(indent string) string {
	var b strings.Builder
	for _, in := range Inputs() {
		if in.FlagOnly {
			continue
		}
		name := strings.ToUpper(strings.ReplaceAll(in.Name, "-", "_"))
		fmt.Fprintf(&b, "%sINPUT_%s: ${{ inputs.%s }}\n", indent, name, in.Name)
	}
	return b.String()
}

// plain takes the braces off expressions: the runner evaluates them even in a description, and
// does not know secrets there.
func plain(s string) string {
	return strings.NewReplacer("${{ ", "", " }}", "").Replace(s)
}

// quote makes a single-quoted YAML scalar, in which nothing but the quote itself is special.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
