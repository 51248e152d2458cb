package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// ServerConfig says how to make and run one server of our own.
type ServerConfig struct {
	Binaries Binaries
	// DataDir is the cluster's directory. The server's account must be able to reach it.
	DataDir string
	// Port on 127.0.0.1; 0 takes a free one.
	Port int
	// Superuser is the name of the first role; "" means postgres.
	Superuser string
	// Password of the superuser over TCP; "" leaves the role without one.
	Password secret.Text
	// InitArgs are further arguments for initdb, used by InitCluster alone.
	InitArgs []string
	// Settings go on the server's command line and win over postgresql.conf.
	Settings map[string]string
	// HBA replaces pg_hba.conf line by line, if given. The default trusts the private
	// socket and asks for SCRAM over TCP.
	HBA []string
	// Log receives the server's log; nil drops it, but for the last lines in an error.
	Log io.Writer
}

func (c ServerConfig) superuser() string {
	if c.Superuser == "" {
		return "postgres"
	}
	return c.Superuser
}

// InitCluster makes a new cluster in DataDir, which must be empty or missing.
// Durability is switched off: a crash of this machine may lose it.
func InitCluster(ctx context.Context, c ServerConfig) error {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return fmt.Errorf("making the cluster's directory: %w", err)
	}
	if err := Own(c.DataDir); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + c.DataDir, "--username=" + c.superuser(), "--encoding=UTF8", "--locale=C",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync",
	}
	args = append(args, c.InitArgs...)
	if c.Password != "" {
		file, err := passwordFile(c.Password)
		if err != nil {
			return err
		}
		defer os.Remove(file)
		args = append(args, "--pwfile="+file)
	}
	var said bytes.Buffer
	initdb, _ := c.Binaries.Path("initdb")
	if err := RunAsOwner(ctx, &said, initdb, args...); err != nil {
		return fmt.Errorf("making a PostgreSQL cluster: %w: %s", err, lastLines(said.String(), 3))
	}
	return c.writeHBA()
}

func passwordFile(password secret.Text) (string, error) {
	file, err := os.CreateTemp("", "neon-migrations-pw-")
	if err != nil {
		return "", fmt.Errorf("making a password file: %w", err)
	}
	defer file.Close()
	if _, err := io.WriteString(file, password.Reveal()+"\n"); err != nil {
		return "", fmt.Errorf("writing a password file: %w", err)
	}
	return file.Name(), Own(file.Name())
}

func (c ServerConfig) writeHBA() error {
	if len(c.HBA) == 0 {
		return nil
	}
	path := filepath.Join(c.DataDir, "pg_hba.conf")
	if err := os.WriteFile(path, []byte(strings.Join(c.HBA, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing pg_hba.conf: %w", err)
	}
	return Own(path)
}

// Server is a running PostgreSQL of our own.
type Server struct {
	config    ServerConfig
	socketDir string
	process   *os.Process
	exited    chan struct{} // closed when the process has been waited for
	said      *tail
	release   func() // calls the guard off
}

// portTries is how often a port that another process took meanwhile is replaced.
const portTries = 5

// StartServer runs the cluster in DataDir and waits until it takes connections: on
// 127.0.0.1 and on a private socket. The server stops when this process dies.
func StartServer(ctx context.Context, c ServerConfig) (*Server, error) {
	if c.Port != 0 {
		return startOnce(ctx, c)
	}
	var err error
	for range portTries {
		var server *Server
		if c.Port, err = freePort(); err != nil {
			return nil, err
		}
		server, err = startOnce(ctx, c)
		if err == nil || !strings.Contains(err.Error(), "already in use") {
			return server, err
		}
	}
	return nil, err
}

func startOnce(ctx context.Context, c ServerConfig) (*Server, error) {
	socketDir, err := TempDir("neon-pg-") // short: a socket's path has at most 107 bytes
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, socketDir: socketDir, exited: make(chan struct{}), said: &tail{also: c.Log}}
	if err := s.launch(); err != nil {
		os.RemoveAll(socketDir)
		return nil, err
	}
	if err := s.waitReady(ctx); err != nil {
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		return nil, errors.Join(err, s.Stop(stopCtx))
	}
	return s, nil
}

func (s *Server) launch() error {
	path, _ := s.config.Binaries.Path("postgres")
	cmd := exec.Command(path, s.arguments()...) //nolint:noctx // outlives the start; Stop and the guard end it
	cmd.Stdout, cmd.Stderr = s.said, s.said
	if err := asOwner(cmd); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", path, err)
	}
	s.process = cmd.Process
	go func() {
		_ = cmd.Wait() // how it ended is in its log, which errors quote
		close(s.exited)
	}()
	release, err := Guard(cmd.Process.Pid, s.socketDir)
	if err != nil {
		return errors.Join(err, cmd.Process.Signal(syscall.SIGQUIT))
	}
	s.release = release
	return nil
}

