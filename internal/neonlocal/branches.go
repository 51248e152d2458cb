package neonlocal

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	maxBranchName = 256
	maxExpiry     = 30 * 24 * time.Hour
)

// branchPage is what a page of branches was asked for.
type branchPage struct {
	search, sortBy, order string
	limit                 int
	after                 *place
}

// place is where a page ended: it goes into the cursor and back.
type place struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

func (s *Server) listBranches(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	page, err := s.branchPage(r)
	if err != nil {
		return nil, err
	}
	list, next := page.of(p.Branches)
	views, annotations := make([]branchView, len(list)), map[string]annotationView{}
	for i, b := range list {
		views[i] = b.view()
		if len(b.Annotation) > 0 {
			annotations[b.ID] = b.annotationView()
		}
	}
	pagination := map[string]string{"sort_by": page.sortBy, "sort_order": page.order}
	if next != "" {
		pagination["next"] = next
	}
	return map[string]any{"branches": views, "annotations": annotations, "pagination": pagination}, nil
}

// branchPage caps the limit whatever the description promises, as Neon does.
func (s *Server) branchPage(r *http.Request) (branchPage, error) {
	query := r.URL.Query()
	most := s.cfg.Limits.PageSize
	limit, err := limitOf(r, most, most)
	if err != nil {
		return branchPage{}, err
	}
	page := branchPage{
		search: query.Get("search"), sortBy: cmp.Or(query.Get("sort_by"), "updated_at"),
		order: cmp.Or(query.Get("sort_order"), "desc"), limit: limit,
	}
	if !slices.Contains([]string{"name", "created_at", "updated_at"}, page.sortBy) ||
		!slices.Contains([]string{"asc", "desc"}, page.order) {
		return branchPage{}, badRequest("invalid sort_by or sort_order")
	}
	if cursor := query.Get("cursor"); cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || json.Unmarshal(raw, &page.after) != nil || page.after == nil {
			return branchPage{}, badRequest("invalid cursor")
		}
	}
	return page, nil
}

// key sorts as a string; ids decide between equals.
func (page branchPage) key(b *branch) place {
	const sortable = "2006-01-02T15:04:05.000000000"
	key := b.Name
	switch page.sortBy {
	case "created_at":
		key = b.CreatedAt.UTC().Format(sortable)
	case "updated_at":
		key = b.UpdatedAt.UTC().Format(sortable)
	}
	return place{Key: key, ID: b.ID}
}

func (page branchPage) compare(x, y place) int {
	order := cmp.Or(strings.Compare(x.Key, y.Key), strings.Compare(x.ID, y.ID))
	if page.order == "desc" {
		return -order
	}
	return order
}

// of cuts the page out of all branches, and gives the cursor of the next one, if there is one.
func (page branchPage) of(all []*branch) (list []*branch, next string) {
	for _, b := range all {
		if b.matches(page.search) && (page.after == nil || page.compare(page.key(b), *page.after) > 0) {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(x, y *branch) int { return page.compare(page.key(x), page.key(y)) })
	if len(list) <= page.limit {
		return list, ""
	}
	list = list[:page.limit]
	raw, err := json.Marshal(page.key(list[len(list)-1]))
	if err != nil {
		panic(err) // two strings can be encoded
	}
	return list, base64.RawURLEncoding.EncodeToString(raw)
}

func (s *Server) countBranches(r *http.Request) (any, error) {
	p, err := s.project(r)
	if err != nil {
		return nil, err
	}
	count := 0
	for _, b := range p.Branches {
		if b.matches(r.URL.Query().Get("search")) {
			count++
		}
	}
	return map[string]int{"count": count}, nil
}

func (s *Server) getBranch(r *http.Request) (any, error) {
	_, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"branch": b.view(), "annotation": b.annotationView()}, nil
}

// change is a field that may be absent, null or set.
type change[T any] struct {
	given bool
	value *T
}

// UnmarshalJSON is called only for fields that are there.
func (c *change[T]) UnmarshalJSON(b []byte) error {
	c.given = true
	return json.Unmarshal(b, &c.value)
}

type updateRequest struct {
	Branch struct {
		Name      *string        `json:"name"`
		Protected *bool          `json:"protected"`
		ExpiresAt change[string] `json:"expires_at"`
	} `json:"branch"`
}

