package githublocal

import "net/http"

func (s *Server) webHandler() http.Handler {
	mux := http.NewServeMux()
	return mux
}
