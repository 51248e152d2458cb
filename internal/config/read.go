package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const day = 24 * time.Hour

// mistake is what is wrong with one value and how to put it right. Neither may hold the
// value of a secret.
type mistake struct{ why, do string }

func line(field func(*Config) *string) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		if strings.ContainsFunc(v, unicode.IsControl) {
			return &mistake{"it has a line break or another control character", "write it on one line"}
		}
		*field(c) = v
		return nil
	}
}

func choice[T ~string](field func(*Config) *T, allowed ...T) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		if !slices.Contains(allowed, T(v)) {
			names := make([]string, len(allowed))
			for i, a := range allowed {
				names[i] = string(a)
			}
			return &mistake{"there is no such choice", "choose one of " + strings.Join(names, ", ")}
		}
		*field(c) = T(v)
		return nil
	}
}

func truth(field func(*Config) *bool) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		switch strings.ToLower(v) {
		case "true", "yes", "on", "1":
			*field(c) = true
		case "false", "no", "off", "0":
			*field(c) = false
		default:
			return &mistake{"it is neither yes nor no", "write true or false"}
		}
		return nil
	}
}

func span(field func(*Config) *time.Duration, longest time.Duration) func(*Config, string) *mistake {
	return func(c *Config, v string) *mistake {
		d, err := parseSpan(v)
		switch {
		case err != nil:
			return &mistake{"it is not a duration", "write a number and a unit, such as 30m, 36h or 7d"}
		case d <= 0:
			return &mistake{"it is not longer than nothing", "write a longer duration, such as 30m, 36h or 7d"}
		case d > longest:
			return &mistake{"it is longer than " + showSpan(longest) + ", the most there is", "write " + showSpan(longest) + " or less"}
		}
		*field(c) = d
		return nil
	}
}

// parseSpan reads Go's durations, and days, which those do not have: 7d, 1d12h.
func parseSpan(v string) (time.Duration, error) {
	days, rest, found := strings.Cut(v, "d")
	if !found {
		return time.ParseDuration(v)
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("reading days %q: %w", days, err)
	}
	if rest == "" {
		return time.Duration(n) * day, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("reading %q after the days", rest)
	}
	return time.Duration(n)*day + d, nil
}

// showSpan writes whole days as days and drops the zeros of Go's own form.
func showSpan(d time.Duration) string {
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

// apiKey finds the usual accidents of pasting before Neon answers 401 to them.
func apiKey(c *Config, v string) *mistake {
	switch {
	case strings.Contains(v, "://"):
		return &mistake{"it is an address and not a key", "make a key in Neon's console under Account settings, API keys"}
	case strings.ContainsFunc(v, unicode.IsSpace):
		return &mistake{"it has spaces or line breaks inside: more than the key was pasted", "set the secret again with the key alone: `gh secret set NEON_API_KEY`"}
	}
	c.Neon.Key = secret.Text(v)
	return nil
}

var (
	projectShape  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	projectInLink = regexp.MustCompile(`/projects/([a-z0-9-]+)`)
)

func projectID(c *Config, v string) *mistake {
	const where = "copy the project id from Neon's console, Settings"
	switch {
	case strings.HasPrefix(v, "postgres"):
		return &mistake{"it is a database address", where}
	case projectInLink.MatchString(v):
		return &mistake{"it is the address of a page", "write " + projectInLink.FindStringSubmatch(v)[1]}
	case strings.HasPrefix(v, "br-"):
		return &mistake{"it is the id of a branch", where}
	case strings.HasPrefix(v, "ep-"):
		return &mistake{"it is the id of an endpoint", where}
	case strings.HasPrefix(v, "org-"):
		return &mistake{"it is the id of an organization", where}
	case !projectShape.MatchString(v):
		return &mistake{"a project id is made of small letters, digits and dashes, such as shiny-wind-028834", where}
	}
	c.Neon.Project = v
	return nil
}

func apiURL(c *Config, v string) *mistake {
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return &mistake{"it is not the address of an API", "write an address such as https://console.neon.tech/api/v2"}
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return &mistake{"it has a user, a query or a fragment", "write only scheme, host and path, such as https://console.neon.tech/api/v2"}
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return &mistake{"the key would travel unencrypted", "write https://, or an address of this machine"}
	}
	c.Neon.API = strings.TrimRight(v, "/")
	return nil
}