func (s *Server) updateBranch(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if err != nil {
		return nil, err
	}
	in, err := decode[updateRequest](r)
	if err != nil {
		return nil, err
	}
	changed := *b // what it would be, if all of it is allowed
	if in.Branch.Name != nil {
		if err := p.nameFree(*in.Branch.Name, b); err != nil {
			return nil, err
		}
		changed.Name = *in.Branch.Name
	}
	if in.Branch.Protected != nil {
		changed.Protected = *in.Branch.Protected
	}
	if in.Branch.ExpiresAt.given {
		if changed.ExpiresAt, changed.TTL, err = s.expiry(in.Branch.ExpiresAt.value); err != nil {
			return nil, err
		}
	}
	if err := s.allowed(p, b, &changed); err != nil {
		return nil, err
	}
	b.Name, b.Protected, b.ExpiresAt, b.TTL = changed.Name, changed.Protected, changed.ExpiresAt, changed.TTL
	b.UpdatedAt = s.cfg.Now()
	return branchAnswer(b, []*operation{}), nil
}

// allowed holds a branch's new properties against each other (Neon's documentation, "Branch expiration"
// and "Protected branches").
func (s *Server) allowed(p *project, before, after *branch) error {
	expires := !after.ExpiresAt.IsZero()
	switch {
	case expires && after.Default:
		return unprocessable("default branch cannot expire")
	case expires && after.Protected:
		return unprocessable("protected branch cannot expire")
	case expires && len(p.children(before.ID)) > 0:
		return unprocessable("branch with children cannot expire")
	case after.Protected && !before.Protected:
		return s.mayProtect(p)
	}
	return nil
}

func (s *Server) mayProtect(p *project) error {
	count, limit := 0, s.cfg.Limits.Protected
	for _, b := range p.Branches {
		if b.Protected {
			count++
		}
	}
	if limit < 0 || limit > 0 && count >= limit {
		return refuse(http.StatusUnprocessableEntity, "BRANCHES_PROTECTED_LIMIT_EXCEEDED", "protected branches limit exceeded")
	}
	return nil
}

// nameFree holds a name for b (nil for a new branch) to Neon's rules: not blank, at most 256
// bytes, unique in the project, any characters.
func (p *project) nameFree(name string, b *branch) error {
	switch other := p.byName(name); {
	case strings.TrimSpace(name) == "":
		return badRequest("branch name must not be blank")
	case len(name) > maxBranchName:
		return badRequest("branch name must be at most %d bytes", maxBranchName)
	case other != nil && other != b:
		return conflict("BRANCH_ALREADY_EXISTS", "branch already exists; branch_name:%q", name)
	}
	return nil
}

// expiry reads when a branch is to go; nil is never. Fractions of a second are dropped.
func (s *Server) expiry(raw *string) (at time.Time, ttl time.Duration, err error) {
	if raw == nil {
		return time.Time{}, 0, nil
	}
	at, err = time.Parse(time.RFC3339, *raw)
	at, now := at.Truncate(time.Second), s.cfg.Now()
	switch {
	case err != nil:
		return time.Time{}, 0, badRequest("expires_at must be in RFC 3339 format")
	case !at.After(now):
		return time.Time{}, 0, badRequest("expires_at must be in the future")
	case at.Sub(now) > maxExpiry:
		return time.Time{}, 0, badRequest("expires_at must be at most 30 days in the future")
	}
	return at, at.Sub(now).Round(time.Second), nil
}

func branchAnswer(b *branch, operations []*operation) map[string]any {
	return map[string]any{"branch": b.view(), "operations": operations}
}

// deleteBranch answers 204 for what is not there.
func (s *Server) deleteBranch(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	if missing := (*apiError)(nil); errors.As(err, &missing) && missing.Code == "BRANCH_NOT_FOUND" {
		return noContent{}, nil
	}
	switch {
	case err != nil:
		return nil, err
	case b.Protected:
		return nil, unprocessable("cannot delete protected branch")
	case b.Default:
		return nil, unprocessable("cannot delete default branch")
	case len(p.children(b.ID)) > 0:
		return nil, unprocessable("cannot delete branch that has children")
	case p.busy():
		return nil, busy()
	}
	return branchAnswer(b, s.removeBranch(p, b)), nil
}

func (s *Server) setDefault(r *http.Request) (any, error) {
	p, b, err := s.branch(r)
	switch {
	case err != nil:
		return nil, err
	case !b.ExpiresAt.IsZero():
		return nil, unprocessable("expiring branch cannot be default")
	}
	for _, other := range p.Branches {
		other.Default = other == b
	}
	b.UpdatedAt = s.cfg.Now()
	return branchAnswer(b, []*operation{}), nil
}
