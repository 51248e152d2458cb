package githublocal

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// zeroSHA is git's name for no commit.
const zeroSHA = "0000000000000000000000000000000000000000"

// move is one change of a branch, as GitHub itself saw it: unlike a commit's times, the time is the
// server's.
type move struct {
	id                  int64
	ref, before, after  string
	at                  time.Time
	actor, activityType string
}

// move sets a branch's head and remembers it.
func (st *store) move(branch, sha, actor, activityType string) {
	before, known := st.refs[branch]
	if !known {
		before, activityType = zeroSHA, "branch_creation"
	}
	st.refs[branch] = sha
	st.moves = append(st.moves, move{st.id(), "refs/heads/" + branch, before, sha, st.now(), actor, activityType})
}

// listMoves is GET activity, the newest first. Its pages have no numbers: the Link header leads on.
func (c *call) listMoves() (reply, error) {
	query := c.req.URL.Query()
	ref := query.Get("ref")
	if ref != "" && !strings.HasPrefix(ref, "refs/") {
		ref = "refs/heads/" + ref
	}
	since := time.Time{}
	if days := map[string]int{"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}[query.Get("time_period")]; days > 0 {
		since = c.now().AddDate(0, 0, -days)
	}
	all := slices.DeleteFunc(slices.Clone(c.moves), func(m move) bool {
		return m.at.Before(since) || ref != "" && m.ref != ref || query.Has("actor") && query.Get("actor") != m.actor ||
			query.Has("activity_type") && query.Get("activity_type") != m.activityType
	})
	if query.Get("direction") != "asc" {
		slices.Reverse(all)
	}
	return c.cursorPage(all)
}

// cursorPage cuts the page that begins after the query's cursor.
func (c *call) cursorPage(all []move) (reply, error) {
	query, from := c.req.URL.Query(), 0
	if raw, err := base64.RawURLEncoding.DecodeString(query.Get("after")); err == nil && len(raw) > 0 {
		id, _ := strconv.ParseInt(string(raw), 10, 64)
		from = 1 + slices.IndexFunc(all, func(m move) bool { return m.id == id })
	}
	size := min(whole(query, "per_page", defaultPage), maxPage)
	if c.pageSize > 0 {
		size = min(size, c.pageSize)
	}
	to := min(from+size, len(all))
	out := []object{}
	for _, m := range all[from:to] {
		out = append(out, c.moveShape(m))
	}
	answer := ok(out)
	if to < len(all) {
		query.Set("after", base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, all[to-1].id, 10)))
		answer.header = http.Header{"Link": {fmt.Sprintf(`<%s%s?%s>; rel="next"`, c.api, c.req.URL.EscapedPath(), query.Encode())}}
	}
	return answer, nil
}

func (st *store) moveShape(m move) object {
	return object{
		"id": m.id, "node_id": node("Push", m.id), "before": m.before, "after": m.after, "ref": m.ref,
		"timestamp": stamp(m.at), "activity_type": m.activityType, "actor": orNil(st.simpleUser(m.actor)),
	}
}
