package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	api "github.com/google/go-github/v60/github"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// DeploymentPermissions are the lines that a workflow needs for deployments.
const DeploymentPermissions = "permissions:\n  contents: read\n  deployments: write"

// DeploymentTask is the task of every deployment of ours, the word that GitHub's own documentation
// has for schema changes. GitHub makes a deployment, with the task "deploy", for each job that names
// an environment: without a task of our own, ours would have to be searched among all of those.
const DeploymentTask = "deploy:migrations"

// deploymentPage is how many deployments are looked at together: nearly always the first fits.
const deploymentPage = 30

// Deployment is what was brought to an environment, and how that went.
type Deployment struct {
	ID int64
	// SHA is the commit; Ref is what the deployment was asked for, a branch, a tag or the commit.
	SHA, Ref, Environment, Description string
	// Payload is a JSON object of ours; nil is an empty one.
	Payload   json.RawMessage
	CreatedAt time.Time
	// State is that of its newest status, set StateAt; empty without one. GitHub says inactive of a
	// success after which the same environment had another.
	State   string
	StateAt time.Time
	// Told is the description of the newest status that said how it ended, which GitHub's own inactive does not; empty
	// where none did.
	Told string
}

// DeploymentStatus is a step of a deployment.
type DeploymentStatus struct {
	// State is queued, in_progress, success, failure, error or inactive.
	State string
	// Description is one line; LogURL leads to the run, EnvironmentURL to what was deployed. Each may
	// be empty.
	Description, LogURL, EnvironmentURL string
}

// CreateDeployment makes a deployment of d's SHA, or of its Ref where no SHA is given, and returns
// its ID. It merges nothing and waits for no status of the commit, so that a failed status of another
// tool never keeps a record back. Environment, if given, counts as production; empty is GitHub's
// "production". The fields that GitHub sets are not read. The description becomes one line of at most
// 140 characters; a payload that is no JSON object is refused.
//
// It needs the permission deployments: write; without it the error is [ErrNotPermitted].
func (c *Client) CreateDeployment(ctx context.Context, d Deployment) (int64, error) {
	request, err := d.request()
	if err != nil {
		return 0, err
	}
	made, _, err := c.api.Repositories.CreateDeployment(ctx, c.owner, c.repo, request)
	if err != nil {
		return 0, explainWith(DeploymentPermissions, "making a deployment of "+*request.Ref, err)
	}
	c.learn(made.GetCreator().GetLogin())
	return made.GetID(), nil
}

func (d Deployment) request() (*api.DeploymentRequest, error) {
	ref, said, task := d.SHA, brief(d.Description), DeploymentTask
	if ref == "" {
		ref = d.Ref
	}
	merge, production := false, true
	request := &api.DeploymentRequest{
		Ref: &ref, Task: &task, AutoMerge: &merge, RequiredContexts: &[]string{}, Description: &said,
	}
	if d.Environment != "" {
		request.Environment, request.ProductionEnvironment = &d.Environment, &production
	}
	if payload := bytes.TrimSpace(d.Payload); len(payload) > 0 {
		if payload[0] != '{' || !json.Valid(payload) {
			return nil, fault.New("making a deployment of "+ref, "Its payload is not a JSON object.", "Please report this as a defect.")
		}
		request.Payload = json.RawMessage(payload)
	}
	return request, nil
}

// SetDeployment adds a status to a deployment. The description becomes one line of at most 140
// characters. With success, GitHub makes the earlier successes of the environment inactive. It needs
// the permission deployments: write; without it the error is [ErrNotPermitted].
func (c *Client) SetDeployment(ctx context.Context, id int64, s DeploymentStatus) error {
	said := brief(s.Description)
	request := &api.DeploymentStatusRequest{State: &s.State, Description: &said}
	if s.LogURL != "" {
		request.LogURL = &s.LogURL
	}
	if s.EnvironmentURL != "" {
		request.EnvironmentURL = &s.EnvironmentURL
	}
	_, _, err := c.api.Repositories.CreateDeploymentStatus(ctx, c.owner, c.repo, id, request)
	return explainWith(DeploymentPermissions, fmt.Sprintf("telling how deployment %d goes", id), err)
}

// LastDeployment gives the newest deployment to an environment, empty being "production", that [Client.CreateDeployment] made,
// as our own author, and whose payload ours accepts, with its newest status; false where there is
// none. All of a repository's workflows write as the same author: a payload that matters needs a
// signature, which ours checks. It needs the permission deployments: read, or deployments: write.
func (c *Client) LastDeployment(ctx context.Context, environment string, ours func(payload json.RawMessage) bool) (Deployment, bool, error) {
	all, err := c.LastDeployments(ctx, environment, 1, ours)
	if err != nil || len(all) == 0 {
		return Deployment{}, false, err
	}
	return all[0], true, nil
}

// LastDeployments is [Client.LastDeployment] for the newest ones, at most n, the newest first.
func (c *Client) LastDeployments(ctx context.Context, environment string, n int, ours func(payload json.RawMessage) bool) ([]Deployment, error) {
	author, err := c.Author(ctx)
	if err != nil {
		return nil, err
	}
	if environment == "" {
		environment = "production" // no filter at all would be what GitHub makes of an empty one
	}
	all := pages(func(page api.ListOptions) ([]*api.Deployment, *api.Response, error) {
		page.PerPage = deploymentPage
		return c.api.Repositories.ListDeployments(ctx, c.owner, c.repo, &api.DeploymentsListOptions{
			Environment: environment, Task: DeploymentTask, ListOptions: page,
		})
	})
	var last []Deployment
	for d, err := range all {
		if err != nil {
			return nil, explainWith(DeploymentPermissions, "listing the deployments to "+environment, err)
		}
		// GitHub lists the newest first.
		if !c.wrote(d.GetCreator(), author) || !ours(d.Payload) {
			continue
		}
		found, err := c.withState(ctx, d)
		if err != nil {
			return nil, err
		}
		if last = append(last, found); len(last) == n {
			break
		}
	}
	return last, nil
}

// withState reads the newest status of a deployment. GitHub documents no order of them, so all of the
// few that there are get compared, by id: several may be of one second.
func (c *Client) withState(ctx context.Context, d *api.Deployment) (Deployment, error) {
	all := pages(func(page api.ListOptions) ([]*api.DeploymentStatus, *api.Response, error) {
		return c.api.Repositories.ListDeploymentStatuses(ctx, c.owner, c.repo, d.GetID(), &page)
	})
	var newest, ended *api.DeploymentStatus
	for s, err := range all {
		if err != nil {
			return Deployment{}, explainWith(DeploymentPermissions, fmt.Sprintf("reading how deployment %d went", d.GetID()), err)
		}
		if newest == nil || s.GetID() > newest.GetID() {
			newest = s
		}
		if (ended == nil || s.GetID() > ended.GetID()) && slices.Contains([]string{"success", "failure", "error"}, s.GetState()) {
			ended = s
		}
	}
	return Deployment{
		ID: d.GetID(), SHA: d.GetSHA(), Ref: d.GetRef(), Environment: d.GetEnvironment(), Description: d.GetDescription(),
		Payload: d.Payload, CreatedAt: d.GetCreatedAt().Time, State: newest.GetState(), StateAt: newest.GetCreatedAt().Time,
		Told: ended.GetDescription(),
	}, nil
}
