package plan_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
)

const key = "napi_a_key_of_the_tests"

func reviewed() plan.Plan {
	return plan.Plan{
		Version: plan.Version, Project: "shiny-wind-1", Database: "shop", From: []string{"a"}, To: []string{"c"},
		Revisions: []plan.Revision{{ID: "b", SHA256: "01"}, {ID: "c", SHA256: "02"}},
		Before:    "sha256:1", After: "sha256:2",
		Changes: []plan.Change{{What: "added table public.coupons", Hash: "x"}, {What: "changed table public.orders", Hash: "y"}},
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name     string
		change   func(*plan.Plan)
		want     []plan.Reason
		harmless bool
	}{
		{"the same", func(*plan.Plan) {}, nil, true},
		{"production moved elsewhere", func(p *plan.Plan) { p.Before, p.After = "sha256:3", "sha256:4" }, []plan.Reason{plan.SchemaChanged}, true},
		{"production moved into the way", func(p *plan.Plan) {
			p.Before, p.After = "sha256:3", "sha256:4"
			p.Changes = []plan.Change{p.Changes[0], {What: "changed table public.orders", Hash: "z"}}
		}, []plan.Reason{plan.SchemaChanged, plan.ChangesDiffer}, false},
		{"an edited file", func(p *plan.Plan) { p.Revisions = []plan.Revision{{ID: "b", SHA256: "09"}, {ID: "c", SHA256: "02"}} }, []plan.Reason{plan.FilesChanged}, false},
		{"one more revision", func(p *plan.Plan) {
			p.Revisions, p.To = append(p.Revisions[:2:2], plan.Revision{ID: "d"}), []string{"d"}
		}, []plan.Reason{plan.ChainChanged}, false},
		{"the other order", func(p *plan.Plan) { p.Revisions = []plan.Revision{p.Revisions[1], p.Revisions[0]} }, []plan.Reason{plan.ChainChanged}, false},
		{"production at another revision", func(p *plan.Plan) { p.From = []string{"z"} }, []plan.Reason{plan.RevisionChanged}, false},
		{"another database", func(p *plan.Plan) { p.Database = "other" }, []plan.Reason{plan.Elsewhere}, false},
		{"another end from the same beginning", func(p *plan.Plan) { p.After = "sha256:9" }, []plan.Reason{plan.ChangesDiffer}, false},
		{"a list that was left out", func(p *plan.Plan) { p.Changes = nil }, nil, true},
		{"left out, and another end", func(p *plan.Plan) { p.Changes, p.After = nil, "sha256:9" }, []plan.Reason{plan.ChangesDiffer}, false},
	} {
		now := reviewed()
		c.change(&now)
		d := plan.Compare(reviewed(), now)
		if !reflect.DeepEqual(d.Reasons, c.want) || d.Harmless() != c.harmless || d.Identical() != (c.want == nil) {
			t.Errorf("%s: %v, harmless %v", c.name, d.Reasons, d.Harmless())
		}
	}
}

func TestBothSidesAreTold(t *testing.T) {
	now := reviewed()
	now.Changes = []plan.Change{now.Changes[0], {What: "removed table public.orders", Hash: "z"}}
	d := plan.Compare(reviewed(), now)
	if !reflect.DeepEqual(d.Gone, []string{"changed table public.orders"}) || !reflect.DeepEqual(d.New, []string{"removed table public.orders"}) {
		t.Errorf("%+v", d)
	}
}

func TestDigest(t *testing.T) {
	if one, again := reviewed(), reviewed(); one.Digest() != again.Digest() {
		t.Error("one plan has two digests")
	}
	other := reviewed()
	other.Revisions[0].SHA256 = "03"
	if other.Digest() == reviewed().Digest() {
		t.Error("two plans have one digest")
	}
}

