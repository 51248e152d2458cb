package neonlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// described is also a proxy in front of the server, so that what other clients say and hear is held to
// Neon's description too.
func (w *world) describedURL() string {
	target, err := url.Parse(strings.TrimSuffix(w.URL(), prefix))
	if err != nil {
		w.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport = w.client.Transport
	return serveHTTP(w.t, proxy) + prefix
}

// command runs one of Neon's command line clients and gives what it said.
type command struct {
	w    *world
	name string
	url  string
	home string
}

func (c command) run(args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(c.w.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(nodeModules(c.w.t), ".bin", c.name), append(args, "--no-analytics", "--no-color",
		"--api-host", c.url, "--api-key", testKey, "--project-id", c.w.project.ID, "--output", "json", "--config-dir", c.home)...)
	cmd.Dir = c.home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "CI=true"}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err = cmd.Run()
	return out.String(), said.String(), err
}

// json runs a command that must succeed, waits for its operations and decodes its output.
func (c command) json(args ...string) any {
	c.w.t.Helper()
	out, said, err := c.run(args...)
	if err != nil {
		c.w.t.Fatalf("%s %s: %v\n%s%s", c.name, strings.Join(args, " "), err, out, said)
	}
	c.w.settle()
	var decoded any
	if err := json.Unmarshal([]byte(out), &decoded); err != nil {
		return out
	}
	return decoded
}

func (c command) document(args ...string) document {
	c.w.t.Helper()
	switch out := c.json(args...).(type) {
	case map[string]any:
		return out
	default:
		return document{"out": out}
	}
}

// Neon's own command line clients: the official actions are made of the older one.
func TestCommandLineClients(t *testing.T) {
	for _, name := range []string{"neonctl", "neon"} {
		t.Run(name, func(t *testing.T) {
			w := startWorld(t, nil)
			c := command{w: w, name: name, url: w.describedURL(), home: t.TempDir()}
			main := connect(t, w.project.URI.Reveal())
			execute(t, main, "CREATE TABLE item (id int PRIMARY KEY)")

			made := c.document("branches", "create", "--name", "ci/pr-7")
			id := made.text("branch.id")
			branch := connect(t, made.text("connection_uris.0.connection_uri"))
			execute(t, branch, "ALTER TABLE item ADD COLUMN name text")

			list := document{"list": c.json("branches", "list")}
			if list.at("list.1.id") == nil || list.at("list.2.id") != nil {
				t.Errorf("branches list: %v", list)
			}
			if got := c.document("branches", "get", "ci/pr-7"); got.text("id") != id {
				t.Errorf("branches get: %v", got)
			}
			shown, _ := c.json("connection-string", "ci/pr-7").(string)
			if got := connect(t, strings.TrimSpace(strings.Trim(shown, "\"\n"))); scalar[int](t, got, "SELECT count(*) FROM item WHERE name IS NULL") != 0 {
				t.Errorf("connection-string %q leads elsewhere", shown)
			}
			diffOf(t, c)
			until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
			c.json("branches", "set-expiration", "ci/pr-7", "--expires-at", until.Format(time.RFC3339))
			if got := w.must(http.StatusOK, "GET", w.branches(id), nil); got.text("branch.expires_at") != until.Format(time.RFC3339) {
				t.Errorf("set-expiration: %v", got)
			}
			c.json("branches", "reset", "ci/pr-7", "--parent")
			branch = connect(t, made.text("connection_uris.0.connection_uri"))
			if scalar[bool](t, branch, "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'item'::regclass AND attname = 'name')") {
				t.Error("reset left the branch as it was")
			}
			c.json("branches", "delete", "ci/pr-7")
			w.must(http.StatusNotFound, "GET", w.branches(id), nil)
		})
	}
}

// diffOf asks for the schema diff in each client's way.
func diffOf(t *testing.T, c command) {
	t.Helper()
	args := []string{"branches", "schema-diff", "main", "ci/pr-7", "--database", c.w.project.Database}
	if c.name == "neon" {
		args = []string{"diff", "ci/pr-7", "--branch", "main", "--database", c.w.project.Database}
	}
	out, said, err := c.run(args...)
	if err != nil || !strings.Contains(out, "name text") {
		t.Errorf("%v: %v\n%s%s", args, err, out, said)
	}
}

// Neon's API client, which its actions are made of.
func TestAPIClient(t *testing.T) {
	w := startWorld(t, nil)
	out, err := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "client.mjs"),
		w.describedURL(), testKey, w.project.ID, nodeModules(t)).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "done" {
		t.Errorf("%v: %s", err, out)
	}
}
