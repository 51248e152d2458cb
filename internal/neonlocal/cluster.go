package neonlocal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// cluster is the data of a branch and, while it runs, the server over it. It is started when
// somebody needs it and stopped when nobody has for a while.
type cluster struct {
	config postgres.ServerConfig
	// chill is asked before each start: how long a cold compute takes to wake.
	chill func() time.Duration

	made     chan struct{} // closed when the directory is complete, or never will be
	complete func()        // closes made
	// mu is held while the server starts or stops, and while the directory of a stopped one is copied.
	mu     sync.Mutex
	gone   bool
	server atomic.Pointer[postgres.Server]

	users     atomic.Int64 // who needs the server now: connections, backups, our own statements
	idleSince atomic.Int64 // in Unix nanoseconds
}

var errGone = errors.New("the branch's data was replaced or removed")

func newCluster(config postgres.ServerConfig, chill func() time.Duration) *cluster {
	c := &cluster{config: config, chill: chill, made: make(chan struct{})}
	c.complete = sync.OnceFunc(func() { close(c.made) })
	c.idleSince.Store(time.Now().UnixNano())
	return c
}

// running returns the server if there is one and it has not ended.
func (c *cluster) running() *postgres.Server {
	server := c.server.Load()
	if server == nil {
		return nil
	}
	select {
	case <-server.Exited():
		return nil
	default:
		return server
	}
}

// acquire starts the server if it does not run, and keeps it until release is called. It
// waits for a directory that is still being made.
func (c *cluster) acquire(ctx context.Context) (server *postgres.Server, release func(), err error) {
	c.users.Add(1) // before looking, so that the sweep cannot stop it in between
	release = sync.OnceFunc(func() {
		c.idleSince.Store(time.Now().UnixNano())
		c.users.Add(-1)
	})
	select {
	case <-c.made:
		server, err = c.start(ctx)
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		release()
		return nil, nil, err
	}
	return server, release, nil
}

func (c *cluster) start(ctx context.Context) (*postgres.Server, error) {
	if server := c.running(); server != nil {
		return server, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil, errGone
	}
	if server := c.running(); server != nil {
		return server, nil
	}
	if err := pause(ctx, c.chill()); err != nil {
		return nil, err
	}
	if old := c.server.Swap(nil); old != nil { // it ended by itself: what it left is removed
		_ = old.Stop(ctx)
	}
	server, err := postgres.StartServer(ctx, c.config)
	if err != nil {
		return nil, err
	}
	c.server.Store(server)
	return server, nil
}

// stop ends all sessions and the server.
func (c *cluster) stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopLocked(ctx)
}

func (c *cluster) stopLocked(ctx context.Context) error {
	server := c.server.Load()
	if server == nil {
		return nil
	}
	err := server.Stop(ctx)
	c.server.Store(nil)
	return err
}

// stopIdle stops the server if nobody needed it for so long; it tells whether it did.
func (c *cluster) stopIdle(ctx context.Context, limit time.Duration) (bool, error) {
	if c.running() == nil || !c.idle(limit) || !c.mu.TryLock() {
		return false, nil
	}
	defer c.mu.Unlock()
	if !c.idle(limit) {
		return false, nil
	}
	return true, c.stopLocked(ctx)
}

func (c *cluster) idle(limit time.Duration) bool {
	return c.users.Load() == 0 && time.Since(time.Unix(0, c.idleSince.Load())) >= limit
}

// removeAll stops the server for good and removes the directory.
func (c *cluster) removeAll(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	return errors.Join(c.stopLocked(ctx), os.RemoveAll(c.config.DataDir))
}

// abandon turns away those who wait for a directory that could not be made.
func (c *cluster) abandon() {
	c.mu.Lock()
	c.gone = true
	c.mu.Unlock()
	c.complete()
}

// within runs f with a superuser's session in a database.
func (c *cluster) within(ctx context.Context, database string, f func(*pgx.Conn) error) error {
	server, release, err := c.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	conn, err := dial(ctx, server, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return f(conn)
}

// dial opens a superuser's session over the private socket.
func dial(ctx context.Context, server *postgres.Server, database string) (*pgx.Conn, error) {
	address := server.SocketAddress()
	address.Database = database
	config, err := pgx.ParseConfig(address.URL().Reveal())
	if err != nil {
		return nil, fmt.Errorf("reading our own address: %w", err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return conn, nil
}

// execute runs statements one after another in a database, as the superuser.
func (c *cluster) execute(ctx context.Context, database string, statements ...string) error {
	if len(statements) == 0 {
		return nil
	}
	return c.within(ctx, database, func(conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("preparing the database %q: %w", database, err)
			}
		}
		return nil
	})
}

// superuser is Neon's own; nobody can enter as it over TCP.
const superuser = "cloud_admin"

// settings are Neon's as its users notice them (documentation, "Neon Postgres parameters", for the
// smallest compute), and those that make a cluster small and quick to copy.
var settings = map[string]string{
	"client_connection_check_interval":    "60s",
	"idle_in_transaction_session_timeout": "5min",
	"log_checkpoints":                     "off",
	"max_connections":                     "112",
	"max_wal_size":                        "512MB",
	"min_wal_size":                        "8MB",
	"password_encryption":                 "scram-sha-256",
	"restart_after_crash":                 "off",
	"superuser_reserved_connections":      "7",
	"wal_level":                           "replica",
}

// clusterIn describes the cluster of a branch in dir, which is below Config.Dir.
func (s *Server) clusterIn(dir string) *cluster {
	with := maps.Clone(settings)
	kind := "host"
	if s.ssl {
		kind = "hostssl" // like Neon: no unencrypted sessions
		with["ssl"], with["ssl_cert_file"], with["ssl_key_file"] = "on", s.certificate.cert, s.certificate.key
	}
	return newCluster(postgres.ServerConfig{
		Binaries: s.cfg.Binaries, DataDir: filepath.Join(s.dir, dir), Superuser: superuser, Settings: with,
		InitArgs: []string{"--wal-segsize=1"}, // a copy takes whole segments along
		HBA: []string{
			"local all all trust", "host all " + superuser + " all reject",
			kind + " all all 127.0.0.1/32 scram-sha-256", kind + " replication all 127.0.0.1/32 scram-sha-256",
		},
		Log: serverLog{s.cfg.Logger},
	}, s.faults.chill)
}

// serverLog passes a cluster's log on.
type serverLog struct{ to *slog.Logger }

// Write implements [io.Writer].
func (l serverLog) Write(p []byte) (int, error) {
	l.to.Debug("postgres", "log", strings.TrimSpace(string(p)))
	return len(p), nil
}

// pause waits for d, or less if ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
