package githublocal

import (
	"cmp"
	"net/http"
	"slices"
)

// listHistory is GET commits, the newest first. As git's log of a path does, that of a path leaves
// merges out: what they bring is told by the commits they join.
func (c *call) listHistory() (reply, error) {
	query := c.req.URL.Query()
	tip, known := c.resolve(or(query.Get("sha"), c.branch))
	if !known {
		return reply{}, problem{status: http.StatusNotFound, message: "Not Found"}
	}
	path := query.Get("path")
	all := slices.DeleteFunc(c.reachable(tip), func(m *commit) bool {
		return path != "" && (len(m.parents) > 1 || !m.touches(path))
	})
	return page(c, all, c.commitShape)
}

func (m *commit) touches(path string) bool {
	return slices.ContainsFunc(m.files, func(f File) bool { return f.Path == path })
}

// reachable are a commit and all before it, the newest first.
func (st *store) reachable(tip string) []*commit {
	var found []*commit
	seen := map[string]bool{}
	for next := []string{tip}; len(next) > 0; {
		sha := next[0]
		next = next[1:]
		if m := st.commits[sha]; m != nil && !seen[sha] {
			seen[sha] = true
			found = append(found, m)
			next = append(next, m.parents...)
		}
	}
	slices.SortStableFunc(found, func(a, b *commit) int { return cmp.Compare(b.at.UnixNano(), a.at.UnixNano()) })
	return found
}
