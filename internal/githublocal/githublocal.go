// Package githublocal is a GitHub of one repository, kept in memory: the REST endpoints
// that this project uses, the webhook payloads that start a workflow, and the page of a
// pull request for a person with a browser. It is true to GitHub's own OpenAPI
// description and not to our client, which it does not import.
package githublocal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Config says which repository is served and to whom. Its zero value is a public
// repository acme/shop on a free port of this machine, with the token "ghs_local".
type Config struct {
	// Addr is where to listen; default 127.0.0.1:0, a free port.
	Addr string
	// Token is what a workflow would have as GITHUB_TOKEN, with every permission.
	// More tokens come with [Server.AddToken].
	Token secret.Text
	// Owner and Repo name the repository; default acme and shop.
	Owner, Repo string
	// OwnerIsUser makes the owner a person; default is an organization.
	OwnerIsUser bool
	// Private asks for read permissions too, and hides the repository from strangers.
	Private bool
	// DefaultBranch defaults to main.
	DefaultBranch string
	// PageSize, if set, is the most that a list answers at once, so that small tests page.
	PageSize int
	// RateLimit is how many requests a token has per hour; default 1,000 for
	// installation tokens and 5,000 for people's, as GitHub documents.
	RateLimit int
	// Mermaid is the source of mermaid.min.js, which is put into each page so that it is
	// one file; without it, diagrams are shown as their source.
	Mermaid []byte
	// Now tells the time; default is the real one.
	Now func() time.Time
	// Logger is told of each request at level debug; default none.
	Logger *slog.Logger
}

// Server is the running GitHub. All methods may be called from several goroutines.
type Server struct {
	config   Config
	listener net.Listener
	http     *http.Server
	done     chan struct{}
	api      http.Handler
	web      http.Handler
	faults   faults
	sequence atomic.Int64 // of requests

	mu       sync.Mutex // guards what follows; no handler waits while holding it
	store    *store
	tokens   map[string]*bearer
	requests []Request
}

// shutdownTime is how long Close waits for answers under way.
const shutdownTime = 2 * time.Second

// Start listens and serves until Close.
func Start(c Config) (*Server, error) {
	c.defaults()
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fault.New("starting the local GitHub", "the address "+c.Addr+" cannot be listened on",
			"Name a free port, or none to have one chosen.").Because(err)
	}
	s := &Server{config: c, listener: listener, done: make(chan struct{}), tokens: map[string]*bearer{}}
	s.store = newStore(c, s.URL())
	s.api, s.web = s.apiHandler(), s.webHandler()
	s.AddToken(Token{Text: c.Token})
	s.http = &http.Server{
		Handler: s, ReadHeaderTimeout: time.Minute,
		// net/http reports only broken connections there, which this server breaks on purpose.
		ErrorLog: slog.NewLogLogger(c.Logger.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); err != http.ErrServerClosed {
			c.Logger.Error("the local GitHub stopped", "error", err)
		}
	}()
	return s, nil
}

func (c *Config) defaults() {
	set := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	set(&c.Addr, "127.0.0.1:0")
	set(&c.Owner, "acme")
	set(&c.Repo, "shop")
	set(&c.DefaultBranch, "main")
	if c.Token == "" {
		c.Token = "ghs_local"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// URL is the address of the web pages, what a workflow knows as GITHUB_SERVER_URL:
// http://127.0.0.1:port, without a slash at the end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// APIURL is the address of the REST API, what a workflow knows as GITHUB_API_URL. It
// ends in /api/v3, as on a GitHub Enterprise Server; the same API answers at the root.
func (s *Server) APIURL() string { return s.URL() + apiPrefix }

// Close ends the server; answers under way have two seconds.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.done
	if err != nil {
		return fmt.Errorf("stopping the local GitHub: %w", err)
	}
	return nil
}
