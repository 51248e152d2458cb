package cli_test

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/rogpeppe/go-internal/testscript"
)

const githubToken = "ghs_token_of_the_scripts_0123456789"

// gitHub is the key of a script's GitHub among its values.
type gitHub struct{}

func setUpGitHub(env *testscript.Env) error {
	hub, err := githublocal.Start(githublocal.Config{Token: githubToken, Owner: "acme", Repo: "shop", PageSize: 2, Now: time.Now})
	if err != nil {
		return err
	}
	env.Defer(func() { hub.Close() })
	env.Values[gitHub{}] = hub
	env.Setenv("GITHUB_API_URL", hub.APIURL())
	env.Setenv("GITHUB_SERVER_URL", hub.URL())
	return nil
}

func hubOf(ts *testscript.TestScript) *githublocal.Server {
	return ts.Value(gitHub{}).(*githublocal.Server)
}

func numberIn(ts *testscript.TestScript, neg bool, args []string, at int, usage string) int {
	if neg || len(args) <= at {
		ts.Fatalf("usage: %s", usage)
	}
	number, err := strconv.Atoi(args[at])
	ts.Check(err)
	return number
}

// opens opens a pull request, the first of which has number 1: opens HEAD [FORK-OWNER]
func opens(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: opens HEAD [FORK-OWNER]")
	}
	_, err := hubOf(ts).OpenPullRequest(githublocal.PullRequest{Title: args[0], Head: args[0], Fork: strings.Join(args[1:], "")})
	ts.Check(err)
}

// merges merges a pull request: merges NUMBER
func merges(ts *testscript.TestScript, neg bool, args []string) {
	_, err := hubOf(ts).Merge(numberIn(ts, neg, args, 0, "merges NUMBER"), "merge")
	ts.Check(err)
}

// closes closes a pull request unmerged: closes NUMBER
func closes(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(hubOf(ts).CloseUnmerged(numberIn(ts, neg, args, 0, "closes NUMBER")))
}

// comments prints the comments of a pull request: comments NUMBER
func comments(ts *testscript.TestScript, neg bool, args []string) {
	all := hubOf(ts).Comments(numberIn(ts, neg, args, 0, "comments NUMBER"))
	fmt.Fprintf(ts.Stdout(), "comments: %d\n", len(all))
	for _, c := range all {
		fmt.Fprintf(ts.Stdout(), "comment by %s, edited %d times:\n%s\n", c.Author, c.Edits, c.Body)
	}
}

// permits replaces the token's permissions: permits reading
func permits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || args[0] != "reading" {
		ts.Fatalf("usage: permits reading")
	}
	const reader = "ghs_token_that_only_reads_0123456789"
	hubOf(ts).AddToken(githublocal.Token{Text: secret.Text(reader), Permissions: map[githublocal.Scope]githublocal.Access{githublocal.PullRequests: githublocal.Read}})
	ts.Setenv("INPUT_GITHUB-TOKEN", reader)
}

// event makes the script a step of a workflow that an event started, with files for its
// outputs and its summary: event NAME FILE, where FILE is one of testdata/events; or
// event NAME ACTION NUMBER, as GitHub would send it now.
func event(ts *testscript.TestScript, neg bool, args []string) {
	const usage = "event NAME FILE, or event NAME ACTION NUMBER"
	if neg || len(args) < 2 {
		ts.Fatalf("usage: %s", usage)
	}
	path := ts.Getenv("ROOT") + "/testdata/events/" + args[1]
	if len(args) == 3 {
		payload, err := hubOf(ts).Event(args[0], args[1], numberIn(ts, neg, args, 2, usage))
		ts.Check(err)
		path = ts.MkAbs("event.json")
		ts.Check(os.WriteFile(path, payload, 0o644))
	}
	for _, name := range []string{"output", "summary"} {
		ts.Check(os.RemoveAll(ts.MkAbs(name)))
	}
	for name, value := range map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "7", "INPUT_GITHUB-TOKEN": githubToken,
		"GITHUB_EVENT_NAME": args[0], "GITHUB_EVENT_PATH": path,
		"GITHUB_OUTPUT": ts.MkAbs("output"), "GITHUB_STEP_SUMMARY": ts.MkAbs("summary"),
	} {
		ts.Setenv(name, value)
	}
}

// commandLine is how the runner finds a command in a line of a step's output.
var commandLine = regexp.MustCompile(`^\s*::([^\s:]+)(?: [^:]*)?::(.*)$`)

// runner reads stdout of the last command as GitHub's runner does, and prints what the log of
// the job would show: masked, with each command that took effect as "command NAME: VALUE".
func runner(ts *testscript.TestScript, _ bool, _ []string) {
	var masks []string
	var shown strings.Builder
	stopped := ""
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile("stdout")))
	for lines.Scan() {
		line := lines.Text()
		found := commandLine.FindStringSubmatch(line)
		switch {
		case found != nil && stopped != "" && found[1] == stopped:
			stopped = ""
			continue
		case found == nil || stopped != "":
		case found[1] == "stop-commands":
			stopped = found[2]
			continue
		case found[1] == "add-mask":
			masks = append(masks, strings.ReplaceAll(found[2], "%25", "%"), "***")
			continue
		default:
			line = "command " + found[1] + ": " + found[2]
		}
		shown.WriteString(strings.NewReplacer(masks...).Replace(line) + "\n")
	}
	if stopped != "" {
		ts.Fatalf("the fence is still up at the end of the step")
	}
	_, err := ts.Stdout().Write([]byte(shown.String()))
	ts.Check(err)
}
