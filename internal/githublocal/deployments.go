package githublocal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// deployment is one deployment of a commit with the states it went through.
type deployment struct {
	id                                              int64
	sha, ref, task, environment, description, maker string
	payload                                         json.RawMessage
	transient, production                           bool
	at                                              time.Time
	statuses                                        []*deploymentStatus
	app                                             bool
}

type deploymentStatus struct {
	id                                            int64
	state, description, environment, logURL, page string
	maker                                         string
	at                                            time.Time
}

// Deployment is a deployment as it stands, for tests and demonstrations.
type Deployment struct {
	ID                    int64
	SHA, Ref, Environment string
	// State is the last one told; "pending" before the first.
	State, Description string
	// Task, Payload and Production are what the maker gave; Payload is nil where none was given.
	Task       string
	Payload    json.RawMessage
	Production bool
	// Statuses are all that were told, oldest first.
	Statuses []DeploymentStatus
}

// DeploymentStatus is one step of a deployment.
type DeploymentStatus struct {
	State, Description, LogURL, EnvironmentURL string
}

// Deployments are all deployments, oldest first.
func (s *Server) Deployments() []Deployment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Deployment
	for _, d := range s.store.deployments {
		told := Deployment{
			ID: d.id, SHA: d.sha, Ref: d.ref, Environment: d.environment, State: d.state(), Task: d.task, Payload: slices.Clone(d.payload),
			Production: d.production,
		}
		for _, s := range d.statuses {
			told.Description = s.description
			told.Statuses = append(told.Statuses, DeploymentStatus{s.state, s.description, s.logURL, s.page})
		}
		out = append(out, told)
	}
	return out
}

