package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/neonlocal"
	"github.com/rogpeppe/go-internal/testscript"
)

// The role and the database of every project of the scripts.
const (
	role     = "app_owner"
	database = "app"
)

// neonWith gives the script another Neon project: neon-with protected, whose default branch is
// protected; neon-with no-room, whose plan allows no further branch.
func neonWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: neon-with protected|no-room")
	}
	server, err := sharedNeon()
	ts.Check(err)
	var spec neonlocal.ProjectSpec
	switch args[0] {
	case "protected":
		spec.Protected = true
	case "no-room":
		server, err = startNeon(neonlocal.Limits{Branches: 1})
		ts.Check(err)
		ts.Defer(func() { server.Close() })
	}
	project, err := newProject(server, spec)
	ts.Check(err)
	ts.Setenv("NEON_API_HOST", server.URL())
	ts.Setenv("NEON_PROJECT_ID", project)
}

// neon asks the script's Neon as a person in its console would, and prints the answer:
// neon METHOD PATH [BODY], where PATH is below the project and @NAME stands for a branch's id.
func neon(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: neon METHOD PATH [BODY]")
	}
	path, name, found := strings.Cut(args[1], "@")
	if found {
		path += branchID(ts, name)
	}
	status, answer := ask(ts, args[0], path, strings.Join(args[2:], " "))
	fmt.Fprintf(ts.Stdout(), "%d %s\n", status, answer)
	if neg != (status >= 400) {
		ts.Fatalf("neon answers %d %s", status, answer)
	}
}

func ask(ts *testscript.TestScript, method, path, body string) (int, []byte) {
	address := ts.Getenv("NEON_API_HOST") + "/projects/" + ts.Getenv("NEON_PROJECT_ID") + "/" + path
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	ts.Check(err)
	request.Header.Set("Authorization", "Bearer "+ts.Getenv("NEON_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	return response.StatusCode, answer
}

func branchID(ts *testscript.TestScript, name string) string {
	_, answer := ask(ts, http.MethodGet, "branches", "")
	var list struct{ Branches []struct{ ID, Name string } }
	ts.Check(json.Unmarshal(answer, &list))
	for _, b := range list.Branches {
		if b.Name == name {
			return b.ID
		}
	}
	ts.Fatalf("there is no branch %s: %s", name, answer)
	return ""
}

func address(ts *testscript.TestScript, branch string) *url.URL {
	query := url.Values{"branch_id": {branchID(ts, branch)}, "database_name": {database}, "role_name": {role}}
	status, answer := ask(ts, http.MethodGet, "connection_uri?"+query.Encode(), "")
	var found struct{ URI string }
	ts.Check(json.Unmarshal(answer, &found))
	u, err := url.Parse(found.URI)
	ts.Check(err)
	if u.Host == "" {
		ts.Fatalf("no address for %s: %d %s", branch, status, answer)
	}
	return u
}

// password sets a variable to the password of a branch: password VARIABLE BRANCH
func password(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: password VARIABLE BRANCH")
	}
	secret, _ := address(ts, args[1]).User.Password()
	ts.Setenv(args[0], secret)
}

// addressOf sets a variable to the address of a branch's database, of another one on the same
// server if its name is given: address-of VARIABLE BRANCH [DATABASE]
func addressOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: address-of VARIABLE BRANCH [DATABASE]")
	}
	u := address(ts, args[1])
	if len(args) == 3 {
		u.Path = "/" + args[2]
	}
	ts.Setenv(args[0], u.String())
}

// backwards sets a variable to the given words, each written backwards, with commas between:
// so a program can look for them without holding them. backwards VARIABLE WORD...
func backwards(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: backwards VARIABLE WORD...")
	}
	var turned []string
	for _, word := range args[1:] {
		letters := []byte(word)
		slices.Reverse(letters)
		turned = append(turned, string(letters))
	}
	ts.Setenv(args[0], strings.Join(turned, ","))
}

// sql runs statements on a branch and prints the rows of the last one: sql BRANCH STATEMENTS,
// or sql BRANCH @FILE
func sql(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql BRANCH STATEMENTS|@FILE")
	}
	if file, found := strings.CutPrefix(args[1], "@"); found {
		args[1] = ts.ReadFile(file)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address(ts, args[0]).String())
	ts.Check(err)
	defer conn.Close(ctx)
	results, err := conn.PgConn().Exec(ctx, args[1]).ReadAll()
	ts.Check(err)
	for _, row := range results[len(results)-1].Rows {
		var words []string
		for _, value := range row {
			words = append(words, string(value))
		}
		fmt.Fprintln(ts.Stdout(), strings.Join(words, " "))
	}
}

// leftovers fails if a process lives that works in the script's directory, or was started
// with a path in it: nothing of a run may stay.
func leftovers(ts *testscript.TestScript, _ bool, _ []string) {
	work := ts.Getenv("WORK")
	processes, err := filepath.Glob("/proc/[0-9]*")
	ts.Check(err)
	for _, process := range processes {
		at, _ := os.Readlink(process + "/cwd") // it may have ended since, or be another account's
		command, _ := os.ReadFile(process + "/cmdline")
		words := strings.ReplaceAll(string(command), "\x00", " ")
		if strings.HasPrefix(at, work) || strings.Contains(words, work) {
			ts.Fatalf("%s is left: %s (in %s)", process, words, at)
		}
	}
}