// arguments put the settings of the caller last, so that they win.
func (s *Server) arguments() []string {
	args := []string{"-D", s.config.DataDir, "-p", strconv.Itoa(s.config.Port), "-k", s.socketDir, "-h", "127.0.0.1"}
	for _, setting := range []string{
		"fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB",
		"logging_collector=off", "timezone=UTC",
	} {
		args = append(args, "-c", setting)
	}
	for name, value := range s.config.Settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

const (
	readyPoll   = 10 * time.Millisecond
	stopTimeout = 20 * time.Second
)

// waitReady reads postmaster.pid, as pg_ctl does: its eighth line says "ready" (or
// "standby") once the server takes connections (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_PM_STATUS).
func (s *Server) waitReady(ctx context.Context) error {
	poll := time.NewTicker(readyPoll)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL to start: %w", context.Cause(ctx))
		case <-s.exited:
			return fmt.Errorf("PostgreSQL ended while starting: %s", s.said.last(4))
		case <-poll.C:
			if s.ready() {
				return nil
			}
		}
	}
}

func (s *Server) ready() bool {
	content, err := os.ReadFile(filepath.Join(s.config.DataDir, "postmaster.pid"))
	if err != nil {
		return false
	}
	lines := strings.Split(string(content), "\n")
	return len(lines) >= 8 && strings.TrimSpace(lines[0]) == strconv.Itoa(s.process.Pid) &&
		strings.HasPrefix(lines[7], "ready")
}

// Address is where the superuser finds the server over TCP, in the database postgres.
func (s *Server) Address() Address {
	return Address{
		Host: "127.0.0.1", Port: uint16(s.config.Port), User: s.config.superuser(),
		Password: s.config.Password, Database: "postgres", Params: map[string]string{"sslmode": "disable"},
	}
}

// SocketAddress is where the superuser finds the server without a password.
func (s *Server) SocketAddress() Address {
	a := s.Address()
	a.Host, a.Password = s.socketDir, ""
	return a
}

// SocketDir is the private directory of the server's unix socket.
func (s *Server) SocketDir() string { return s.socketDir }

// Port is the TCP port, and the number in the unix socket's name.
func (s *Server) Port() int { return s.config.Port }

// Major is the server's major version.
func (s *Server) Major() int { return s.config.Binaries.Major }

// Binaries is the installation that the server runs from.
func (s *Server) Binaries() Binaries { return s.config.Binaries }

// Exited is closed when the server has ended, whoever ended it.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// Stop ends all sessions and the server (PostgreSQL's fast shutdown), and waits for it; when
// ctx ends first, the server is ended at once. Stopping twice is harmless.
func (s *Server) Stop(ctx context.Context) error {
	_ = s.process.Signal(syscall.SIGINT) // an error means that it is gone already
	select {
	case <-s.exited:
	case <-ctx.Done():
		_ = s.process.Signal(syscall.SIGQUIT)
		<-s.exited
	}
	if s.release != nil {
		s.release()
	}
	return os.RemoveAll(s.socketDir)
}
