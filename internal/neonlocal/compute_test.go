package neonlocal

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func (w *world) endpointState(id string) string {
	w.t.Helper()
	return w.must(http.StatusOK, "GET", "/projects/"+w.project.ID+"/endpoints/"+id, nil).text("endpoint.current_state")
}

// A compute without connections is suspended, wakes when somebody connects, and keeps its data and address.
func TestIdleComputesSleepAndWake(t *testing.T) {
	w := startWorld(t, func(c *Config) { c.IdleAfter = 100 * time.Millisecond })
	e := w.project.EndpointID
	first := connect(t, w.project.URI.Reveal())
	execute(t, first, "CREATE TABLE item (id int)")
	time.Sleep(300 * time.Millisecond) // three times the limit: a compute in use must not be suspended
	if err := first.Ping(t.Context()); err != nil {
		t.Fatalf("suspended while in use: %v", err)
	}
	fail(t, first.Close(t.Context()))
	w.until(t, "the compute is suspended", func() bool { return w.endpointState(e) == "idle" })

	const cold = 300 * time.Millisecond
	fail(t, w.Faults().Inject(Fault{On: onWake, Delay: cold}))
	began := time.Now()
	again := connect(t, w.project.URI.Reveal())
	if took := time.Since(began); took < cold {
		t.Errorf("a cold compute woke in %s", took)
	}
	if state := w.endpointState(e); state != "active" {
		t.Errorf("after a connection the endpoint is %s", state)
	}
	execute(t, again, "INSERT INTO item VALUES (1)")
}

func TestSuspendStartRestart(t *testing.T) {
	w := startWorld(t, nil)
	path := "/projects/" + w.project.ID + "/endpoints/" + w.project.EndpointID
	conn := connect(t, w.project.URI.Reveal())
	execute(t, conn, "CREATE TABLE item (id int)")
	out := w.must(http.StatusOK, "POST", path+"/suspend", nil)
	if out.text("operations.0.action") != "suspend_compute" {
		t.Errorf("suspend: %v", out)
	}
	var dropped *pgconn.PgError
	if _, err := conn.Exec(t.Context(), "SELECT 1"); !errors.As(err, &dropped) || dropped.Code != "57P01" {
		t.Errorf("a suspended compute says %v, want terminating connection due to administrator command", err)
	}
	if out := w.must(http.StatusOK, "POST", path+"/suspend", nil); out.text("endpoint.current_state") != "idle" || out.at("operations.0") != nil {
		t.Errorf("suspending twice: %v", out)
	}
	if out := w.must(http.StatusOK, "POST", path+"/start", nil); out.text("operations.0.action") != "start_compute" {
		t.Errorf("start: %v", out)
	}
	if w.endpointState(w.project.EndpointID) != "active" {
		t.Error("not started")
	}
	w.must(http.StatusOK, "POST", path+"/restart", nil)
	w.must(http.StatusOK, "PATCH", path, object{"endpoint": object{"disabled": true}})
	if _, err := pgx.Connect(t.Context(), w.project.URI.Reveal()); err == nil {
		t.Error("a disabled endpoint takes connections")
	}
	w.must(http.StatusOK, "PATCH", path, object{"endpoint": object{"disabled": false, "suspend_timeout_seconds": 600}})
	connect(t, w.project.URI.Reveal())

	w.must(http.StatusOK, "DELETE", path, nil)
	w.must(http.StatusNoContent, "DELETE", path, nil)
	if _, err := pgx.Connect(t.Context(), w.project.URI.Reveal()); err == nil {
		t.Error("a deleted endpoint takes connections")
	}
	made := w.must(http.StatusCreated, "POST", "/projects/"+w.project.ID+"/endpoints",
		object{"endpoint": object{"branch_id": w.project.BranchID, "type": "read_write"}})
	if len(w.must(http.StatusOK, "GET", "/projects/"+w.project.ID+"/endpoints", nil).at("endpoints").([]any)) != 1 {
		t.Errorf("endpoints after %v", made)
	}
	execute(t, connect(t, w.uri(w.project.BranchID)), "SELECT * FROM item")
}

