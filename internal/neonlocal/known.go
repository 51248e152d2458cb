package neonlocal

// HasProject tells whether a project is there already: kept by the directory of an earlier server.
func (s *Server) HasProject(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return first(s.projects, func(p *project) bool { return p.ID == id }) != nil
}
