package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// issueOf is an issue as GitHub's API writes it.
type issueOf struct {
	Number      int               `json:"number"`
	Title       string            `json:"title"`
	Body        string            `json:"body"`
	State       string            `json:"state"`
	StateReason string            `json:"state_reason,omitempty"`
	HTMLURL     string            `json:"html_url"`
	User        map[string]string `json:"user"`
	PullRequest *struct{}         `json:"pull_request,omitempty"`
}

// board adds issues to a fake, in pages of two.
type board struct {
	*fake
	issues []issueOf // newest first, as they are asked for
}

func newBoard(t *testing.T, issues ...issueOf) *board {
	b := &board{fake: newFake(t), issues: issues}
	for i := range b.issues {
		one := &b.issues[i]
		one.HTMLURL = fmt.Sprintf("https://github.test/%d", one.Number)
	}
	b.before = b.answer
	return b
}

func (b *board) answer(w http.ResponseWriter, r *http.Request) bool {
	const all = "/repos/acme/shop/issues"
	tail, issue := strings.CutPrefix(r.URL.Path, all+"/")
	number, err := strconv.Atoi(tail)
	switch {
	case r.Method == http.MethodGet && r.URL.Path == all:
		servePage(w, r, b.issues)
	case r.Method == http.MethodPost && r.URL.Path == all:
		made := issueOf{Number: 50, State: "open", HTMLURL: "https://github.test/50", User: writer(b.login)}
		b.change(r, &made)
		b.issues = append([]issueOf{made}, b.issues...)
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(made)
	case r.Method == http.MethodPatch && issue && err == nil:
		for i := range b.issues {
			if b.issues[i].Number == number {
				b.change(r, &b.issues[i])
				json.NewEncoder(w).Encode(b.issues[i])
			}
		}
	default:
		return false
	}
	return true
}

func (b *board) change(r *http.Request, one *issueOf) {
	var sent struct {
		Title, Body, State *string
		StateReason        string `json:"state_reason"`
	}
	raw, err := io.ReadAll(r.Body)
	if err = errors.Join(err, json.Unmarshal(raw, &sent)); err != nil {
		panic(err)
	}
	for from, to := range map[*string]*string{sent.Title: &one.Title, sent.Body: &one.Body, sent.State: &one.State} {
		if from != nil {
			*to = *from
		}
	}
	one.StateReason = sent.StateReason
}

func writer(login string) map[string]string {
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return map[string]string{"login": login, "type": kind}
}

func TestUpsertIssue(t *testing.T) {
	line := markerLine(t, marker)
	issue := func(number int, login, state, body string) issueOf {
		return issueOf{Number: number, Title: "drift", State: state, Body: body, User: writer(login)}
	}
	strangers := []issueOf{
		issue(9, "alice", "open", line+"\nnew"), // a person's copy
		issue(8, actionsBot, "open", "see\n"+line+"\nnew"),
		issue(7, actionsBot, "open", markerLine(t, Marker{ID: "report", Project: "other"})+"\nnew"),
		{Number: 6, State: "open", Body: line + "\nnew", User: writer(actionsBot), PullRequest: &struct{}{}},
	}
	dismissed := issue(5, actionsBot, "closed", line+"\nnew")
	dismissed.StateReason = notPlanned
	moved := dismissed
	moved.Body = line + "\nold"
	for name, tt := range map[string]struct {
		last   []issueOf // after the strangers', on the third page
		writes []string
		url    string
	}{
		"first time":                {nil, []string{"POST /repos/acme/shop/issues"}, "https://github.test/50"},
		"says so already":           {[]issueOf{issue(5, actionsBot, "open", line+"\r\nnew\r\n")}, nil, "https://github.test/5"},
		"says something else":       {[]issueOf{issue(5, actionsBot, "open", line+"\nold")}, []string{"PATCH /repos/acme/shop/issues/5"}, "https://github.test/5"},
		"it comes back":             {[]issueOf{issue(5, actionsBot, "closed", line+"\nnew")}, []string{"PATCH /repos/acme/shop/issues/5"}, "https://github.test/5"},
		"nobody wants to mend it":   {[]issueOf{dismissed}, nil, "https://github.test/5"},
		"nobody wanted to, but now": {[]issueOf{moved}, []string{"PATCH /repos/acme/shop/issues/5"}, "https://github.test/5"},
		"another app's token":       {[]issueOf{issue(5, "acme-ci[bot]", "open", line+"\nold")}, []string{"PATCH /repos/acme/shop/issues/5"}, "https://github.test/5"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, append(strangers[:len(strangers):len(strangers)], tt.last...)...)
			client, _ := b.client(t)
			url, err := client.UpsertIssue(t.Context(), marker, "drift", "new")
			if err != nil || url != tt.url {
				t.Errorf("address %s, %v", url, err)
			}
			if diff := cmp.Diff(tt.writes, b.writes()); diff != "" {
				t.Errorf("writes: -want +got\n%s", diff)
			}
			b.requests = nil
			if _, err := client.UpsertIssue(t.Context(), marker, "drift", "new"); err != nil || b.writes() != nil {
				t.Errorf("second time: %v, writes %v", err, b.writes())
			}
		})
	}
}

func TestCloseIssue(t *testing.T) {
	line := markerLine(t, marker)
	for name, tt := range map[string]struct {
		state  string
		writes []string
		told   string
	}{
		"open":   {"open", []string{"POST /repos/acme/shop/issues/5/comments", "PATCH /repos/acme/shop/issues/5"}, "old"},
		"closed": {"closed", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t, issueOf{Number: 5, State: tt.state, Body: line + "\nold", User: writer(actionsBot)})
			client, _ := b.client(t)
			told, err := client.OpenIssue(t.Context(), marker)
			if err != nil || told != tt.told {
				t.Errorf("open issue says %q, %v", told, err)
			}
			if _, err := client.CloseIssue(t.Context(), marker, "gone"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.writes, b.writes()); diff != "" {
				t.Errorf("writes: -want +got\n%s", diff)
			}
			if b.issues[0].State != "closed" {
				t.Errorf("issue %+v", b.issues[0])
			}
		})
	}
}
