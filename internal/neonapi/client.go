// Package neonapi is a client of the Neon API v2: projects, branches, endpoints,
// databases, roles, connection addresses and operations. It knows nothing about
// migrations.
//
// A call repeats itself only where that is safe (see [Client]), and every failure
// explains itself: why it happened and what to do ([Error], [fault.Explanation]).
// The facts are those of Neon's OpenAPI description and of its documentation at
// https://neon.com/docs; where Neon is known to differ from them, a comment says so.
package neonapi

import (
	"cmp"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

const (
	// DefaultBaseURL is Neon's API, as its OpenAPI description names it.
	DefaultBaseURL = "https://console.neon.tech/api/v2"

	defaultUserAgent = "neon-migrations"
	// A busy project (423) is busy for as long as another job's operations take:
	// seconds each, but several pull requests may queue up.
	defaultBudget = 2 * time.Minute
	// Creating a branch was seen to take 12 s; Neon's own command line waits 60 s.
	defaultTimeout = time.Minute
	// Neon's own poller asks every second for at most five minutes.
	defaultPoll      = 250 * time.Millisecond
	defaultWaitLimit = 5 * time.Minute
)

// Config is what a [Client] is made of. Only Key is required.
type Config struct {
	// BaseURL is the API's address, without a path element of a resource; "" means [DefaultBaseURL].
	BaseURL string
	// Key is the API key. White space around it, as pasting leaves it, is dropped with a notice.
	Key secret.Text
	// UserAgent names the caller to Neon; "" means "neon-migrations".
	UserAgent string
	// Budget bounds the time in which one call may repeat itself: no wait goes
	// past it. Zero means 2 minutes; a negative budget means a single attempt.
	Budget time.Duration
	// Timeout bounds one attempt, from dialling to the last byte of the answer; zero means 60 s.
	// A call ends after Budget + Timeout at the latest.
	Timeout time.Duration
	// Poll is the first pause between two looks at an operation; later ones grow
	// to twelve times of it. Zero means 250 ms.
	Poll time.Duration
	// WaitLimit bounds [Client.Wait]; zero means 300 s.
	WaitLimit time.Duration
	// HTTP carries the requests; nil means a transport of the client's own.
	HTTP http.RoundTripper
	// Logger is told of every attempt at debug level; nil means no log.
	Logger *slog.Logger
	// Notice is told, in sentences for people, of waits, repeated requests and
	// requests that were degraded; nil means nobody. It may be called from several goroutines.
	Notice func(string)
	// Now is the clock; nil means the system's.
	Now func() time.Time
}

// Client calls the Neon API. It is safe for use by several goroutines.
//
// Every method repeats a request that Neon refused without carrying it out: 423,
// 429, 503, and 422 "branch not ready yet". Other 5xx answers and failures of the
// network are repeated only where doing it twice is the same as doing it once:
// all GETs, [Client.DeleteBranch] and [Client.SetExpiry]. [Client.CreateBranch]
// looks for the branch before it asks again. Waits are jittered, honour
// Retry-After, and end with [Config.Budget].
type Client struct {
	cfg    Config
	base   *url.URL
	http   *http.Client
	masker secret.Masker
	jitter func() float64 // in [0, 1); replaced in tests
}

// New checks key and address by their shape, so that a mistake is told before the
// first request. The errors are usage faults and never show what was given.
func New(cfg Config) (*Client, error) {
	if cfg.Notice == nil {
		cfg.Notice = func(string) {}
	}
	key, err := checkKey(cfg.Key, cfg.Notice)
	if err != nil {
		return nil, err
	}
	cfg = withDefaults(cfg)
	cfg.Key = key
	base, err := checkBaseURL(cfg.BaseURL, cfg.Notice)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, base: base, jitter: rand.Float64}
	c.masker.Add(key)
	c.http = &http.Client{
		Transport: attempt{next: cfg.HTTP, timeout: cfg.Timeout},
		// Neon redirects where a path element is empty. Following would send the
		// key elsewhere and turn a POST into a GET.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func withDefaults(cfg Config) Config {
	cfg.BaseURL = cmp.Or(cfg.BaseURL, DefaultBaseURL)
	cfg.UserAgent = cmp.Or(cfg.UserAgent, defaultUserAgent)
	cfg.Budget = cmp.Or(cfg.Budget, defaultBudget)
	cfg.Timeout = cmp.Or(cfg.Timeout, defaultTimeout)
	cfg.Poll = cmp.Or(cfg.Poll, defaultPoll)
	cfg.WaitLimit = cmp.Or(cfg.WaitLimit, defaultWaitLimit)
	if cfg.HTTP == nil {
		cfg.HTTP = ownTransport()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// ownTransport is the standard one, but nobody else's: a failed call closes its
// idle connections.
func ownTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return http.DefaultTransport
}

// notice tells people. Neon's own words are in it, so it is cleaned as errors are.
func (c *Client) notice(format string, args ...any) {
	c.cfg.Notice(c.clean(fmt.Sprintf(format, args...), maxMessage))
}

func (c *Client) now() time.Time { return c.cfg.Now() }

// until is the end of a budget that begins now.
func (c *Client) until() time.Time { return c.now().Add(c.cfg.Budget) }
