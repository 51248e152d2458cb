package githublocal

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// pageView is a pull request as the page shows it.
type pageView struct {
	Repository, Title, State, StateWord string
	Author, Head, Base, Policy          string
	Number, Commits, Files              int
	Added, Removed, Comments            int
	Labels                              []string
	Timeline                            []entry
	Checks                              []checkRow
	Deployments                         []deploymentRow
	Pulls                               []pullRow // on the list alone
	CSS                                 template.CSS
	Scripts                             []template.JS
}

// pullRow is one line of the list of pull requests.
type pullRow struct {
	Title, Author, State, StateWord, URL string
	Number, Comments                     int
}

// entry is one thing in the conversation. Kind is comment, commit, review, deployment,
// merged, closed.
type entry struct {
	Kind, Author, Role, Text, Ref, Anchor, State string
	Edited                                       bool
	Bot                                          bool
	At                                           time.Time
	HTML                                         template.HTML
	Inline                                       []inlineRow
}

// inlineRow is an inline comment of a review, below the lines that it is about. Line is 0 once
// these are gone.
type inlineRow struct {
	Path, Anchor string
	Line         int
	Hunk         []hunkRow
	Edited       bool
	Resolver     string
	HTML         template.HTML
}

// hunkRow is one line of a diff. Tone is add, del, hunk or nothing.
type hunkRow struct{ Tone, Text string }

// shownLines is how much of its hunk GitHub shows above a comment.
const shownLines = 4

// checkRow is one line of the box of checks. Tone is good, bad, busy or plain.
type checkRow struct{ Tone, Name, Text, URL string }

// deploymentRow is one environment with its last state.
type deploymentRow struct{ Tone, Environment, State, URL string }

// RenderHTML is the page of a pull request as one file: its conversation in order, the
// checks and the deployments. Comments are sanitised as on GitHub; no script but the
// page's own may run. Diagrams are drawn when [Config.Mermaid] was given.
func (s *Server) RenderHTML(number int) ([]byte, error) {
	s.mu.Lock()
	it := s.store.issues[number]
	if it == nil || it.pull == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("drawing pull request #%d: there is none", number)
	}
	view := s.store.view(it, newMarkdown())
	s.mu.Unlock()
	return s.fill("pull.html", view)
}

// fill executes a template with the page's own style and scripts.
func (s *Server) fill(name string, view pageView) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"short": short, "initial": initial, "hue": hue, "when": func(t time.Time) string { return t.UTC().Format("2 Jan 15:04") },
		"iso": func(t time.Time) string { return t.UTC().Format(time.RFC3339) }, "plural": plural,
	}).ParseFS(pageFiles, "page/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the page's template: %w", err)
	}
	css, _ := pageFiles.ReadFile("page/page.css")
	js, _ := pageFiles.ReadFile("page/page.js")
	view.CSS = template.CSS(css) //nolint:gosec // our own file
	if len(s.config.Mermaid) > 0 {
		// The end tag inside the library's texts would end the script.
		source := bytes.ReplaceAll(s.config.Mermaid, []byte("</script"), []byte(`<\/script`))
		view.Scripts = append(view.Scripts, template.JS(source)) //nolint:gosec // the caller's library
	}
	view.Scripts = append(view.Scripts, template.JS(js)) //nolint:gosec // our own file
	view.Policy = policy(view.Scripts)
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, view); err != nil {
		return nil, fmt.Errorf("drawing the page: %w", err)
	}
	return out.Bytes(), nil
}

