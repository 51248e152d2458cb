package config

import "slices"

// Kind is the shape of an input's value.
type Kind int

// String is one line; Bool is true or false and its flag needs no value; Lines is one item a
// line and its flag may be repeated.
const (
	String Kind = iota
	Bool
	Lines
)

// Input is one row of the table: one knob with all its names.
type Input struct {
	Name    string   // of the Action's input and of the flag
	Env     []string // environment variables asked after INPUT_<NAME>
	Default string
	// ActionDefault is the default of the Action where it differs, ContainerDefault that of the
	// Action that brings its own container: what the workflow cannot have prepared for it.
	ActionDefault, ContainerDefault string
	Kind                            Kind
	Value                           string // what stands for the value in help: KEY, DURATION, a|b|c
	Doc                             string // sentences; the first one says what it is
	Secret                          bool
	FlagOnly                        bool // not an input of the Action
	// Commands that have the flag; empty means every command of the program.
	Commands []string

	read func(*Config, string) *mistake
}

// For tells whether a command has this input.
func (in Input) For(command string) bool {
	return len(in.Commands) == 0 || slices.Contains(in.Commands, command)
}

// Result is one output of the Action's step.
type Result struct{ Name, Doc string }
