package githublocal

import (
	"net/http"
	"slices"
)

// Reruns are the ids of the workflow runs that were run again, in the order of the requests.
func (s *Server) Reruns() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.store.reruns)
}

// DeleteRun makes a workflow run be gone. Every other id is that of a run: this server runs no
// workflows, and knows none.
func (s *Server) DeleteRun(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.goneRuns = append(s.store.goneRuns, id)
}

// rerun is POST actions/runs/{id}/rerun.
func (c *call) rerun() (reply, error) {
	id, err := c.number("id")
	if err != nil || slices.Contains(c.goneRuns, id) {
		return reply{}, notFound()
	}
	c.reruns = append(c.reruns, id)
	return reply{status: http.StatusCreated, body: object{}}, nil
}
