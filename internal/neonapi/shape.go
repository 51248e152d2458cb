package neonapi

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	badKey     = "the Neon API key cannot be used"
	badProject = "the Neon project id is not one"
	badBaseURL = "the address of the Neon API cannot be used"

	doKey     = "Create a key in the Neon Console under Account settings > API keys and store it as the secret NEON_API_KEY, with nothing before or after it."
	doProject = "Take the Project ID from the Neon Console under Settings > General; it looks like shiny-wind-028834."
	doBaseURL = "Leave it out for Neon itself, or give an address such as " + DefaultBaseURL + "."

	// maxID is the length that the pattern of Neon's description allows for an id in a path.
	maxID = 60
)

// mistake is one way to give a wrong value: how to recognise it and what to say.
type mistake struct {
	made bool
	why  string
}

// first returns the reason of the first mistake that was made.
func first(all []mistake) (string, bool) {
	for _, m := range all {
		if m.made {
			return m.why, true
		}
	}
	return "", false
}

// checkKey returns the key without the white space that pasting leaves around it.
func checkKey(key secret.Text, notice func(string)) (secret.Text, error) {
	value := strings.TrimSpace(key.Reveal())
	why, bad := first([]mistake{
		{value == "", "It is empty. GitHub gives a workflow no secrets when a fork or Dependabot triggers it, and an empty value when the name of the secret is misspelt."},
		{isAddress(value), "A database address was given in its place."},
		{len(value) >= 7 && strings.EqualFold(value[:7], "bearer "), "It begins with the word Bearer, which is added when the key is sent."},
		{strings.ContainsAny(value, "\r\n"), "There is a line break inside it: more than the key was pasted."},
		{strings.ContainsFunc(value, unicode.IsSpace), "There is a space inside it: more than the key was pasted."},
		{strings.ContainsAny(value, "\"'`"), "There are quotation marks in it."},
		{strings.ContainsFunc(value, notPrintableASCII), "There is a character in it that no key has."},
	})
	if bad {
		return "", fault.Usage(badKey, why, doKey)
	}
	if value != key.Reveal() {
		notice("The Neon API key had a space or line break before or after it; it is used without.")
	}
	return secret.Text(value), nil
}

func notPrintableASCII(r rune) bool { return r <= ' ' || r > '~' }

// isAddress recognises a Postgres address, also one with a driver's name or one
// pasted together with psql.
func isAddress(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "postgres://") || strings.Contains(s, "postgresql://") || strings.Contains(s, "postgresql+")
}

// CheckProjectID tells from its shape alone whether id can be a project id. Each
// usual mistake has its own words. The error is a usage fault; it does not repeat
// what was given, because that may be an address with a password.
func CheckProjectID(id string) error {
	why, bad := first([]mistake{
		{strings.TrimSpace(id) == "", "It is empty."},
		{isAddress(id), "A database address was given in its place; it contains a password and belongs in no variable that is printed."},
		{strings.Contains(id, "://") || strings.Contains(id, "neon.tech/"), "A web address was given in its place; the id is the part after /projects/."},
		{strings.ContainsFunc(id, unicode.IsSpace), "There is a space or line break in it."},
		{strings.HasPrefix(id, "br-"), "It is the id of a branch: those begin with br-."},
		{strings.HasPrefix(id, "ep-"), "It is the id of an endpoint, or its host: those begin with ep-."},
		{strings.HasPrefix(id, "napi_"), "It is an API key; if it was printed anywhere, revoke it."},
		{strings.HasPrefix(id, "org-"), "It is the id of an organization: those begin with org-."},
		{id != strings.ToLower(id), "There are upper-case letters in it: it may be the project's name."},
		{strings.ContainsFunc(id, notInID), "There are characters in it besides a-z, 0-9 and the hyphen: it may be the project's name."},
		{len(id) > maxID, fmt.Sprintf("It is longer than %d characters.", maxID)},
	})
	if bad {
		return fault.Usage(badProject, why, doProject)
	}
	return nil
}

func notInID(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
}

func checkBaseURL(raw string, notice func(string)) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(raw), "/"))
	if err != nil { // the parser's error repeats what it was given
		return nil, fault.Usage(badBaseURL, "It is no web address.", doBaseURL)
	}
	why, bad := first([]mistake{
		{u.Scheme != "https" && u.Scheme != "http", "It must begin with https://."},
		{u.Hostname() == "", "It names no host."},
		{u.User != nil, "It contains a user name or password."},
		{u.RawQuery != "" || u.Fragment != "", "It contains a ? or #."},
	})
	if bad {
		return nil, fault.Usage(badBaseURL, why, doBaseURL)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		notice("The Neon API at " + u.Host + " is not called over https: the key can be read on the way.")
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
