package github

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	openPull   = `{"number":1,"state":"open","html_url":"https://github.test/1","head":{"ref":"f","sha":"aaaaaaa","repo":{"full_name":"acme/shop"}},"base":{"ref":"main","sha":"bbbbbbb","repo":{"full_name":"acme/shop"}},"user":{"login":"alice"}}`
	mergedPull = `{"number":2,"state":"closed","merged_at":"2026-11-22T14:00:00Z","merge_commit_sha":"ccccccc","head":{"ref":"g","repo":{"full_name":"acme/shop"}},"base":{"ref":"main","repo":{"full_name":"acme/shop"}}}`
	forkPull   = `{"number":3,"state":"open","head":{"ref":"main","repo":{"full_name":"mallory/shop"}},"base":{"ref":"main","repo":{"full_name":"acme/shop"}}}`
	gonePull   = `{"number":4,"state":"closed","head":{"ref":"main","repo":null},"base":{"ref":"main","repo":{"full_name":"acme/shop"}}}`
)

func fakeWithPulls(t *testing.T) *fake {
	f := newFake(t)
	f.pulls = []string{openPull, mergedPull, forkPull, gonePull, openPull}
	return f
}

func TestPullRequest(t *testing.T) {
	client, _ := fakeWithPulls(t).client(t)
	got, err := client.PullRequest(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := PullRequest{Number: 1, URL: "https://github.test/1", State: "open", HeadSHA: "aaaaaaa", HeadRef: "f", BaseSHA: "bbbbbbb", BaseRef: "main", Author: "alice"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPullRequestsOverAllPages(t *testing.T) {
	f := fakeWithPulls(t)
	client, _ := f.client(t)
	type seen struct {
		Number       int
		Merged, Fork bool
	}
	var got []seen
	for pr, err := range client.PullRequests(t.Context(), "all") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, seen{pr.Number, pr.Merged, pr.FromFork})
	}
	want := []seen{{Number: 1}, {Number: 2, Merged: true}, {Number: 3, Fork: true}, {Number: 4, Fork: true}, {Number: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(f.requests) != 3 {
		t.Errorf("%d requests for five of two a page: %v", len(f.requests), f.requests)
	}
	f.requests = nil
	for range client.PullRequests(t.Context(), "all") {
		break
	}
	if len(f.requests) != 1 {
		t.Errorf("stopping after the first still asked %v", f.requests)
	}
}

func TestPullRequestsStopsAtAnError(t *testing.T) {
	f := fakeWithPulls(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("page") != "2" {
			return false
		}
		refuse(w, http.StatusNotFound, "Not Found")
		return true
	}
	client, _ := f.client(t)
	n, failures := 0, 0
	for _, err := range client.PullRequests(t.Context(), "open") {
		if n++; err != nil {
			failures++
		}
	}
	if n != 3 || failures != 1 {
		t.Errorf("%d items, %d of them errors; want two and then one error", n, failures)
	}
}

func TestPullRequestsForCommit(t *testing.T) {
	f := fakeWithPulls(t)
	client, _ := f.client(t)
	got, err := client.PullRequestsForCommit(t.Context(), "abc1234")
	if err != nil || len(got) != 5 {
		t.Errorf("%d pull requests, %v; want all five", len(got), err)
	}
	for _, hostile := range []string{"", "main", "abc1234/../../x", "abc1234?x=y", "abc 1234"} {
		if _, err := client.PullRequestsForCommit(t.Context(), hostile); err == nil {
			t.Errorf("%q was taken for a commit id", hostile)
		}
	}
}
