package sample_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/sample"
)

// tell plays the demo's story: a pull request, a second push, the merge.
func tell(t *testing.T, dir string) (*sample.Repository, []sample.Commit) {
	t.Helper()
	ctx := context.Background()
	repository, err := shop().Init(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	base, err := repository.Head(ctx, sample.Main)
	if err != nil {
		t.Fatal(err)
	}
	commits := []sample.Commit{base}
	for _, push := range []string{"clean", "clean-2"} {
		commit, err := repository.Push(ctx, push)
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, commit)
	}
	merged, err := repository.Merge(ctx, "clean", "Merge pull request #1 from shop/clean")
	if err != nil {
		t.Fatal(err)
	}
	return repository, append(commits, merged)
}

func TestRepositoryTellsTheStory(t *testing.T) {
	repository, commits := tell(t, filepath.Join(t.TempDir(), "shop"))
	var branches []string
	seen := map[string]bool{}
	for _, commit := range commits {
		if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(commit.SHA) || seen[commit.SHA] {
			t.Errorf("commit %+v: want a new id of 40 hexadecimal digits", commit)
		}
		seen[commit.SHA] = true
		branches = append(branches, commit.Branch)
	}
	if diff := cmp.Diff([]string{"main", "clean", "clean", "main"}, branches); diff != "" {
		t.Errorf("branches (-want +got):\n%s", diff)
	}
	coupon := filepath.Join(repository.Dir, "backend/app/models/coupon.py")
	if _, err := os.Stat(coupon); err != nil {
		t.Errorf("after the merge main has no coupons: %v", err)
	}
	if err := repository.Use(context.Background(), commits[0].SHA); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(coupon); err == nil {
		t.Error("the first commit has coupons already")
	}
}

// The same story makes the same ids, whoever's machine it is told on.
func TestCommitIDsAreTheSameAnywhere(t *testing.T) {
	repository, first := tell(t, t.TempDir())
	dates, err := exec.Command("git", "-C", repository.Dir, "log", "-1", "--format=%aI %cI %an").Output()
	if got, want := strings.TrimSpace(string(dates)), "2026-11-20T11:00:00+00:00 2026-11-20T11:00:00+00:00 shop-bot"; err != nil || got != want {
		t.Errorf("the merge is dated and signed %q, want %q (%v)", got, want, err)
	}
	t.Setenv("GIT_AUTHOR_NAME", "somebody else")
	t.Setenv("HOME", t.TempDir())
	_, second := tell(t, t.TempDir())
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("told twice (-first +second):\n%s", diff)
	}
}

// Two pull requests that are open at once do not see each other.
func TestPullRequestsStartAtMain(t *testing.T) {
	ctx := context.Background()
	repository, err := shop().Init(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, push := range []string{"clean", "forgotten-revision"} {
		if _, err := repository.Push(ctx, push); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(repository.Dir, "backend/app/models/coupon.py")); err == nil {
		t.Error("the second pull request's work tree holds the first one's files")
	}
}
