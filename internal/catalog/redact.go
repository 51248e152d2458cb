package catalog

import (
	"regexp"
	"strings"
)

// redacted stands for a value that is a secret.
const redacted = "***"

var (
	// secretName are options of wrappers, servers and foreign tables that hold secrets by their
	// names. User mappings are their proper place, but nothing forces anybody to use them.
	secretName = regexp.MustCompile(`(?i)passw|passphrase|pwd|secret|token|credential|(api|access|private|account|shared|sa)_?key|conn(ection)?_?(str|info)|dsn`)
	// secretValue are addresses with a password, and connection strings with one.
	secretValue = regexp.MustCompile(`(?i)://[^/@\s]*:[^@\s]*@|\b(password|passwd|pwd)\s*=`)
)

// redactOptions hides the values of options, each "name=value", that may be secrets. That one
// of them changed is then not seen.
func redactOptions(fields []Field) {
	for i, f := range fields {
		if f.Name != "server_option" {
			continue
		}
		name, value, _ := strings.Cut(f.Value, "=")
		if secretName.MatchString(name) || secretValue.MatchString(value) {
			fields[i].Value = name + "=" + redacted
		}
	}
}
