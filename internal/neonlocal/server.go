package neonlocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// Config says what to serve and where.
type Config struct {
	// Dir keeps everything, for the next start; "" is a temporary directory, removed by Close and
	// also when this process dies. The account that runs PostgreSQL must be able to reach it.
	Dir string
	// Binaries is the PostgreSQL to run; required.
	Binaries postgres.Binaries
	// Key is the one API key that is accepted; "" accepts any, but asks for one.
	Key secret.Text
	// Addr is where the API listens; "" is 127.0.0.1:0, a free port.
	Addr string
	// OperationTime is what each operation takes at least; 0 means 300 ms, negative none.
	OperationTime time.Duration
	// IdleAfter is when a compute without connections is suspended, unless its endpoint says
	// otherwise; 0 means Neon's 5 minutes, negative never.
	IdleAfter time.Duration
	// SweepEvery is how often idle computes and expired branches are looked for; 0 means 250 ms.
	SweepEvery time.Duration
	Limits     Limits
	// Logger hears of requests (debug) and of what went wrong; nil drops it.
	Logger *slog.Logger
	// Now is the clock that dates and expiries go by; nil is the machine's.
	Now func() time.Time
}

// Limits are what a plan would allow; zero values allow everything.
type Limits struct {
	// Branches in a project; beyond it BRANCHES_LIMIT_EXCEEDED. Neon's Free plan: 10.
	Branches int
	// RootBranches in a project, of which production is one. Neon's Free plan: 3.
	RootBranches int
	// Protected branches in a project; negative forbids them.
	Protected int
	// FixedSuspend refuses any suspend_timeout_seconds but the default, as Neon's Free plan does.
	FixedSuspend bool
	// MinSuspend refuses shorter ones, as Neon's Launch plan does.
	MinSuspend time.Duration
	// PageSize caps the pages of branches; 0 means Neon's 100.
	PageSize int
}

const (
	defaultOperationTime = 300 * time.Millisecond
	defaultIdleAfter     = 5 * time.Minute // Neon's suspend timeout
	defaultSweep         = 250 * time.Millisecond
	defaultPageSize      = 100  // as Neon's own command line found
	defaultBranchesLimit = 5000 // Neon's hard limit, told when there is none here
	shutdownLimit        = 10 * time.Second
	requestLimit         = 2 * time.Second
)