func TestSeal(t *testing.T) {
	whole := plan.Reviewed{Plan: reviewed(), Repository: "acme/shop", Number: 42, HeadSHA: "abc", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	sealed, err := plan.Seal(whole, key)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Trim(sealed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		t.Errorf("a comment could be broken by %q", sealed)
	}
	back, err := plan.Open(sealed, key)
	if err != nil || !reflect.DeepEqual(back, whole) {
		t.Errorf("%+v, %v", back, err)
	}
	for i := range sealed { // whatever is edited, it is no plan any more
		edited := sealed[:i] + "x" + sealed[i+1:]
		if edited[i] == sealed[i] {
			edited = sealed[:i] + "y" + sealed[i+1:]
		}
		if forged, err := plan.Open(edited, key); err == nil && !reflect.DeepEqual(forged, whole) {
			t.Fatalf("edited at %d: %+v", i, forged)
		}
	}
	for _, other := range []string{"", ".", sealed[:len(sealed)/2], strings.Split(sealed, ".")[0]} {
		if _, err := plan.Open(other, key); err == nil {
			t.Errorf("%q is taken for a plan", other)
		}
	}
	if _, err := plan.Open(sealed, "another key"); err == nil {
		t.Error("another key opens it")
	}
}

func TestManyChangesAreLeftOut(t *testing.T) {
	whole := plan.Reviewed{Plan: reviewed()}
	for i := range 5000 {
		whole.Plan.Changes = append(whole.Plan.Changes, plan.Change{What: fmt.Sprintf("added table public.t%d", i), Hash: fmt.Sprintf("%x", i*7919)})
	}
	sealed, err := plan.Seal(whole, key)
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.Open(sealed, key)
	if err != nil || back.Plan.Changes != nil || len(sealed) > plan.MaxSealed {
		t.Errorf("%d characters, %d changes, %v", len(sealed), len(back.Plan.Changes), err)
	}
}

func TestWhatStaysIsNoPartOfAChange(t *testing.T) {
	add := func(text string) catalog.Change {
		return catalog.Change{
			Action: catalog.Changed, Object: catalog.Identity{Kind: catalog.Table, Schema: "public", Name: "orders"}, Before: text, After: text + ", b int",
			Details: []catalog.Detail{{Action: catalog.Added, After: "b int"}},
		}
	}
	one, other := plan.ChangesOf([]catalog.Change{add("a int")}), plan.ChangesOf([]catalog.Change{add("a int, c int")})
	if !reflect.DeepEqual(one, other) {
		t.Errorf("%v is not %v", one, other)
	}
}

func TestRestOfAPlan(t *testing.T) {
	whole := reviewed()
	now := reviewed()
	now.From, now.Before, now.Revisions, now.Changes = []string{"b"}, "sha256:half", whole.Revisions[1:], whole.Changes[1:]
	rest, ok := whole.Rest(now)
	if !ok || !plan.Compare(rest, now).Identical() {
		t.Errorf("%v: %+v", ok, plan.Compare(rest, now))
	}
	other := now
	other.After = "sha256:elsewhere"
	if d := plan.Compare(rest, other); !reflect.DeepEqual(d.Reasons, []plan.Reason{plan.ChangesDiffer}) {
		t.Errorf("another end: %+v", d)
	}
	first := now
	first.Revisions = whole.Revisions[:1]
	for name, p := range map[string]plan.Plan{"the whole": whole, "its beginning": first} {
		if _, ok := whole.Rest(p); ok {
			t.Errorf("%s is taken for the rest", name)
		}
	}
	if !whole.Covers("", []string{"c"}) || whole.Covers("", []string{"c", "d"}) || whole.Covers("audit", []string{"c"}) {
		t.Error("what the plan covers is told wrongly")
	}
}

// severalDatabases is one plan for two databases.
func severalDatabases() plan.Plan {
	shop, audit := reviewed(), reviewed()
	shop.Target, audit.Target, audit.Database = "shop", "audit", "audit"
	return plan.Plan{Version: plan.Version, Project: "shiny-wind-1", Parts: []plan.Plan{shop, audit}}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*plan.Plan)
		want   []plan.Reason
	}{
		{"the same", func(*plan.Plan) {}, nil},
		{"one moved", func(p *plan.Plan) { p.Parts[1].Before, p.Parts[1].After = "sha256:3", "sha256:4" }, []plan.Reason{plan.SchemaChanged}},
		{"one moved, one has another file", func(p *plan.Plan) {
			p.Parts[1].Before, p.Parts[1].After = "sha256:3", "sha256:4"
			p.Parts[0].Revisions = []plan.Revision{{ID: "b", SHA256: "09"}, {ID: "c", SHA256: "02"}}
		}, []plan.Reason{plan.FilesChanged, plan.SchemaChanged}},
		{"another order", func(p *plan.Plan) { p.Parts[0], p.Parts[1] = p.Parts[1], p.Parts[0] }, []plan.Reason{plan.Elsewhere}},
		{"one less", func(p *plan.Plan) { p.Parts = p.Parts[:1] }, []plan.Reason{plan.Elsewhere}},
		{"none", func(p *plan.Plan) { *p = reviewed() }, []plan.Reason{plan.Elsewhere}},
	} {
		now := severalDatabases()
		c.change(&now)
		if d := plan.Compare(severalDatabases(), now); !reflect.DeepEqual(d.Reasons, c.want) && len(d.Reasons)+len(c.want) > 0 {
			t.Errorf("%s: %v", c.name, d.Reasons)
		}
	}
	now := severalDatabases()
	now.Parts[1].Changes = now.Parts[1].Changes[:1]
	if d := plan.Compare(severalDatabases(), now); !reflect.DeepEqual(d.Gone, []string{"audit: changed table public.orders"}) {
		t.Errorf("%+v", d)
	}
	if one, other := severalDatabases(), severalDatabases(); one.Digest() != other.Digest() || one.Digest() == now.Digest() || one.Empty() {
		t.Error("the digest does not hold the parts")
	}
	if whole := severalDatabases(); !whole.Covers("audit", []string{"c"}) || whole.Covers("audit", []string{"d"}) || whole.Covers("billing", []string{"c"}) || !whole.Covers("billing", nil) {
		t.Error("what the parts cover is told wrongly")
	}
}

// TestRestOfParts is a promotion that was stopped between two databases: the first one has everything.
func TestRestOfParts(t *testing.T) {
	whole, now := severalDatabases(), severalDatabases()
	now.Parts[0].From, now.Parts[0].Before, now.Parts[0].Revisions, now.Parts[0].Changes = []string{"c"}, "sha256:2", nil, []plan.Change{}
	rest, begun := whole.Rest(now)
	if d := plan.Compare(rest, now); !begun || !d.Identical() {
		t.Errorf("%t: %+v", begun, d)
	}
	if whole.Parts[0].Before != "sha256:1" {
		t.Error("the whole plan was changed")
	}
	if _, begun := whole.Rest(severalDatabases()); begun {
		t.Error("all of it is taken for a rest")
	}
}