// Sessions are encrypted, proven by SCRAM with channel binding, and never the platform's own.
func TestSessionsAreLikeNeons(t *testing.T) {
	w := startWorld(t, nil)
	uri := w.project.URI.Reveal()
	if _, query, _ := strings.Cut(uri, "?"); query != "sslmode=require&channel_binding=require" {
		t.Fatalf("the address ends in ?%s", query)
	}
	conn := connect(t, uri)
	if version := scalar[string](t, conn, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"); version != "TLSv1.3" {
		t.Errorf("encrypted with %s", version)
	}
	for what, bad := range map[string]string{
		"without encryption": strings.Replace(uri, "sslmode=require&channel_binding=require", "sslmode=disable", 1),
		"a wrong password":   strings.Replace(uri, passwordIn(t, uri), "wrong", 1),
		"the superuser":      strings.Replace(uri, w.project.Role, superuser, 1),
	} {
		if _, err := pgx.Connect(t.Context(), bad); err == nil {
			t.Errorf("%s is let in", what)
		}
	}
	for setting, want := range map[string]string{
		"idle_in_transaction_session_timeout": "5min", "statement_timeout": "0",
		"max_connections": "112", "fsync": "off", "is_superuser": "off",
	} {
		if got := scalar[string](t, conn, "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
	execute(t, conn, "CREATE DATABASE scratch", "DROP DATABASE scratch", "CREATE ROLE app LOGIN PASSWORD 'x'", "GRANT pg_monitor TO app",
		"SET lock_timeout = '1s'", "SELECT * FROM pg_stat_activity", "CREATE SCHEMA other", "CREATE EXTENSION pg_trgm")
	for _, forbidden := range []string{
		"ALTER SYSTEM SET work_mem = '1MB'", "COPY (SELECT 1) TO PROGRAM 'true'", "SET log_statement = 'all'",
		"ALTER ROLE " + superuser + " PASSWORD 'x'",
	} {
		if _, err := conn.Exec(t.Context(), forbidden); err == nil {
			t.Errorf("allowed: %s", forbidden)
		}
	}
}

// A request to cancel finds its session through the same address.
func TestCancel(t *testing.T) {
	w := startWorld(t, nil)
	conn := connect(t, w.project.URI.Reveal())
	watcher := connect(t, w.project.URI.Reveal())
	done := make(chan error, 1)
	go func() {
		_, err := conn.Exec(context.Background(), "SELECT pg_sleep(60)")
		done <- err
	}()
	w.until(t, "the statement runs", func() bool {
		return scalar[bool](t, watcher, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active')")
	})
	fail(t, conn.PgConn().CancelRequest(t.Context()))
	var cancelled *pgconn.PgError
	if err := <-done; !errors.As(err, &cancelled) || cancelled.Code != "57014" {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRolesAndDatabases(t *testing.T) {
	w := startWorld(t, nil)
	made := w.create("roles", nil)
	at := func(more ...string) string { return w.branches(append([]string{made.text("branch.id")}, more...)...) }
	out := w.must(http.StatusCreated, "POST", at("roles"), object{"role": object{"name": "app"}})
	w.must(http.StatusCreated, "POST", at("databases"), object{"database": object{"name": "shop db", "owner_name": "app"}})
	if got := w.must(http.StatusOK, "GET", at("databases", "shop%20db"), nil); got.text("database.owner_name") != "app" {
		t.Errorf("the database: %v", got)
	}
	path := "/projects/" + w.project.ID + "/connection_uri?database_name=shop%20db&role_name=app&branch_id=" + made.text("branch.id")
	uri := w.must(http.StatusOK, "GET", path, nil).text("uri")
	if passwordIn(t, uri) != out.text("role.password") {
		t.Error("the password is another")
	}
	conn := connect(t, uri)
	execute(t, conn, "CREATE TABLE item (id int)")
	pooled := w.must(http.StatusOK, "GET", path+"&pooled=true", nil).text("uri")
	if !strings.Contains(pooled, made.text("endpoints.0.id")+"-pooler.") {
		t.Errorf("pooled: %s", pooled)
	}
	before := w.must(http.StatusOK, "GET", at("roles", "app", "reveal_password"), nil).text("password")
	reset := w.must(http.StatusOK, "POST", at("roles", "app", "reset_password"), nil)
	if reset.text("role.password") == before {
		t.Error("the password was not reset")
	}
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("the session outlived the reset of its password")
	}
	if _, err := pgx.Connect(t.Context(), uri); err == nil {
		t.Error("the old password opens")
	}
	connect(t, w.must(http.StatusOK, "GET", path, nil).text("uri"))
	if status, _ := w.send("DELETE", at("roles", "app"), nil); status != http.StatusUnprocessableEntity {
		t.Errorf("deleting an owner: %d", status)
	}
	w.must(http.StatusOK, "DELETE", at("databases", "shop%20db"), nil)
	w.must(http.StatusOK, "DELETE", at("roles", "app"), nil)
	w.must(http.StatusNoContent, "DELETE", at("roles", "app"), nil)
	w.must(http.StatusNoContent, "DELETE", at("databases", "shop%20db"), nil)
	if roles := w.must(http.StatusOK, "GET", at("roles"), nil); roles.at("roles.1") != nil {
		t.Errorf("roles left: %v", roles)
	}
}

func TestPasswordsNotStored(t *testing.T) {
	w := startEmpty(t, nil)
	made := w.must(http.StatusCreated, "POST", "/projects", object{"project": object{
		"name": "shop", "store_passwords": false,
		"branch": object{"name": "production", "database_name": "shop", "role_name": "shop_owner"},
	}})
	connect(t, made.text("connection_uris.0.connection_uri"))
	status, out := w.send("GET", "/projects/"+made.text("project.id")+"/branches/"+made.text("branch.id")+"/roles/shop_owner/reveal_password", nil)
	if status != http.StatusPreconditionFailed || out.text("message") != "Storing passwords is disabled" {
		t.Errorf("%d %v", status, out)
	}
	list := w.must(http.StatusOK, "GET", "/projects?search=shop", nil)
	if list.text("projects.0.name") != "shop" || list.text("projects.0.id") != made.text("project.id") {
		t.Errorf("projects: %v", list)
	}
}
