package story

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
)

func TestOnlyABranchOfOursMayBeChanged(t *testing.T) {
	task := Task{Repository: "acme/shop", Number: 7, Prefix: "ci"}
	production := neonapi.Branch{ID: "br-production", Name: "main", Default: true}
	ours := neonapi.Branch{ID: "br-ours", Name: "ci/pr-7", ParentID: production.ID, Annotation: task.annotation()}
	if err := task.mayChange(ours, production); err != nil {
		t.Fatalf("our own branch is refused: %v", err)
	}
	annotated := func(key, value string) func(*neonapi.Branch) {
		return func(b *neonapi.Branch) {
			b.Annotation = task.annotation()
			b.Annotation[key] = value
		}
	}
	tests := map[string]struct {
		change func(*neonapi.Branch)
		why    string
	}{
		"no id":              {func(b *neonapi.Branch) { b.ID = "" }, "no id"},
		"default":            {func(b *neonapi.Branch) { b.Default = true }, "default"},
		"protected":          {func(b *neonapi.Branch) { b.Protected = true }, "protected"},
		"production":         {func(b *neonapi.Branch) { b.ID = production.ID }, "production"},
		"another prefix":     {func(b *neonapi.Branch) { b.Name = "preview/pr-7" }, "ci/"},
		"prefix without end": {func(b *neonapi.Branch) { b.Name = "ci-other/pr-7" }, "ci/"},
		"not annotated":      {func(b *neonapi.Branch) { b.Annotation = nil }, "not made by"},
		"another tool":       {annotated(annotationTool, "other"), "not made by"},
		"another repository": {annotated(annotationRepository, "acme/other"), "acme/other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := ours
			tt.change(&b)
			if err := task.mayChange(b, production); err == nil {
				t.Error("it may be changed")
			} else if why := task.notOurs(b, production); !strings.Contains(why, tt.why) {
				t.Errorf("because %q", why)
			}
		})
	}
	if err := task.mayChange(ours, neonapi.Branch{}); err == nil {
		t.Error("a branch may be changed without knowing which one is production")
	}
}
