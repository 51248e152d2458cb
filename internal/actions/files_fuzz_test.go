package actions

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// readOutputs reads the file as the runner does
// (actions/runner, src/Runner.Worker/FileCommandManager.cs): NAME=VALUE, or NAME<<MARK up to a line MARK.
func readOutputs(text string) (map[string]string, error) {
	got := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		name, mark, heredoc := strings.Cut(lines[i], "<<")
		if lines[i] == "" {
			continue
		}
		if equals := strings.Index(lines[i], "="); equals >= 0 && (!heredoc || equals < len(name)) {
			got[lines[i][:equals]] = lines[i][equals+1:]
			continue
		}
		if !heredoc || mark == "" {
			return nil, fmt.Errorf("line %d: %q", i, lines[i])
		}
		var value []string
		for i++; i < len(lines) && lines[i] != mark; i++ {
			value = append(value, lines[i])
		}
		if i == len(lines) {
			return nil, fmt.Errorf("no end of %q", name)
		}
		got[name] = strings.Join(value, "\n")
	}
	return got, nil
}

func FuzzOutput(f *testing.F) {
	for _, seed := range []string{"", "x", "a=b", "\n", "a\nend_\nb=c", "x<<y\nz\ny", "_GitHubActionsFileCommandDelimeter_\nevil=1", "\x00\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var b strings.Builder
		writeOutput(&b, Output{"first", value}, "end_"+randomToken())
		writeOutput(&b, Output{"second", "2"}, "end_"+randomToken())
		got, err := readOutputs(b.String())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got["first"] != clean(value) || got["second"] != "2" {
			t.Errorf("%q became %q", value, got)
		}
	})
}

func FuzzHarmless(f *testing.F) {
	for _, seed := range []string{"::error::x", " \t::error::x", "a\r::x", "##[add-mask]x", "##\n[", "#" + "##[", "\u2028::x", ":::x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := bufio.NewScanner(strings.NewReader(Harmless(text)))
		for lines.Scan() {
			if l := lines.Text(); strings.Contains(l, "##[") || strings.HasPrefix(strings.TrimSpace(l), "::") {
				t.Errorf("%q gives the command %q", text, l)
			}
		}
	})
}
