package githublocal

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// webHandler serves the pages for a person with a browser.
func (s *Server) webHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		view := s.store.list()
		s.mu.Unlock()
		page, err := s.fill("list.html", view)
		show(w, page, err)
	})
	mux.HandleFunc("GET /{owner}/{repo}/pull/{number}", func(w http.ResponseWriter, req *http.Request) {
		number, err := strconv.Atoi(req.PathValue("number"))
		if err != nil || !s.store.isThis(req.PathValue("owner"), req.PathValue("repo")) {
			http.NotFound(w, req)
			return
		}
		page, err := s.RenderHTML(number)
		if err != nil {
			http.NotFound(w, req)
			return
		}
		show(w, page, nil)
	})
	mux.HandleFunc("GET /avatars/{login}", func(w http.ResponseWriter, req *http.Request) {
		login := req.PathValue("login")
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="20" fill="hsl(%d 45%% 45%%)"/></svg>`, hue(login))
	})
	return mux
}

func show(w http.ResponseWriter, page []byte, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(page) // fails if the browser is gone: nothing to tell
}

// list is the list of pull requests, the newest first.
func (st *store) list() pageView {
	v := pageView{Repository: st.owner + "/" + st.name}
	for _, it := range st.issues {
		if it.pull == nil {
			continue
		}
		row := pullRow{Title: it.title, Author: it.author, Number: it.number, URL: st.page(it), Comments: len(st.commentsOf(it.number))}
		row.State, row.StateWord = pullState(it)
		v.Pulls = append(v.Pulls, row)
	}
	slices.SortFunc(v.Pulls, func(a, b pullRow) int { return b.Number - a.Number })
	return v
}
