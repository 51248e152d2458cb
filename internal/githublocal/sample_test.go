package githublocal_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
)

// TestSamplePage writes a page with everything on it and, where PAGES names a directory,
// pictures of it in light and dark, for a person to look at.
func TestSamplePage(t *testing.T) {
	dir := os.Getenv("PAGES")
	if dir == "" {
		dir = t.TempDir()
	}
	now := newClock()
	s := serve(t, githublocal.Config{Now: now.now, Mermaid: mermaid(t)})
	n := sample(t, s, now)
	file := save(t, s, n)
	for _, theme := range []string{"light", "dark"} {
		picture := filepath.Join(dir, theme+".png")
		browse(t, "file://"+file+"#"+theme, "--window-size=1280,2600", "--screenshot="+picture)
		if info, err := os.Stat(picture); err != nil || info.Size() < 20_000 {
			t.Errorf("no picture of the %s page: %v", theme, err)
		}
	}
}

// sample is a pull request that has lived: pushes, an edited report, people's comments, a review,
// checks, a merge and a deployment.
func sample(t testing.TB, s *githublocal.Server, now *clock) int {
	t.Helper()
	later := func(d time.Duration) { now.at = now.at.Add(d) }
	s.AddToken(githublocal.Token{Text: "ghp_hubot", Login: "hubot"})
	n := open(t, s, githublocal.PullRequest{
		Title: "Loyalty points for regular customers", Author: "mona", Head: "loyalty", Message: "Add loyalty table and tier",
		Body:  "Regulars collect points. This adds a table `loyalty` and a tier on `customers`.\n\n- [x] model\n- [x] revision\n- [ ] backfill\n",
		Files: example().Files,
	})
	c := caller{t, s.APIURL(), "ghs_local", nil}
	repo := "/repos/acme/shop"
	later(time.Minute)
	made := c.do("POST", repo+"/issues/1/comments", j{"body": "old"}).object(t)
	later(time.Minute)
	if err := s.Push(n, "", githublocal.File{Path: "models.py", Patch: "@@ -1 +1,2 @@\n a\n+b\n"}); err != nil {
		t.Fatal(err)
	}
	head := s.Head("loyalty")
	c.do("PATCH", made["url"].(string)[len(s.APIURL()):], j{"body": report + diagrams})
	later(time.Minute)
	if _, err := s.Comment(n, "hubot", "> [!WARNING]\n> `NOT NULL` with a default rewrites no rows since Postgres 11.\n\nLooks **good**, thanks @mona!"); err != nil {
		t.Fatal(err)
	}
	later(time.Minute)
	hubot := caller{t, s.APIURL(), "ghp_hubot", nil}
	hubot.do("POST", repo+"/pulls/1/reviews", j{"event": "APPROVE", "body": "Ship it.", "comments": []j{{"path": "versions/3f2a_loyalty.py", "line": 1, "body": "Nice and **small**."}}})
	c.do("POST", repo+"/statuses/"+head, j{"state": "success", "context": "neon-migrations/rehearsal", "description": "3 changes, 1 warning"})
	c.do("POST", repo+"/check-runs", j{"name": "tests", "head_sha": head, "conclusion": "success", "output": j{"title": "412 passed", "summary": ""}})
	c.do("POST", repo+"/issues/1/labels", j{"labels": []string{"migration"}})
	later(5 * time.Minute)
	if _, err := s.Merge(n, "merge"); err != nil {
		t.Fatal(err)
	}
	later(time.Minute)
	d := c.do("POST", repo+"/deployments", j{"ref": "main", "environment": "production", "required_contexts": []string{}}).object(t)
	at := d["url"].(string)[len(s.APIURL()):] + "/statuses"
	c.do("POST", at, j{"state": "in_progress"})
	later(time.Minute)
	c.do("POST", at, j{"state": "success", "environment_url": "https://shop.example"})
	return n
}

const report = "### ✅ Migration rehearsed on a copy of production · 2 revisions · 3 changes · 1 warning\n" +
	"| | |\n|---|---|\n| **Branch** | `ci/pr-42` from `main`, 14:02 UTC |\n| **Revisions** | `3f2a` → `9c1d`, `b7e0` (head) |\n" +
	"| **Drift** | models ✅ · production ✅ · one head ✅ · reversible ✅ |\n| **Took** | 1.8 s; the longest block: `orders`, 1.1 s |\n\n" +
	"#### Schema changes\n\n```diff\n@@ table public.customers @@\n   id integer not null\n+  tier loyalty_tier not null default 'none'\n-  rank text\n```\n\n" +
	"```python\nop.add_column(\"customers\", sa.Column(\"tier\", loyalty_tier))\n```\n\n"
