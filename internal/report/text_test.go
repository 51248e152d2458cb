package report

import (
	"strings"
	"testing"
)

func TestTextGolden(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) { golden(t, name+".txt", Text(r, false)) })
	}
}

func TestTextColor(t *testing.T) {
	colored, plain := Text(warned(), true), Text(warned(), false)
	if strings.Contains(plain, "\x1b") {
		t.Error("without colour there are escape sequences")
	}
	for _, want := range []string{green + "+    note text," + normal, red + "-CREATE TABLE public.legacy_cart (" + normal, bold} {
		if !strings.Contains(colored, want) {
			t.Errorf("%q is not in the coloured text", want)
		}
	}
	uncolored := strings.NewReplacer(bold, "", red, "", green, "", cyan, "", normal, "").Replace(colored)
	if uncolored != plain {
		t.Error("colours change more than colours")
	}
}

// A stranger's control characters do not reach the terminal, and neither do line breaks
// where a line is meant: nobody else writes "all is well" below our words.
func TestTextIsHarmless(t *testing.T) {
	lines := strings.Count(Text(filled(passing(), "x"), false), "\n")
	for _, value := range hostile {
		if oneLine(value) == "" {
			continue
		}
		r := filled(passing(), value)
		text := Text(r, false)
		for _, c := range text {
			if hidden(c) {
				t.Errorf("%q leaves %U", value, c)
			}
		}
		r.Changes = nil
		bare := filled(passing(), "x")
		bare.Changes = nil
		if got, want := strings.Count(Text(r, false), "\n"), strings.Count(Text(bare, false), "\n"); got != want {
			t.Errorf("%q makes %d lines of %d", value, got, want)
		}
	}
	if lines == 0 {
		t.Error("nothing was rendered")
	}
}
