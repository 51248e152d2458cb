package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestTextNeverShowsItself(t *testing.T) {
	const value = "hunter2-very-secret"
	key := Text(value)
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "key", key, "in", struct{ K Text }{key})
	encoded, err := json.Marshal(map[string]any{"key": key, "nested": []Text{key}})
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprint(key, []Text{key}, struct{ K Text }{key}) + fmt.Sprintf("%s %v %+v %q %#v", key, key, key, key, key) +
		logged.String() + string(encoded)
	if strings.Contains(shown, value) {
		t.Errorf("the secret is shown in %s", shown)
	}
	if key.Reveal() != value {
		t.Errorf("Reveal = %q", key.Reveal())
	}
	if Text("").String() != "" {
		t.Error("an empty secret looks like a given one")
	}
}

func TestMaskerFindsEveryForm(t *testing.T) {
	var m Masker
	m.Add("p@ss/word", "postgresql://u:p%40ss%2Fword@h/db", "abc")
	tests := map[string]string{
		"plain p@ss/word here":                  "plain *** here",
		"encoded p%40ss%2Fword":                 "encoded ***",
		"postgresql://u:p%40ss%2Fword@h/db end": "*** end",
		"abc is too short to mask":              "abc is too short to mask",
	}
	for in, want := range tests {
		if got := m.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWriterMasksAcrossWrites(t *testing.T) {
	const value = "split-over-writes"
	for cut := 1; cut < len(value); cut++ {
		var m Masker
		m.Add(value)
		var out bytes.Buffer
		w := m.Writer(&out)
		fmt.Fprint(w, "a "+value[:cut])
		fmt.Fprint(w, value[cut:]+" b\nlast "+value)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), "a *** b\nlast ***"; got != want {
			t.Fatalf("cut at %d: %q, want %q", cut, got, want)
		}
	}
}

func TestWriterBoundsALineWithoutEnd(t *testing.T) {
	var m Masker
	m.Add("needle-in-a-long-line")
	var out bytes.Buffer
	w := m.Writer(&out)
	chunk := strings.Repeat("x", maxHeld-10)
	fmt.Fprint(w, chunk+"needle-in")
	fmt.Fprint(w, "-a-long-line"+chunk)
	if out.Len() == 0 {
		t.Error("a line without end is held back for ever")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if want := chunk + "***" + chunk; out.String() != want {
		t.Errorf("got %d bytes, want %d; secret seen: %v", out.Len(), len(want), strings.Contains(out.String(), "needle"))
	}
}