// createDeployment is POST deployments. Without required_contexts, each status of the
// commit must have succeeded: 409 otherwise.
func (c *call) createDeployment() (reply, error) {
	var in struct {
		Ref         string          `json:"ref"`
		Task        string          `json:"task"`
		Contexts    *[]string       `json:"required_contexts"`
		Payload     json.RawMessage `json:"payload"`
		Environment string          `json:"environment"`
		Description *string         `json:"description"`
		Transient   bool            `json:"transient_environment"`
		Production  *bool           `json:"production_environment"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	sha, known := c.resolve(in.Ref)
	if !known {
		return reply{}, problem{status: http.StatusUnprocessableEntity, message: "No ref found for: " + in.Ref}
	}
	if err := c.passing(sha, in.Ref, in.Contexts); err != nil {
		return reply{}, err
	}
	d := &deployment{
		id: c.id(), sha: sha, ref: in.Ref, task: or(in.Task, "deploy"), environment: or(in.Environment, "production"), maker: c.login(),
		description: deref(in.Description), payload: in.Payload, transient: in.Transient, at: c.now(), app: c.token.installation(),
	}
	d.production = d.environment == "production"
	if in.Production != nil {
		d.production = *in.Production
	}
	c.deployments = append(c.deployments, d)
	return created(c.deploymentShape(d)), nil
}

// passing refuses a commit whose required statuses have not succeeded.
func (st *store) passing(sha, ref string, required *[]string) error {
	for _, s := range st.latestStatuses(sha) {
		named := func(context string) bool { return strings.EqualFold(context, s.context) }
		if (required == nil || slices.ContainsFunc(*required, named)) && s.state != "success" {
			return problem{status: http.StatusConflict, message: fmt.Sprintf("Conflict: Commit status checks failed for %s.", ref)}
		}
	}
	return nil
}

func (st *store) deploymentAt(d *deployment) string {
	return fmt.Sprintf("%s/deployments/%d", st.repoAPI(), d.id)
}

func (st *store) deploymentShape(d *deployment) object {
	payload := any(object{})
	if len(d.payload) > 0 {
		payload = d.payload
	}
	out := object{
		"url": st.deploymentAt(d), "id": d.id, "node_id": node("Deployment", d.id), "sha": d.sha, "ref": d.ref, "task": d.task,
		"payload": payload, "original_environment": d.environment, "environment": d.environment, "description": orNull(d.description),
		"creator": st.simpleUser(d.maker), "created_at": stamp(d.at), "updated_at": stamp(d.at), "statuses_url": st.deploymentAt(d) + "/statuses",
		"repository_url": st.repoAPI(), "transient_environment": d.transient, "production_environment": d.production,
		"performed_via_github_app": nil,
	}
	if d.app {
		out["performed_via_github_app"] = st.actionsApp()
	}
	return out
}

// listDeployments is GET deployments, the newest first.
func (c *call) listDeployments() (reply, error) {
	query := c.req.URL.Query()
	unlike := func(name, value string) bool { return query.Has(name) && query.Get(name) != value }
	all := slices.DeleteFunc(slices.Clone(c.deployments), func(d *deployment) bool {
		return unlike("environment", d.environment) || unlike("ref", d.ref) || unlike("sha", d.sha) || unlike("task", d.task)
	})
	slices.Reverse(all)
	return page(c, all, c.deploymentShape)
}

// deployment is the one in the path.
func (c *call) deployment() (*deployment, error) {
	id, err := c.number("id")
	i := slices.IndexFunc(c.deployments, func(d *deployment) bool { return d.id == id })
	if err != nil || i < 0 {
		return nil, notFound()
	}
	return c.deployments[i], nil
}

// listDeploymentStatuses is GET deployments/{id}/statuses, the newest first.
func (c *call) listDeploymentStatuses() (reply, error) {
	d, err := c.deployment()
	if err != nil {
		return reply{}, err
	}
	all := slices.Clone(d.statuses)
	slices.Reverse(all)
	return page(c, all, func(s *deploymentStatus) object { return c.deploymentStatusShape(d, s) })
}

// createDeploymentStatus is POST deployments/{id}/statuses. A success makes the
// environment's earlier ones inactive unless auto_inactive is false.
func (c *call) createDeploymentStatus() (reply, error) {
	d, err := c.deployment()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		State        string `json:"state"`
		TargetURL    string `json:"target_url"`
		LogURL       string `json:"log_url"`
		Description  string `json:"description"`
		Environment  string `json:"environment"`
		PageURL      string `json:"environment_url"`
		AutoInactive *bool  `json:"auto_inactive"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if !oneOf(in.State, "error", "failure", "inactive", "in_progress", "queued", "pending", "success") {
		return reply{}, invalid("DeploymentStatus", "state", "custom", "state is not included in the list")
	}
	if err := fits("DeploymentStatus", "description", in.Description, maxDescription); err != nil {
		return reply{}, err
	}
	s := &deploymentStatus{
		id: c.id(), state: in.State, description: in.Description, environment: or(in.Environment, d.environment),
		logURL: or(in.LogURL, in.TargetURL), page: in.PageURL, maker: c.login(), at: c.now(),
	}
	if in.State == "success" && (in.AutoInactive == nil || *in.AutoInactive) {
		c.retire(d)
	}
	d.statuses = append(d.statuses, s)
	return created(c.deploymentStatusShape(d, s)), nil
}

// retire makes the other lasting deployments of d's environment inactive. Production
// environments that are transient are left alone, as GitHub documents.
func (c *call) retire(d *deployment) {
	for _, other := range c.deployments {
		if other == d || other.environment != d.environment || other.transient || other.state() != "success" {
			continue
		}
		last := *other.statuses[len(other.statuses)-1]
		last.id, last.state, last.at = c.id(), "inactive", c.now()
		other.statuses = append(other.statuses, &last)
	}
}

// state is the last one; "pending" before the first.
func (d *deployment) state() string {
	if len(d.statuses) == 0 {
		return "pending"
	}
	return d.statuses[len(d.statuses)-1].state
}

func (st *store) deploymentStatusShape(d *deployment, s *deploymentStatus) object {
	out := object{
		"url": fmt.Sprintf("%s/statuses/%d", st.deploymentAt(d), s.id), "id": s.id, "node_id": node("DeploymentStatus", s.id), "state": s.state,
		"creator": st.simpleUser(s.maker), "description": s.description, "environment": s.environment, "target_url": s.logURL, "log_url": s.logURL,
		"environment_url": s.page, "created_at": stamp(s.at), "updated_at": stamp(s.at), "deployment_url": st.deploymentAt(d),
		"repository_url": st.repoAPI(), "performed_via_github_app": nil,
	}
	if s.maker == "github-actions[bot]" {
		out["performed_via_github_app"] = st.actionsApp()
	}
	return out
}