func (c Config) withDefaults() Config {
	if c.Addr == "" {
		c.Addr = net.JoinHostPort(loopback, "0")
	}
	if c.OperationTime == 0 {
		c.OperationTime = defaultOperationTime
	}
	if c.IdleAfter == 0 {
		c.IdleAfter = defaultIdleAfter
	}
	if c.SweepEvery <= 0 {
		c.SweepEvery = defaultSweep
	}
	if c.Limits.PageSize <= 0 {
		c.Limits.PageSize = defaultPageSize
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Server is a Neon of our own.
type Server struct {
	cfg         Config
	dir         string
	temporary   bool
	release     []func() // what Close gives back: the guard, the lock
	ssl         bool
	certificate certificate
	faults      Faults
	listener    net.Listener
	http        *http.Server
	ctx         context.Context // ended by Close: operations stop
	cancel      context.CancelFunc
	chains      sync.WaitGroup // operations and the sweep

	mu       sync.Mutex
	projects []*project
	saved    error // of the last attempt to write state.json
}

// Start serves what Config.Dir holds, or nothing yet. Stop it with [Server.Close].
func Start(ctx context.Context, c Config) (*Server, error) {
	if c.Binaries.Dir == "" {
		return nil, fault.Usage("starting the local Neon", "No PostgreSQL was given.", "Find one with postgres.FindBinaries.")
	}
	s := &Server{cfg: c.withDefaults()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	if err := s.openDir(ctx); err != nil {
		return err
	}
	var err error
	if s.ssl, err = builtWithSSL(ctx, s.cfg.Binaries); err != nil {
		return err
	}
	if s.certificate, err = loadCertificate(s.dir, s.cfg.Now()); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	if s.listener, err = net.Listen("tcp", s.cfg.Addr); err != nil {
		return fault.New("starting the local Neon", "Its address is taken or not this machine's.", "Choose another address, or leave it out.").Because(err)
	}
	s.http = &http.Server{
		Handler: s.handler(), ReadHeaderTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelDebug),
	}
	go func() { _ = s.http.Serve(s.listener) }() // ends with ErrServerClosed
	s.chains.Add(1)
	go s.sweepAlways()
	return nil
}

func (s *Server) openDir(ctx context.Context) error {
	if s.cfg.Dir == "" {
		dir, err := postgres.TempDir("neon-local-")
		if err != nil {
			return err
		}
		s.dir, s.temporary = dir, true
		release, err := postgres.Guard(0, dir)
		if err != nil {
			return errors.Join(err, os.RemoveAll(dir))
		}
		s.release = append(s.release, release)
		return nil
	}
	dir, err := filepath.Abs(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("finding the directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // the server's account must pass
		return fault.Usage("opening the directory of the local Neon", "It cannot be made.", "Give a directory that can be written.").Because(err)
	}
	s.dir = dir
	if err := s.lock(); err != nil {
		return err
	}
	var said bytes.Buffer
	if err := postgres.RunAsOwner(ctx, &said, "/bin/sh", "-c", `cd "$1"`, "sh", dir); err != nil {
		return fault.Usage("opening the directory of the local Neon", "The account that runs PostgreSQL cannot reach it: "+strings.TrimSpace(said.String()),
			"Give a directory that everybody can pass into, such as one below /var/tmp.").Because(err)
	}
	return nil
}

// URL is the base of the API: http://127.0.0.1:port/api/v2.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + prefix }

// Faults injects failures.
func (s *Server) Faults() *Faults { return &s.faults }

// Close stops the API, the operations and all servers, and removes a temporary directory.
// Operations that were not over count as failed at the next start.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	s.cancel()
	var errs []error
	if s.http != nil {
		errs = append(errs, s.endHTTP(ctx))
	}
	s.chains.Wait()
	errs = append(errs, s.stopAll(ctx), s.close())
	if s.temporary {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	for _, release := range s.release {
		release()
	}
	return errors.Join(errs...)
}

// endHTTP lets requests finish, because they may start operations, but not for long.
func (s *Server) endHTTP(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return s.http.Close()
	}
	return nil
}

func (s *Server) stopAll(ctx context.Context) error {
	group := errgroup.Group{}
	for _, b := range s.everyBranch() {
		group.Go(func() error {
			for _, e := range b.Endpoints {
				e.front.close()
			}
			return b.cluster.stop(ctx)
		})
	}
	return group.Wait()
}

func (s *Server) everyBranch() []*branch {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*branch
	for _, p := range s.projects {
		all = append(all, p.Branches...)
	}
	return all
}

// sweepAlways suspends idle computes and removes expired branches until the server closes.
func (s *Server) sweepAlways() {
	defer s.chains.Done()
	for pause(s.ctx, s.cfg.SweepEvery) == nil {
		for _, b := range s.everyBranch() {
			s.suspendIdle(b)
		}
		s.expire()
	}
}

func (s *Server) suspendIdle(b *branch) {
	s.mu.Lock()
	c, limit := b.cluster, s.idleLimit(b)
	s.mu.Unlock()
	if limit < 0 {
		return
	}
	stopped, err := c.stopIdle(s.ctx, limit)
	if err != nil {
		s.cfg.Logger.Error("suspending failed", "branch", b.ID, "error", err)
	}
	if !stopped {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := b.compute(); e != nil {
		e.SuspendedAt = s.cfg.Now()
	}
}

// idleLimit is negative when the compute is never suspended.
func (s *Server) idleLimit(b *branch) time.Duration {
	e := b.compute()
	if e == nil || e.SuspendTimeout == 0 {
		return s.cfg.IdleAfter
	}
	return time.Duration(e.SuspendTimeout) * time.Second
}

// expire removes the branches whose time is over, when nothing else is going on in the project.
func (s *Server) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	for _, p := range s.projects {
		for _, b := range p.Branches {
			if !b.ExpiresAt.IsZero() && !now.Before(b.ExpiresAt) && b.State == stateReady && !p.busy() {
				s.removeBranch(p, b)
				break // the project is busy now
			}
		}
	}
}
