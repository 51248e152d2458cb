package github

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var marker = Marker{ID: "report", Project: "quiet-field-1", Key: "backend"}

func markerLine(t *testing.T, m Marker) string {
	t.Helper()
	line, err := m.line()
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestUpsertComment(t *testing.T) {
	line := markerLine(t, marker)
	other := markerLine(t, Marker{ID: "report", Project: "quiet-field-1", Key: "frontend"})
	noise := func(f *fake) {
		f.add(7, "alice", "hello")
		f.add(7, "alice", line+"\nforged by a person")
		f.add(7, actionsBot, other+"\nanother directory")
		f.add(7, actionsBot, "quoting:\n"+line+"\nnot in the first line")
	}
	tests := []struct {
		name   string
		before func(f *fake)
		writes []string
		url    string
	}{
		{name: "first time", before: noise, writes: []string{"POST /repos/acme/shop/issues/7/comments"}, url: "https://github.test/7#105"},
		{
			name: "on the last page", url: "https://github.test/7#105",
			before: func(f *fake) { noise(f); f.add(7, actionsBot, line+"\nold") },
			writes: []string{"PATCH /repos/acme/shop/issues/comments/105"},
		},
		{
			name: "says so already", url: "https://github.test/7#105",
			before: func(f *fake) { noise(f); f.add(7, "GitHub-Actions[bot]", line+"\r\nnew\r\n") },
		},
		{
			name: "duplicates of an old race", url: "https://github.test/7#101",
			before: func(f *fake) {
				f.add(7, actionsBot, line+"\nold")
				noise(f)
				f.add(7, actionsBot, line+"\nolder")
				f.add(7, actionsBot, line+"\nnew")
			},
			writes: []string{
				"PATCH /repos/acme/shop/issues/comments/101",
				"DELETE /repos/acme/shop/issues/comments/106", "DELETE /repos/acme/shop/issues/comments/107",
			},
		},
		{
			name: "race while creating", url: "https://github.test/7#101",
			before: func(f *fake) {
				f.afterCreate = func(n int) { f.add(n, actionsBot, line+"\nof another run") }
			},
			writes: []string{"POST /repos/acme/shop/issues/7/comments", "DELETE /repos/acme/shop/issues/comments/102"},
		},
		{
			name: "another app's token", url: "https://github.test/7#101",
			before: func(f *fake) { f.login = "acme-ci[bot]"; f.add(7, f.login, line+"\nold") },
			writes: []string{
				"POST /repos/acme/shop/issues/7/comments", "PATCH /repos/acme/shop/issues/comments/101",
				"DELETE /repos/acme/shop/issues/comments/102",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			tt.before(f)
			client, _ := f.client(t)
			url, err := client.UpsertComment(t.Context(), 7, marker, "new")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.writes, f.writes()); diff != "" {
				t.Errorf("writes: -want +got\n%s", diff)
			}
			if url != tt.url {
				t.Errorf("address %s, want %s", url, tt.url)
			}
			for _, body := range f.bodies {
				if body != line+"\nnew" {
					t.Errorf("wrote %q", body)
				}
			}
			// Whatever was there: the second time there is nothing to do.
			f.afterCreate, f.requests = nil, nil
			if _, err := client.UpsertComment(t.Context(), 7, marker, "new"); err != nil || f.writes() != nil {
				t.Errorf("second time: %v, writes %v", err, f.writes())
			}
		})
	}
}

func TestUpsertCommentThatWasRemovedMeanwhile(t *testing.T) {
	f := newFake(t)
	f.add(7, actionsBot, markerLine(t, marker)+"\nold")
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch {
			f.comments[7] = nil
		}
		return false
	}
	client, _ := f.client(t)
	url, err := client.UpsertComment(t.Context(), 7, marker, "new")
	if err != nil || url != "https://github.test/7#102" {
		t.Errorf("got %s, %v", url, err)
	}
}

// A marker cannot be ended, nor another one begun, by what stands in it.
func TestMarkerHoldsHostileValues(t *testing.T) {
	for _, hostile := range []string{"--> <b>", "\n<!-- neon-migrations: {} -->", `"}`, "a\r\nb", "-->\x00\u2028"} {
		line := markerLine(t, Marker{ID: "report", Key: hostile})
		if strings.Count(line, "-->") != 1 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("marker of %q is %q", hostile, line)
		}
	}
}

func TestAuthor(t *testing.T) {
	tests := []struct {
		name, given, want string
		token             string
		answer            int
		asked             bool
	}{
		{name: "given", given: "acme-ci[bot]", want: "acme-ci[bot]"},
		{name: "workflow token", want: actionsBot},
		{name: "personal token", token: "ghp_x", want: "alice", asked: true},
		{name: "refused", token: "old-style", answer: 403, want: actionsBot, asked: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.login = "alice"
			if tt.answer != 0 {
				f.before = func(w http.ResponseWriter, _ *http.Request) bool {
					refuse(w, tt.answer, "Resource not accessible by integration")
					return true
				}
			}
			client, _ := f.client(t, func(c *Config) { c.Author = tt.given })
			if tt.token != "" {
				client.token = "x" // the kind is told by the first letters only
			}
			got, err := client.Author(t.Context())
			if err != nil || got != tt.want || (len(f.requests) > 0) != tt.asked {
				t.Errorf("author %q, %v after %v; want %q", got, err, f.requests, tt.want)
			}
		})
	}
}
