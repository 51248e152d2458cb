package actions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

// hosted is a Runner on a runner whose tokens are t1, t2, ...
func hosted(out io.Writer, env ...string) *Runner {
	r := New(on("push", env...), out)
	n := 0
	r.token = func() string { n++; return fmt.Sprintf("t%d", n) }
	return r
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*Runner)
		want string
	}{
		{
			"masks in all forms, once each", func(r *Runner) { r.Mask("p@ss w/rd", "plain", "plain", "abc") },
			"::add-mask::p@ss w/rd\n::add-mask::p%2540ss+w%252Frd\n::add-mask::p@ss%2520w%252Frd\n::add-mask::plain\n",
		},
		{
			"a mask of several lines", func(r *Runner) { r.Mask("one\ntwo") },
			"::add-mask::one%0Atwo\n::add-mask::one%250Atwo\n",
		},
		{
			"a group", func(r *Runner) { end := r.Group("a\n::error::b"); end(); end() },
			"::group::a%0A::error::b\n::endgroup::\n",
		},
		{
			"text with commands in it", func(r *Runner) { r.Println("ok\n  ::add-mask::x\r::error::y\nz ##[set-output name=a]b") },
			"ok\n  : :add-mask::x\n: :error::y\nz ## [set-output name=a]b\n",
		},
		{"a fence", func(r *Runner) {
			out, end := r.Fence()
			_, _ = io.WriteString(out, "::error::not by us")
			end()
			end()
			r.Println("after")
		}, "::stop-commands::t1\n::error::not by us\n::t1::\nafter\n"},
		{"a command through a fence", func(r *Runner) {
			out, end := r.Fence()
			_, _ = io.WriteString(out, "half a line")
			r.Mask("secret")
			r.Println("::plain")
			end()
		}, "::stop-commands::t1\nhalf a line\n::t1::\n::add-mask::secret\n::stop-commands::t1\n::plain\n::t1::\n"},
		{"two fences", func(r *Runner) {
			_, first := r.Fence()
			_, second := r.Fence()
			first()
			r.Mask("secret")
			second()
		}, "::stop-commands::t1\n::t1::\n::stop-commands::t2\n::t2::\n::add-mask::secret\n::stop-commands::t2\n::t2::\n"},
		{"an annotation", func(r *Runner) {
			r.Annotate(Annotation{Level: Warning, Title: "a,b:c", File: "x.py", Line: 3, EndLine: 4, Message: "50% of\n::error::it"})
		}, "::warning endLine=4,file=x.py,line=3,title=a%2Cb%3Ac::50%25 of%0A::error::it\n"},
		{"a line without a file", func(r *Runner) { r.Annotate(Annotation{Level: Notice, Line: 3, Message: "m"}) }, "::notice::m\n"},
		{"a log", func(r *Runner) {
			log := slog.New(r.Handler(slog.LevelInfo)).With("a", 1)
			log.Debug("deep")
			log.Info("::hello", "b", "x y")
			log.WithGroup("g").Warn("careful", "b", 2)
			log.Error("broken")
		}, "::debug::deep a=1\n: :hello a=1 b=\"x y\"\n::warning::careful a=1 g.b=2\n::error::broken a=1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			tt.do(hosted(&out))
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestOffARunner(t *testing.T) {
	var out bytes.Buffer
	r := New(func(string) string { return "" }, &out)
	r.Mask("secret")
	r.Group("title")()
	child, end := r.Fence()
	_, _ = io.WriteString(child, "::error::of the child\n")
	end()
	r.Annotate(Annotation{Level: Warning, Title: "t", File: "x.py", Line: 3, Message: "m"})
	log := slog.New(r.Handler(slog.LevelInfo))
	log.Debug("not shown")
	log.Info("shown")
	log.Error("broken")
	for _, err := range []error{r.SetOutputs(Output{"a", "b"}), r.Summary("# x")} {
		if err != nil {
			t.Error(err)
		}
	}
	want := "title\n::error::of the child\nx.py:3: warning: t: m\nshown\nerror: broken\n"
	if diff := cmp.Diff(want, out.String()); diff != "" || r.Hosted() {
		t.Errorf("hosted %v, -want +got\n%s", r.Hosted(), diff)
	}
}

func TestAnnotationLimits(t *testing.T) {
	var out bytes.Buffer
	r := hosted(&out)
	for range maxAnnotations + 2 {
		r.Annotate(Annotation{Level: Error, Message: strings.Repeat("é", maxMessage)})
	}
	r.Annotate(Annotation{Level: Notice, Message: "of another kind"})
	got := strings.Split(out.String(), "\n")
	if n := strings.Count(out.String(), "::error::"); n != maxAnnotations {
		t.Errorf("%d errors", n)
	}
	message := strings.TrimPrefix(got[0], "::error::")
	if len(message) > maxMessage || !strings.HasSuffix(message, "é…") {
		t.Errorf("%d bytes, ends in %q", len(message), message[len(message)-8:])
	}
	if !strings.HasPrefix(got[maxAnnotations], "error: é") || !strings.Contains(out.String(), "::notice::of another kind") {
		t.Errorf("the eleventh is %.20q", got[maxAnnotations])
	}
}

// closed is an output that is gone.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestAClosedOutputIsNoPanic(t *testing.T) {
	r := hosted(closed{})
	r.Mask("secret")
	r.Println("x")
}

func TestManyAtOnce(t *testing.T) {
	var out bytes.Buffer
	r := New(on("push"), &out)
	log := slog.New(r.Handler(slog.LevelInfo))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			child, end := r.Fence()
			defer end()
			fmt.Fprintln(child, "child")
			log.Info("said", "k", "v")
			r.Annotate(Annotation{Level: Notice, Message: "m"})
		})
	}
	group.Wait()
	if n := strings.Count(out.String(), "said k=v\n"); n != 8 {
		t.Errorf("%d records of 8 are whole:\n%s", n, out.String())
	}
	r.Println("::after")
	if !strings.HasSuffix(out.String(), "\n: :after\n") {
		t.Error("a fence is still up")
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	output, summary := filepath.Join(dir, "output"), filepath.Join(dir, "summary")
	r := hosted(io.Discard, "GITHUB_OUTPUT", output, "GITHUB_STEP_SUMMARY", summary)
	err := errors.Join(
		r.SetOutputs(Output{"a", "1\nb<<x\x00\xff"}, Output{"empty", ""}),
		r.Summary("# one"), r.Summary("two\n"),
		r.Summary(strings.Repeat("x", maxSummary)))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		output:  "a<<end_t1\n1\nb<<x\uFFFD\nend_t1\nempty<<end_t2\n\nend_t2\n",
		summary: "# one\ntwo\nThe summary is longer than the 1 MiB that GitHub shows. The file that `report-file` names has all of it.\n",
	} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: -want +got\n%s", filepath.Base(path), diff)
		}
	}
}

func TestFileFaults(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "directory")
	r := hosted(io.Discard, "GITHUB_OUTPUT", missing, "GITHUB_STEP_SUMMARY", missing)
	for name, err := range map[string]error{
		"outputs":  r.SetOutputs(Output{"a", "b"}),
		"summary":  r.Summary("x"),
		"too long": r.SetOutputs(Output{"a", strings.Repeat("x", maxOutput)}),
	} {
		if _, ok := fault.Explain(err); !ok {
			t.Errorf("%s: got %v, want a fault", name, err)
		}
	}
	if err := r.SetOutputs(Output{"a=b\n", "x"}); err == nil {
		t.Error("a name that is none was taken")
	}
}

func TestTokensDiffer(t *testing.T) {
	if a, b := randomToken(), randomToken(); a == b || len(a) < 26 {
		t.Errorf("%q, %q", a, b)
	}
}