// policy lets the page's own scripts run, known by their hashes, and no other.
func policy(scripts []template.JS) string {
	var own []string
	for _, script := range scripts {
		sum := sha256.Sum256([]byte(script))
		own = append(own, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; font-src data:; base-uri 'none'; " +
		"form-action 'none'; script-src " + strings.Join(own, " ")
}

func short(sha string) string { return sha[:min(7, len(sha))] }

func initial(login string) string {
	if login == "" {
		return "?"
	}
	return strings.ToUpper(login[:1])
}

// hue gives each person a colour of their own, in degrees.
func hue(login string) int { return int(sha256.Sum256([]byte(login))[0]) * 360 / 256 }

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

func (st *store) view(it *issue, md *markdown) pageView {
	q := it.pull
	v := pageView{
		Repository: st.owner + "/" + st.name, Title: it.title, Number: it.number, Author: it.author,
		Head: q.head, Base: q.base, Commits: len(q.commits), Files: len(q.files), Labels: it.labels,
		Comments: len(st.commentsOf(it.number)),
	}
	if q.forkOwner != "" {
		v.Head = q.forkOwner + ":" + q.head
	}
	for _, f := range q.files {
		added, removed := f.counts()
		v.Added, v.Removed = v.Added+added, v.Removed+removed
	}
	v.State, v.StateWord = pullState(it)
	v.Timeline = st.timeline(it, md)
	v.Checks = st.checkRows(q.headSHA)
	v.Deployments = st.deploymentRows(q)
	return v
}

func pullState(it *issue) (class, word string) {
	switch {
	case !it.pull.mergedAt.IsZero():
		return "merged", "Merged"
	case it.state == "closed":
		return "closed", "Closed"
	case it.pull.draft:
		return "draft", "Draft"
	}
	return "open", "Open"
}

func (st *store) timeline(it *issue, md *markdown) []entry {
	q := it.pull
	body := it.body
	if strings.TrimSpace(body) == "" {
		body = "*No description provided.*"
	}
	out := []entry{st.said(it, it.author, it.created, md.render(body))}
	for i, sha := range q.commits {
		m := st.commits[sha]
		e := entry{Kind: "commit", Author: m.author, Text: firstLine(m.message), Ref: sha, At: m.at}
		if i == 0 && m.at.Before(it.created) {
			e.At = it.created
		}
		out = append(out, e)
	}
	for _, m := range st.commentsOf(it.number) {
		e := st.said(it, m.Author, m.CreatedAt, md.render(m.Body))
		e.Edited, e.Anchor = m.Edits > 0, fmt.Sprintf("issuecomment-%d", m.ID)
		out = append(out, e)
	}
	for _, r := range q.reviews {
		e := st.said(it, r.author, r.at, md.render(r.body))
		e.Kind, e.State, e.Anchor = "review", r.state, fmt.Sprintf("pullrequestreview-%d", r.id)
		for _, m := range r.comments {
			e.Inline = append(e.Inline, m.row(md))
		}
		out = append(out, e)
	}
	out = append(out, st.deployedEntries(q)...)
	switch {
	case !q.mergedAt.IsZero():
		out = append(out, entry{Kind: "merged", Author: q.mergedBy, Ref: q.mergeSHA, Text: q.base, At: q.mergedAt})
	case it.state == "closed":
		out = append(out, entry{Kind: "closed", Author: it.closedBy, At: it.closed})
	}
	slices.SortStableFunc(out, func(a, b entry) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	return out
}

func (m *reviewComment) row(md *markdown) inlineRow {
	row := inlineRow{
		Path: m.path, Anchor: fmt.Sprintf("discussion_r%d", m.id), Line: m.line, Edited: m.edits > 0,
		Resolver: strings.TrimSuffix(m.resolvedBy, "[bot]"), HTML: md.render(m.body),
	}
	lines := strings.Split(m.hunk, "\n")
	for _, line := range lines[max(0, len(lines)-shownLines):] {
		tone := ""
		if line != "" {
			tone = map[byte]string{'+': "add", '-': "del", '@': "hunk"}[line[0]]
		}
		row.Hunk = append(row.Hunk, hunkRow{tone, line})
	}
	return row
}

func (st *store) said(it *issue, login string, at time.Time, body template.HTML) entry {
	name, bot := strings.CutSuffix(login, "[bot]")
	e := entry{Kind: "comment", Author: name, Bot: bot, At: at, HTML: body}
	if login == it.author {
		e.Role = "Author"
	}
	return e
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// concerns tells whether a deployment is of this pull request: of one of its commits or of
// what its merge brought.
func (q *pull) concerns(d *deployment) bool {
	return slices.Contains(q.commits, d.sha) || slices.Contains(q.landed, d.sha)
}

func (st *store) deployedEntries(q *pull) []entry {
	var out []entry
	for _, d := range st.deployments {
		if !q.concerns(d) {
			continue
		}
		for _, s := range d.statuses {
			if s.state == "inactive" || s.state == "queued" || s.state == "pending" {
				continue // GitHub shows these beside the deployment only
			}
			name, bot := strings.CutSuffix(s.maker, "[bot]")
			out = append(out, entry{Kind: "deployment", Author: name, Bot: bot, Text: s.environment, State: s.state, Ref: s.logURL, At: s.at})
		}
	}
	return out
}

// tone sorts GitHub's many words for an outcome into four colours.
func tone(state string) string {
	switch state {
	case "success":
		return "good"
	case "failure", "error", "timed_out", "action_required", "startup_failure":
		return "bad"
	case "pending", "queued", "in_progress":
		return "busy"
	}
	return "plain"
}

func (st *store) checkRows(sha string) []checkRow {
	var out []checkRow
	for _, run := range st.checks {
		if run.sha == sha {
			out = append(out, checkRow{tone(or(run.conclusion, run.status)), run.name, or(run.title, or(run.conclusion, run.status)), run.details})
		}
	}
	for _, s := range st.latestStatuses(sha) {
		out = append(out, checkRow{tone(s.state), s.context, or(s.description, s.state), s.target})
	}
	slices.SortFunc(out, func(a, b checkRow) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (st *store) deploymentRows(q *pull) []deploymentRow {
	rows := map[string]deploymentRow{}
	for _, d := range st.deployments {
		if q.concerns(d) {
			row := deploymentRow{tone(d.state()), d.environment, strings.ReplaceAll(d.state(), "_", " "), ""}
			if n := len(d.statuses); n > 0 {
				row.URL = d.statuses[n-1].page
			}
			rows[d.environment] = row
		}
	}
	out := make([]deploymentRow, 0, len(rows))
	for _, row := range rows {
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b deploymentRow) int { return strings.Compare(a.Environment, b.Environment) })
	return out
}

// ChecksTone is the colour of the whole box of checks.
func (v pageView) ChecksTone() string {
	whole := "good"
	for _, row := range v.Checks {
		switch {
		case row.Tone == "bad":
			return "bad"
		case row.Tone == "busy":
			whole = "busy"
		}
	}
	return whole
}
