package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// optionList is the field with the options of something foreign.
const optionList = "server_option"

// redacted stands for a value that is a secret.
const redacted = "***"

var (
	// secretName are options of wrappers, servers and foreign tables that hold secrets by their
	// names. User mappings are their proper place, but nothing forces anybody to use them.
	secretName = regexp.MustCompile(`(?i)passw|passphrase|pwd|secret|token|credential|(api|access|private|account|shared|sa)_?key|conn(ection)?_?(str|info)|dsn`)
	// secretValue are addresses with a password, and connection strings with one.
	secretValue = regexp.MustCompile(`(?i)://[^/@\s]*:[^@\s]*@|\b(password|passwd|pwd)\s*=`)
)

// eachOption gives the options of something foreign, each "name=value", in the order in which a
// dump writes them. Values that may be secrets are hidden; that one of them changed is not seen.
func (r *reading) eachOption(array []byte, do func(string)) error {
	var options []string
	if err := r.eachText(array, func(option string) { options = append(options, redactOption(option)) }); err != nil {
		return err
	}
	slices.Sort(options)
	for _, option := range options {
		do(option)
	}
	return nil
}

func redactOption(option string) string {
	name, value, _ := strings.Cut(option, "=")
	if secretName.MatchString(name) || secretValue.MatchString(value) {
		return name + "=" + redacted
	}
	return option
}
