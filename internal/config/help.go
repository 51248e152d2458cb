package config

import (
	"strings"
	"unicode/utf8"
)

// Widths of the help text, in characters: of the column with the flags and of the whole.
const (
	flagColumn = 30
	helpWidth  = 100
)

// FlagHelp describes the flags of one command in two aligned columns, ready to be printed
// below the command's own text. It ends with a line break.
func FlagHelp(command string) string {
	var b strings.Builder
	for _, in := range Inputs() {
		if in.For(command) {
			entry(&b, in.flagName(), in.help())
		}
	}
	return b.String()
}

// flagName is the flag as it is typed, such as --timeout DURATION.
func (in Input) flagName() string {
	if in.Value == "" {
		return "--" + in.Name
	}
	return "--" + in.Name + " " + in.Value
}

// help is the text of one flag: what it is, its default and its environment variables.
func (in Input) help() string {
	text := strings.ReplaceAll(in.Doc, "`", "")
	if in.Kind == Lines {
		text += " The flag may be repeated."
	}
	if in.Default != "" && (in.Kind != Bool || in.Default == "true") {
		text += " Default: " + in.Default + "."
	}
	if in.Kind == Bool && in.Default == "true" {
		text += " Switch it off with --" + in.Name + "=false."
	}
	if len(in.Env) > 0 {
		text += " [$" + strings.Join(in.Env, ", $") + "]"
	}
	return text
}

func entry(b *strings.Builder, name, text string) {
	b.WriteString("  " + name)
	column := 2 + utf8.RuneCountInString(name)
	if column > flagColumn-2 {
		b.WriteByte('\n')
		column = 0
	}
	for _, l := range wrap(text, helpWidth-flagColumn) {
		b.WriteString(strings.Repeat(" ", flagColumn-column) + l + "\n")
		column = 0
	}
}

// wrap breaks text between words into lines of at most width characters; a longer word has a
// line of its own.
func wrap(text string, width int) []string {
	var out []string
	current, used := "", 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			out = append(out, current)
			current, used = "", 0
		}
		if used > 0 {
			current, used = current+" ", used+1
		}
		current, used = current+word, used+n
	}
	return append(out, current)
}
