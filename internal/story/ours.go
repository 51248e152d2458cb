package story

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
)

// Annotations that every branch of ours carries. The github- keys are those of Neon's own
// action, so that the console shows them alike.
const (
	annotationTool       = "made-by"
	annotationRepository = "github-commit-repo"
	annotationNumber     = "github-pr-number"
	annotationCommit     = "github-commit-sha"

	toolName = "neon-migrations"
)

func (t Task) annotation() map[string]string {
	a := map[string]string{annotationTool: toolName}
	set := func(key, value string) {
		if value != "" {
			a[key] = value
		}
	}
	set(annotationRepository, t.Repository)
	set(annotationCommit, t.HeadSHA)
	if t.Number != 0 {
		set(annotationNumber, strconv.Itoa(t.Number))
	}
	return a
}

// branchName uses the pull request's number and nothing that its author chose.
func (t Task) branchName() string {
	switch {
	case t.Watch:
		return t.Prefix + "/drift"
	case t.Copy:
		return t.Prefix + "/promote-" + t.shortCommit()
	case t.Number == 0:
		return t.Prefix + "/by-hand"
	case t.Queue:
		return fmt.Sprintf("%s/queue-%d", t.Prefix, t.Number)
	default:
		return fmt.Sprintf("%s/pr-%d", t.Prefix, t.Number)
	}
}

// mayChange is the one place that decides whether a branch may be reset or deleted: only if
// it is ours in every respect. It returns a fault that says in which respect it is not.
func (t Task) mayChange(b, production neonapi.Branch) error {
	why := t.notOurs(b, production)
	if why == "" {
		return nil
	}
	return fault.Usage(fmt.Sprintf("changing the Neon branch %q", b.Name), why,
		"nothing was touched; rename that branch, or choose another name with the input branch-prefix")
}

func (t Task) notOurs(b, production neonapi.Branch) string {
	switch {
	case b.ID == "":
		return "it has no id"
	case b.Default:
		return "it is the project's default branch"
	case b.Protected:
		return "it is protected"
	case production.ID == "" || b.ID == production.ID:
		return "it is production"
	case !strings.HasPrefix(b.Name, t.Prefix+"/"):
		return fmt.Sprintf("its name does not begin with %s/", t.Prefix)
	case b.Annotation[annotationTool] != toolName:
		return "it was not made by Neon Migrations (its annotation is missing)"
	case b.Annotation[annotationRepository] != t.Repository:
		return fmt.Sprintf("it belongs to the repository %q", b.Annotation[annotationRepository])
	}
	return ""
}
