package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestErrorsHaveWords(t *testing.T) {
	tooLong := func(w http.ResponseWriter) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable","field":"data","message":"Body is too long (maximum is 65536 characters)"}]}`)
	}
	tests := []struct {
		name    string
		answer  func(http.ResponseWriter)
		why, do string
		refused bool
	}{
		{"missing permission", answer(403, "Resource not accessible by integration"), "lacks a permission", "permissions:\n  contents: read\n  pull-requests: write", true},
		{"missing permission of a personal token", answer(403, "Resource not accessible by personal access token"), "lacks a permission", Permissions, true},
		{"single sign-on", answer(403, "Resource protected by organization SAML enforcement."), "single sign-on", Permissions, true},
		{"locked", answer(403, "Unable to create comment because issue is locked."), "locked", "job summary", false},
		{"archived", answer(403, "Repository was archived so is read-only."), "archived", "job summary", false},
		{"bad token", answer(401, "Bad credentials"), "does not know the token", "github-token", false},
		{"no such pull request", answer(404, "Not Found"), "no such repository", "number", false},
		{"too long", tooLong, "65,536", "job summary", false},
		{"not accepted", answer(422, "Validation Failed"), "does not accept", "words above", false},
		{"server", answer(500, "oops"), "failure of its own", "githubstatus", false},
		{"no JSON", func(w http.ResponseWriter) { w.Write([]byte("<html>proxy")) }, "did not answer in a way", "GITHUB_API_URL", false},
		{"teapot", answer(418, "short and stout"), "no words", "again", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost {
					tt.answer(w)
				}
				return r.Method == http.MethodPost
			}
			client, _ := f.client(t)
			_, err := client.UpsertComment(t.Context(), 7, marker, "new")
			explained, ok := fault.Explain(err)
			if !ok || !strings.Contains(explained.Why, tt.why) || !strings.Contains(explained.Do, tt.do) {
				t.Errorf("error %v explains %+v", err, explained)
			}
			if errors.Is(err, ErrNotPermitted) != tt.refused {
				t.Errorf("ErrNotPermitted is %v for %v", !tt.refused, err)
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, explained), testToken.Reveal()) {
				t.Errorf("the token is in %v", err)
			}
		})
	}
}

func TestUnknownCommit(t *testing.T) {
	f := newFake(t)
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"message": "No commit found for SHA: 0123456"}`)
		return true
	}
	client, _ := f.client(t)
	if _, err := client.PullRequestsForCommit(t.Context(), "0123456"); !errors.Is(err, ErrNoCommit) {
		t.Errorf("error %v, want ErrNoCommit", err)
	}
}

func TestNoAnswer(t *testing.T) {
	f := newFake(t)
	client, _ := f.client(t)
	f.Close()
	_, err := client.PullRequest(t.Context(), 1)
	if explained, ok := fault.Explain(err); !ok || !strings.Contains(explained.Do, "network") {
		t.Errorf("error %v explains %+v", err, explained)
	}
}

func TestNewRefusesBadConfiguration(t *testing.T) {
	good := Config{Token: testToken, Owner: "acme", Repo: "shop"}
	for name, change := range map[string]func(*Config){
		"no token":             func(c *Config) { c.Token = "" },
		"token with line end":  func(c *Config) { c.Token = testToken + "\n" },
		"repository with path": func(c *Config) { c.Repo = "shop/../../x" },
		"no owner":             func(c *Config) { c.Owner = "" },
		"not an address":       func(c *Config) { c.BaseURL = "api.github.com" },
		"address with secret":  func(c *Config) { c.BaseURL = "https://me:pw@host/" },
		"another scheme":       func(c *Config) { c.BaseURL = "file:///etc/passwd" },
	} {
		t.Run(name, func(t *testing.T) {
			config := good
			change(&config)
			_, err := New(config)
			if explained, ok := fault.Explain(err); !ok || !explained.Usage || strings.Contains(err.Error(), testToken.Reveal()) {
				t.Errorf("error %v explains %+v", err, explained)
			}
		})
	}
	for base, want := range map[string]string{"": "https://api.github.com/", "https://ghe.test/api/v3": "https://ghe.test/api/v3/"} {
		config := good
		config.BaseURL = base
		client, err := New(config)
		if err != nil || client.api.BaseURL.String() != want {
			t.Errorf("base %q became %v, %v; want %s", base, client.api.BaseURL, err, want)
		}
	}
}
