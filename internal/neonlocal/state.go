package neonlocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

const (
	stateFile    = "state.json"
	lockFile     = "lock"
	stateVersion = 1
)

// state is what state.json holds.
type state struct {
	Version  int
	Major    int // of the PostgreSQL that the clusters need
	Projects []*project
}

// save writes the state in one step, with Server.mu held. A failure is kept for Close: the
// answer that is being given is true all the same.
func (s *Server) save() {
	if s.temporary {
		return
	}
	s.saved = s.write()
	if s.saved != nil {
		s.cfg.Logger.Error("saving failed", "error", s.saved)
	}
}

func (s *Server) write() error {
	content, err := json.MarshalIndent(state{Version: stateVersion, Major: s.cfg.Binaries.Major, Projects: s.projects}, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the state: %w", err)
	}
	path := filepath.Join(s.dir, stateFile)
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return fmt.Errorf("writing the state: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("replacing the state: %w", err)
	}
	return nil
}

// close saves for the last time and tells whether it could.
func (s *Server) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.certificate.key == "" { // never opened: there is nothing worth writing
		return nil
	}
	s.save()
	return s.saved
}

// lock keeps a second server out of the directory; it ends with the process.
func (s *Server) lock() error {
	file, err := os.OpenFile(filepath.Join(s.dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the lock: %w", err)
	}
	s.release = append(s.release, func() { _ = file.Close() })
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fault.New("opening the directory of the local Neon", "Another local Neon is running in it.",
			"Stop that one, or give another directory.").Because(err)
	}
	return nil
}

// load takes up where the last server stopped: ids, ports (if they are free), passwords and data.
func (s *Server) load() error {
	content, err := os.ReadFile(filepath.Join(s.dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	var kept state
	if err := json.Unmarshal(content, &kept); err != nil || kept.Version != stateVersion {
		return fault.New("reading the state of the local Neon", "It is of another version, or damaged.",
			"Remove the directory to begin anew.").Because(err)
	}
	if kept.Major != s.cfg.Binaries.Major {
		return fault.Usage("opening the directory of the local Neon",
			fmt.Sprintf("Its databases need PostgreSQL %d, and this is %d.", kept.Major, s.cfg.Binaries.Major),
			"Use that version, or give another directory.")
	}
	s.projects = kept.Projects
	for _, p := range s.projects {
		if err := s.revive(p); err != nil {
			return err
		}
	}
	return s.removeStrays()
}

// revive opens a project's endpoints. Operations that were cut off failed; a branch that was
// being made is not there, one that was being removed is gone.
func (s *Server) revive(p *project) error {
	for _, o := range p.Operations {
		if !o.over() {
			o.Status, o.Error = statusFailed, "the server was stopped"
		}
	}
	var kept []*branch
	for _, b := range p.Branches {
		if b.State == stateInit || b.Pending == stateDeleted {
			continue
		}
		b.State, b.Pending = stateReady, ""
		if err := s.reviveBranch(b); err != nil {
			return err
		}
		kept = append(kept, b)
	}
	p.Branches = kept
	return nil
}

func (s *Server) reviveBranch(b *branch) error {
	b.cluster = s.clusterIn(b.Data)
	b.cluster.complete()
	// The server that wrote it is gone: we hold the directory's lock.
	if err := os.Remove(filepath.Join(s.dir, b.Data, "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing a stale lock: %w", err)
	}
	for _, e := range b.Endpoints {
		e.Pending, e.Made = "", true
		if err := s.openFront(e, b.cluster); err != nil {
			return err
		}
	}
	return nil
}

// openFront gives an endpoint its address, the one that it had if that is free.
func (s *Server) openFront(e *endpoint, c *cluster) error {
	var err error
	if e.front, err = listen(e.Port); err != nil {
		return err
	}
	e.Port = e.front.port()
	e.front.disabled.Store(e.Disabled)
	e.front.cluster.Store(c)
	go e.front.serve()
	return nil
}

// removeStrays removes data that no branch has any more.
func (s *Server) removeStrays() error {
	known := map[string]bool{}
	for _, p := range s.projects {
		for _, b := range p.Branches {
			known[b.Data] = true
		}
	}
	dirs, err := filepath.Glob(filepath.Join(s.dir, "branches", "*", "data-*"))
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		name, _ := filepath.Rel(s.dir, dir) // it is below
		if known[name] {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("removing old data: %w", err)
		}
		_ = os.Remove(filepath.Dir(dir)) // only if it is empty
	}
	return nil
}
