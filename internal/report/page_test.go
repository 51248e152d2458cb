package report

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// filled puts a value into every string of a report that can come from outside.
func filled(r Report, value string) Report {
	encoded, err := Encode(r)
	if err != nil {
		panic(err)
	}
	r, err = Decode(encoded) // a deep copy
	if err != nil {
		panic(err)
	}
	fill(reflect.ValueOf(&r).Elem(), value)
	return r
}

func fill(v reflect.Value, value string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), value)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Type().Field(i).IsExported() && !strings.HasSuffix(name, "URL") && name != "Plan" {
				fill(v.Field(i), value)
			}
		}
	case reflect.String:
		switch v.Interface().(type) {
		case string, catalog.Kind:
			if v.Len() > 0 {
				v.SetString(value)
			}
		}
	default: // numbers, times and marks hold no text
	}
}

// full is a report in which every section has something to say.
func full() Report {
	r := blocked()
	r.Key = "backend"
	r.Failure.Output = "output"
	r.Swept = swept().Swept
	r.Revisions.Failed = "b7e0d1c2f3a4"
	r.Checks = append(r.Checks, Check{Name: "other", State: Broken, Summary: "no", Do: "again"})
	recorded := measured()
	r.Recording, r.Stalls, r.Findings = recorded.Recording, recorded.Stalls, append(r.Findings, recorded.Findings...)
	for i := range r.Findings {
		r.Findings[i].Why, r.Findings[i].Advice, r.Findings[i].Fix = "why", "advice", "fix"
	}
	return r
}

var structural = regexp.MustCompile(`</?(h\d|table|tr|td|details|summary|ul|ol|li|a|img|blockquote|hr|script|input|del|em|strong|sup)\b`)

// skeleton lists the tags that make the page's structure; code and paragraphs may come
// and go with multi-line values.
func skeleton(page string) string {
	return strings.Join(structural.FindAllString(page, -1), "\n")
}

// Whatever the strings are, the page has the same headings, tables, folds and links.
func TestPageKeepsItsStructure(t *testing.T) {
	for name, r := range map[string]Report{"full": full(), "reshaped": reshaped(), "recorded": measured(), "fork": fork(), "cleanup": swept(), "failed": failing(), "half-way": halfWay()} {
		want := skeleton(gfm(t, Markdown(filled(r, "x"), SummaryLimit)))
		for _, value := range hostile {
			if oneLine(value) == "" {
				continue
			}
			page := gfm(t, Markdown(filled(r, value), SummaryLimit))
			if diff := cmp.Diff(want, skeleton(page)); diff != "" {
				t.Errorf("%s with %q: -benign +hostile\n%s", name, value, diff)
			}
			harmless(t, value, page, "p>", "br", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li",
				"a href=\"https://console.neon.tech/", "a href=\"https://github.com/acme/", "a>", "strong", "em>", "pre", "code", "span")
		}
	}
}

// Lines to paste in a note are a code block inside the list's item, also hostile ones.
func TestNotesCanBePasted(t *testing.T) {
	page := gfm(t, Markdown(fork(), 0))
	if !strings.Contains(page, "<pre><code>permissions:\n  contents: read\n  pull-requests: write\n</code></pre>\n</li>") {
		t.Errorf("the lines are not in a code block: %s", page)
	}
}

func TestTemplatesPrintNothingUnescaped(t *testing.T) {
	set, err := load("*.md.tmpl", escapeMarkdown, map[string]any{
		"code": code, "htmlCode": htmlCode, "prose": prose, "advice": advice, "fence": fence, "link": link, "clip": clip, "digest": digest,
		"lines": lastLines, "note": prose, "took": took, "at": at, "count": count, "known": known, "indented": under, "few": few,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := run(set, "footer.md.tmpl", map[string]any{"Plan": "", "Commit": "x", "Did": "<b>@a</b>", "RunURL": ""}); strings.Contains(got, "<b>") || !strings.Contains(got, "@&#8203;a") {
		t.Errorf("a bare action printed %q", got)
	}
	if _, err := escapeMarkdown([]string{"x"}); err == nil {
		t.Error("a type without escaping was printed")
	}
}

// huge is a report that no comment can hold.
func huge(tables, dropped int) Report {
	r := full()
	r.Changes = nil
	for i := range tables {
		c := catalog.Change{Action: catalog.Added, Object: public(catalog.Table, fmt.Sprintf("t%d", i))}
		c.After = "table public.t (\n" + strings.Repeat("    column text,\n", 20) + ")\n"
		if i < dropped {
			c.Action, c.Before, c.After = catalog.Removed, c.After, ""
			c.Object.Name = fmt.Sprintf("gone%d", i)
		}
		r.Changes = append(r.Changes, c)
	}
	for i := range 60 {
		r.Findings = append(r.Findings, Finding{Code: "x", Severity: SeverityInfo, Title: fmt.Sprintf("finding %d", i), Why: strings.Repeat("why ", 190)})
	}
	r.Failure.Output = strings.Repeat(strings.Repeat("out ", 100)+"\n", 100)
	return r
}

func TestMarkdownFits(t *testing.T) {
	for _, limit := range []int{CommentLimit, 48 << 10, 20_000, 5_000} {
		for _, r := range []Report{full(), huge(30, 5), huge(400, 30), filled(huge(60, 20), strings.Repeat("`@|<", 2000))} {
			body := Markdown(r, limit)
			if len(body) > limit {
				t.Errorf("%d bytes for a limit of %d", len(body), limit)
			}
			page := gfm(t, body)
			if !strings.Contains(page, "<h3>⛔ "+r.Headline()) {
				t.Errorf("limit %d: the headline is gone: %.200s", limit, page)
			}
			if strings.Count(page, "<details") != strings.Count(page, "</details>") || strings.Count(page, "<pre") != strings.Count(page, "</pre>") {
				t.Errorf("limit %d: a fold or fence is cut", limit)
			}
		}
	}
}

func TestMarkdownLeavesOutWholeSections(t *testing.T) {
	r := huge(3000, 30)
	body := Markdown(r, CommentLimit)
	for i := range 30 {
		if !strings.Contains(body, fmt.Sprintf("`public.gone%d`", i)) {
			t.Errorf("the removed table %d is not named", i)
		}
	}
	for _, want := range []string{"#### What stands against it", "One finding blocks.", "object diffs", "[job summary](", "2960 more changes", "plan `sha256:"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the comment", want)
		}
	}
	if len(body) < CommentLimit*8/10 {
		t.Errorf("only %d bytes are used", len(body))
	}
	whole := Markdown(full(), CommentLimit)
	if strings.Contains(whole, "Left out") {
		t.Error("a comment that fits says that something is left out")
	}
}

func TestSummaryHoldsMore(t *testing.T) {
	r := huge(600, 30)
	summary := Summary(r)
	if len(summary) > SummaryLimit || strings.Count(summary, "```diff") != 600 || strings.Contains(summary, "Left out") {
		t.Errorf("%d bytes with %d diffs", len(summary), strings.Count(summary, "```diff"))
	}
	r = huge(5000, 30)
	if summary = Summary(r); len(summary) > SummaryLimit || !strings.Contains(summary, "All of it is in the report's JSON.") {
		t.Errorf("%d bytes are more than the runner takes, or nothing says where the rest is", len(summary))
	}
	encoded, err := Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Decode(encoded)
	if err != nil || len(all.Changes) != 5000 || all.Changes[4999].Diff() != r.Changes[4999].Diff() {
		t.Errorf("the JSON holds %d changes: %v", len(all.Changes), err)
	}
}
