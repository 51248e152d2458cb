package githublocal

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// status is one commit status.
type status struct {
	id                                                int64
	sha, state, context, description, target, creator string
	at                                                time.Time
}

// checkRun is one check run.
type checkRun struct {
	id                                     int64
	sha, name, status, conclusion, details string
	external, title, summary, text         string
	annotations                            int
	started, completed                     time.Time
}

// Status is a commit status, for tests and demonstrations.
type Status struct{ Context, State, Description, URL string }

// Statuses are all statuses of a commit, the newest first.
func (s *Server) Statuses(sha string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Status
	for _, one := range s.store.statusesOf(sha) {
		out = append(out, Status{one.context, one.state, one.description, one.target})
	}
	return out
}

func oneOf(value string, known ...string) bool { return slices.Contains(known, value) }

// resolve finds a commit by branch, full ref or SHA.
func (st *store) resolve(ref string) (string, bool) {
	if sha, ok := st.refs[strings.TrimPrefix(strings.TrimPrefix(ref, "refs/"), "heads/")]; ok {
		return sha, true
	}
	return ref, st.commits[ref] != nil
}

// createStatus is POST statuses/{sha}; the newest of a context counts.
func (c *call) createStatus() (reply, error) {
	var in struct {
		State       string  `json:"state"`
		TargetURL   *string `json:"target_url"`
		Description *string `json:"description"`
		Context     string  `json:"context"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	sha := c.req.PathValue("sha")
	if c.commits[sha] == nil {
		return reply{}, problem{status: http.StatusUnprocessableEntity, message: "No commit found for SHA: " + sha}
	}
	if !oneOf(in.State, "error", "failure", "pending", "success") {
		return reply{}, invalid("Status", "state", "custom", "state is not included in the list")
	}
	s := &status{
		id: c.id(), sha: sha, state: in.State, context: or(in.Context, "default"), creator: c.login(), at: c.now(),
		description: deref(in.Description), target: deref(in.TargetURL),
	}
	if err := fits("Status", "description", s.description, maxDescription); err != nil {
		return reply{}, err
	}
	if strings.ContainsFunc(s.description, func(r rune) bool { return utf8.RuneLen(r) > 3 }) {
		return reply{}, invalid("Status", "description", "custom", "description doesn't accept 4-byte Unicode")
	}
	c.statuses = append(c.statuses, s)
	return created(c.statusShape(s)), nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (st *store) statusShape(s *status) object {
	who := st.simpleUser(s.creator)
	return object{
		"url": st.repoAPI() + "/statuses/" + s.sha, "avatar_url": who["avatar_url"], "id": s.id, "node_id": node("StatusContext", s.id),
		"state": s.state, "description": orNull(s.description), "target_url": orNull(s.target), "context": s.context,
		"created_at": stamp(s.at), "updated_at": stamp(s.at), "creator": who,
	}
}

// listStatuses is GET commits/{ref}/statuses, the newest first.
func (c *call) listStatuses() (reply, error) {
	sha, known := c.resolve(c.req.PathValue("ref"))
	if !known {
		return reply{}, notFound()
	}
	return page(c, c.statusesOf(sha), c.statusShape)
}

func (st *store) statusesOf(sha string) []*status {
	out := slices.DeleteFunc(slices.Clone(st.statuses), func(s *status) bool { return s.sha != sha })
	slices.Reverse(out)
	return out
}

// latestStatuses is one status of each context of a commit; a context's case does not matter.
func (st *store) latestStatuses(sha string) []*status {
	var out []*status
	for _, s := range st.statusesOf(sha) {
		if !slices.ContainsFunc(out, func(o *status) bool { return strings.EqualFold(o.context, s.context) }) {
			out = append(out, s)
		}
	}
	return out
}

// checkBody is what a caller may set of a check run; nil leaves a field as it is.
type checkBody struct {
	Name        *string `json:"name"`
	HeadSHA     string  `json:"head_sha"`
	DetailsURL  *string `json:"details_url"`
	ExternalID  *string `json:"external_id"`
	Status      *string `json:"status"`
	Conclusion  *string `json:"conclusion"`
	StartedAt   string  `json:"started_at"`
	CompletedAt string  `json:"completed_at"`
	Output      *struct {
		Title       *string      `json:"title"`
		Summary     *string      `json:"summary"`
		Text        *string      `json:"text"`
		Annotations []annotation `json:"annotations"`
	} `json:"output"`
}

type annotation struct {
	Path      string `json:"path"`
	StartLine int    `json:"start_line"`
	EndLine   int    `json:"end_line"`
	Level     string `json:"annotation_level"`
	Message   string `json:"message"`
}

// createCheck is POST check-runs. Only apps have checks: a person's token may not.
func (c *call) createCheck() (reply, error) {
	if !c.token.installation() {
		return reply{}, problem{status: http.StatusForbidden, message: "You must authenticate via a GitHub App."}
	}
	var in checkBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Name == nil || in.HeadSHA == "" {
		return reply{}, problem{status: http.StatusUnprocessableEntity, message: "Invalid request.\n\n\"name\", \"head_sha\" weren't supplied."}
	}
	if c.commits[in.HeadSHA] == nil {
		return reply{}, problem{status: http.StatusUnprocessableEntity, message: "No commit found for SHA: " + in.HeadSHA}
	}
	run := &checkRun{id: c.id(), sha: in.HeadSHA, status: "queued"}
	if err := c.applyCheck(run, in); err != nil {
		return reply{}, err
	}
	c.checks = append(c.checks, run)
	return created(c.checkShape(run)), nil
}

// updateCheck is PATCH check-runs/{id}; annotations are added to those there are.
func (c *call) updateCheck() (reply, error) {
	id, err := c.number("id")
	i := slices.IndexFunc(c.checks, func(run *checkRun) bool { return run.id == id })
	if err != nil || i < 0 {
		return reply{}, notFound()
	}
	var in checkBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	changed := *c.checks[i]
	if err := c.applyCheck(&changed, in); err != nil {
		return reply{}, err
	}
	*c.checks[i] = changed
	return ok(c.checkShape(c.checks[i])), nil
}

func (c *call) applyCheck(run *checkRun, in checkBody) (err error) {
	for to, from := range map[*string]*string{&run.name: in.Name, &run.details: in.DetailsURL, &run.external: in.ExternalID, &run.status: in.Status} {
		if from != nil {
			*to = *from
		}
	}
	if run.started, err = parseTime("started_at", in.StartedAt, run.started); err != nil {
		return err
	}
	if run.completed, err = parseTime("completed_at", in.CompletedAt, run.completed); err != nil {
		return err
	}
	if in.Conclusion != nil {
		if !oneOf(*in.Conclusion, "action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out") {
			return invalid("CheckRun", "conclusion", "invalid", "")
		}
		run.conclusion, run.status = *in.Conclusion, "completed"
	}
	if run.status == "completed" && run.conclusion == "" {
		return invalid("CheckRun", "conclusion", "missing_field", "")
	}
	if run.status == "completed" && run.completed.IsZero() {
		run.completed = c.now()
	}
	return run.show(in)
}

func (run *checkRun) show(in checkBody) error {
	if in.Output == nil {
		return nil
	}
	if in.Output.Title == nil || in.Output.Summary == nil {
		return problem{status: http.StatusUnprocessableEntity, message: "Invalid request.\n\n\"title\", \"summary\" weren't supplied."}
	}
	if len(in.Output.Annotations) > maxAnnotations {
		return problem{
			status:  http.StatusUnprocessableEntity,
			message: fmt.Sprintf("Invalid request.\n\nNo more than %d items are allowed; %d were supplied.", maxAnnotations, len(in.Output.Annotations)),
		}
	}
	if err := fits("CheckRun", "summary", *in.Output.Summary, maxCheckText); err != nil {
		return err
	}
	if err := fits("CheckRun", "text", deref(in.Output.Text), maxCheckText); err != nil {
		return err
	}
	run.title, run.summary, run.text = *in.Output.Title, *in.Output.Summary, deref(in.Output.Text)
	run.annotations += len(in.Output.Annotations)
	return nil
}

func (st *store) checkShape(run *checkRun) object {
	at := fmt.Sprintf("%s/check-runs/%d", st.repoAPI(), run.id)
	page := fmt.Sprintf("%s/runs/%d", st.repoWeb(), run.id)
	repository := object{"id": st.userID("repository of " + st.owner), "url": st.repoAPI(), "name": st.name}
	pulls := []object{}
	for _, it := range st.issues {
		if q := it.pull; q != nil && it.state == "open" && q.headSHA == run.sha {
			pulls = append(pulls, object{
				"id": it.id, "number": it.number, "url": fmt.Sprintf("%s/pulls/%d", st.repoAPI(), it.number),
				"head": object{"ref": q.head, "sha": q.headSHA, "repo": repository},
				"base": object{"ref": q.base, "sha": q.baseSHA, "repo": repository},
			})
		}
	}
	return object{
		"id": run.id, "head_sha": run.sha, "node_id": node("CheckRun", run.id), "external_id": run.external, "url": at, "html_url": page,
		"details_url": or(run.details, page), "status": run.status, "conclusion": orNull(run.conclusion), "started_at": stamp(run.started),
		"completed_at": stamp(run.completed), "name": run.name, "check_suite": object{"id": st.userID("suite of " + run.sha)},
		"app": st.actionsApp(), "pull_requests": pulls,
		"output": object{
			"title": orNull(run.title), "summary": orNull(run.summary), "text": orNull(run.text),
			"annotations_count": run.annotations, "annotations_url": at + "/annotations",
		},
	}
}
