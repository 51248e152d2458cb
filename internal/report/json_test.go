package report

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
)

func TestJSONRoundTrip(t *testing.T) {
	reports := samples()
	reports["full"], reports["zero"] = full(), Report{}
	for name, want := range reports {
		encoded, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(encoded)
		if err != nil {
			t.Fatal(err)
		}
		want.Version = Version
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	encoded, err := Encode(passing())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "rehearsal-pass.json", string(encoded))
}

func TestDecodeRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"nothing": "", "cut off": `{"version": 1, "kind"`, "no version": `{}`, "later": `{"version": 2}`, "wrong type": `{"version": 1, "changes": 3}`,
	} {
		_, err := Decode([]byte(data))
		if explained, ok := fault.Explain(err); !ok || !explained.Usage || explained.Do == "" {
			t.Errorf("%s: error %v explains %+v", name, err, explained)
		}
	}
	if _, err := Decode([]byte(`{"version": 1, "something_new": true}`)); err != nil {
		t.Errorf("a new field: %v", err)
	}
}

// docs/report.md lists every field of the JSON form with its type, and no other.
func TestDocumentation(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "report.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|\n]+) \\|$").FindAllStringSubmatch(string(text), -1) {
		documented = append(documented, row[1]+" "+strings.TrimSpace(row[2]))
	}
	want := fields("", reflect.TypeFor[Report]())
	slices.Sort(documented)
	slices.Sort(want)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("%s does not list the fields: -want +documented\n%s", path, diff)
	}
	if !strings.Contains(string(text), fmt.Sprintf("version is %d", Version)) {
		t.Errorf("%s does not name version %d", path, Version)
	}
}

// fields lists "path type" of every field below a type.
func fields(prefix string, of reflect.Type) []string {
	var all []string
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		path := prefix + name
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Slice {
			kind, path = kind.Elem(), path+"[]"
		}
		switch {
		case kind == reflect.TypeFor[time.Time]():
			all = append(all, path+" time")
		case kind.Kind() == reflect.Struct:
			all = append(all, fields(path+".", kind)...)
		case kind.Kind() == reflect.String:
			all = append(all, path+" text")
		case kind.Kind() == reflect.Bool:
			all = append(all, path+" truth")
		default:
			all = append(all, path+" number")
		}
	}
	return all
}
