package report

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// source is where the files of the rehearsed commit can be read.
type source struct {
	// base leads to the project's directory at the commit; "" where nothing can be linked.
	base string
}

var (
	commitHash = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	// ordinary are the paths that are linked: others would need care in too many places.
	ordinary = regexp.MustCompile(`^[A-Za-z0-9_./ +-]+$`)
)

// sourceOf needs the pull request's page, the commit and the project's directory.
func sourceOf(r Report) source {
	repository, _, found := strings.Cut(r.PullRequest.URL, "/pull/")
	if !found || !commitHash.MatchString(r.PullRequest.HeadSHA) || r.Directory == "" || !local(r.Directory) {
		return source{}
	}
	return source{base: repository + "/blob/" + r.PullRequest.HeadSHA + "/" + escapePath(path.Clean(r.Directory)) + "/"}
}

// place names a line of a file, with a link to it where that can be; "" for no file.
func (s source) place(file string, line int, d dialect) markup {
	if file == "" {
		return ""
	}
	words, anchor := clip(maxName, path.Base(file)), ""
	if line > 0 {
		words += ":" + strconv.Itoa(line)
		anchor = "#L" + strconv.Itoa(line)
	}
	if s.base == "" || d.link == nil || !local(file) || !ordinary.MatchString(file) {
		return d.code(words)
	}
	return d.link(d.text(words), s.base+escapePath(path.Clean(file))+anchor)
}

// origin names a revision and a line of its file; the revision goes without saying where the file is
// called after it.
func (s source) origin(revision, file string, line int, d dialect) markup {
	place := s.place(file, line, d)
	switch {
	case revision == "" || place != "" && strings.HasPrefix(path.Base(file), revision):
		return place
	case place == "":
		return d.code(clip(maxName, revision))
	}
	return d.code(clip(maxName, revision)) + " " + place
}

// local tells that a path stays below where it begins.
func local(file string) bool {
	clean := path.Clean(file)
	return !path.IsAbs(clean) && clean != ".." && !strings.HasPrefix(clean, "../")
}

func escapePath(file string) string {
	parts := strings.Split(file, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
