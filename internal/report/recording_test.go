package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
)

func TestWorthSeeing(t *testing.T) {
	table := locked(1, "orders", "r", 10, 8192)
	lock := func(m recorder.Mode) []recorder.Lock { return []recorder.Lock{{Relation: table, Mode: m}} }
	for name, c := range map[string]struct {
		statement recorder.Statement
		want      bool
	}{
		"nothing special":         {recorder.Statement{Took: slowStatement, WAL: heavyStatement}, false},
		"slow":                    {recorder.Statement{Took: slowStatement + 1}, true},
		"much written":            {recorder.Statement{WAL: heavyStatement + 1}, true},
		"failed":                  {recorder.Statement{Error: &recorder.StatementError{}}, true},
		"stops writers":           {recorder.Statement{Locks: lock(recorder.Share)}, true},
		"stops no writers":        {recorder.Statement{Locks: lock(recorder.ShareUpdateExclusive)}, false},
		"rewrites":                {recorder.Statement{Rewrites: []recorder.Rewrite{{Relation: table}}}, true},
		"housekeeping that locks": {recorder.Statement{Locks: lock(recorder.Share), Housekeeping: true}, false},
		"slow housekeeping":       {recorder.Statement{Took: time.Second, Housekeeping: true}, true},
		"failed housekeeping":     {recorder.Statement{Error: &recorder.StatementError{}, Housekeeping: true}, true},
	} {
		if got := worthSeeing(&c.statement); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A link leads to the very line at the rehearsed commit; whatever could lead elsewhere is no link.
func TestPlacesInFiles(t *testing.T) {
	const page, sha = "https://github.com/acme/shop/pull/42", "abc12347d1f0e9a8b7c6d5e4f3a2b1c0d9e8f7a6"
	for _, c := range []struct{ directory, page, sha, file, want string }{
		{"backend", page, sha, "alembic/versions/a_b.py", "[a_b.py:7](https://github.com/acme/shop/blob/" + sha + "/backend/alembic/versions/a_b.py#L7)"},
		{".", "https://git.acme.example/acme/shop/pull/1", sha, "a.py", "[a.py:7](https://git.acme.example/acme/shop/blob/" + sha + "/./a.py#L7)"},
		{"", page, sha, "a.py", "`a.py:7`"},
		{".", "", sha, "a.py", "`a.py:7`"},
		{".", page, "main", "a.py", "`a.py:7`"},
		{"..", page, sha, "a.py", "`a.py:7`"},
		{".", page, sha, "../../evil/x/a.py", "`a.py:7`"},
		{".", page, sha, "/a.py", "`a.py:7`"},
		{".", page, sha, "a](x).py", "`a](x).py:7`"},
		{".", page, sha, "", ""},
	} {
		r := Report{Directory: c.directory, PullRequest: PullRequest{URL: c.page, HeadSHA: c.sha}}
		if got := sourceOf(r).place(c.file, 7, newPage(r, 1).dialect); string(got) != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
	s, d := source{}, newPage(Report{}, 1).dialect
	for want, got := range map[string]markup{
		"`9c1d` `note.py:3`": s.origin("9c1d", "versions/note.py", 3, d), "`9c1d_note.py:3`": s.origin("9c1d", "versions/9c1d_note.py", 3, d),
		"`9c1d`": s.origin("9c1d", "", 0, d), "`note.py`": s.origin("", "note.py", 0, d),
	} {
		if string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTotals(t *testing.T) {
	d := plainly(recording())
	all, first := d.total(""), d.total("9c1d77aa0b1c")
	if all.Statements != 805 || all.Took != 12_378*ms+300*time.Microsecond || all.wal() != "260 MB" {
		t.Errorf("all: %+v", all)
	}
	if first.Statements != 2 || first.Lock == nil || first.Lock.since != 2 {
		t.Errorf("the first revision: %+v", first)
	}
	d.Statements[1].WAL = -1 // was not asked
	if less := d.total("9c1d77aa0b1c"); less.wal() != "at least 3.7 MB" {
		t.Errorf("%+v says %s", less, less.wal())
	}
}

// What the project allows counts for nothing.
func TestAllowedFindingsDoNotCount(t *testing.T) {
	r := measured()
	if r.Count(SeverityBlock) != 1 || r.Count(SeverityWarn) != 1 || r.Count(SeverityInfo) != 1 {
		t.Errorf("%d, %d and %d findings count", r.Count(SeverityBlock), r.Count(SeverityWarn), r.Count(SeverityInfo))
	}
	body := Markdown(r, 0)
	if counting, rest, _ := strings.Cut(body, "1 finding is allowed"); strings.Contains(counting, "H007") || !strings.Contains(rest, "H007") {
		t.Errorf("the allowed finding stands among those that count: %s", body)
	}
}

// long is a recording of very many statements and locks.
func long(statements int) *recorder.Recording {
	r := recording()
	for i := range statements {
		table := locked(uint32(1000+i), fmt.Sprintf("table_%d", i), "r", 1000, 8<<20)
		at := time.Duration(i) * 200 * ms
		s := take(r, recorder.Statement{Revision: fmt.Sprintf("%012x", i/50), Text: "ALTER TABLE " + table.Name + strings.Repeat(" ADD x int,", 100), Start: at, Took: 150 * ms, WAL: 2 << 20}, at+200*ms,
			recorder.Measured, recorder.Lock{Relation: table, Mode: recorder.AccessExclusive})
		s.Rewrites = []recorder.Rewrite{{Relation: table, Evidence: recorder.Measured}}
	}
	return r
}

// What is folded goes first; findings that block, what was done in short and the locks stay.
func TestLongRecordingFits(t *testing.T) {
	r := measured()
	r.Recording = long(6000)
	for range 100 {
		r.Findings = append(r.Findings, recordedFindings()...)
	}
	body := Markdown(r, CommentLimit)
	summary := Summary(r)
	text := Text(r, false) + RecordingText(r.Recording, false)
	for _, want := range []string{"⛔ `H010`", "6805 statements took", "A reader of `orders` would have waited", "#### Schema changes", "Left out here", "list of all statements"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the comment", want)
		}
	}
	if len(body) > CommentLimit || len(summary) > SummaryLimit || strings.Contains(body, "<summary>All statements") || !strings.Contains(summary, "<summary>Locks: 6003 tables") {
		t.Errorf("%d bytes in the comment, %d in the summary", len(body), len(summary))
	}
	if !strings.Contains(text, "more statements") {
		t.Error("the terminal is given everything")
	}
}

// A terminal does nothing that a stranger says in a recording, and shows it in as many lines as anything.
func TestRecordingTextIsHarmless(t *testing.T) {
	lines := func(value string) int {
		r := filled(measured(), value)
		text := RecordingText(r.Recording, false)
		for _, c := range text {
			if hidden(c) {
				t.Errorf("%q leaves %U", value, c)
			}
		}
		return strings.Count(text, "\n")
	}
	for _, value := range hostile {
		if oneLine(value) == "" {
			continue
		}
		if got, want := lines(value), lines("x"); got != want {
			t.Errorf("%q makes %d lines of %d", value, got, want)
		}
	}
}

// What `record` prints: all statements for the eye, and a drawing.
func TestRecordingGolden(t *testing.T) {
	golden(t, "recording.txt", RecordingText(recording(), false))
	golden(t, "recording.mmd", RecordingMermaid(recording()))
	quiet := &recorder.Recording{Statements: []recorder.Statement{{Number: 1, Text: "SELECT 1", Count: 1, WAL: -1}}}
	if drawn := RecordingMermaid(quiet); drawn != "" {
		t.Errorf("nobody was stopped, and it draws %s", drawn)
	}
	if text := RecordingText(quiet, false); !strings.HasPrefix(text, "  1 statement took 0.0 ms in the database.\n") || strings.Contains(text, "Locks that stop") {
		t.Error(text)
	}
}
