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

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/recorder"
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

// docs/report.md lists every field of a report's JSON form with its type, and no other.
func TestDocumentation(t *testing.T) {
	documented(t, "report.md", fields("", reflect.TypeFor[Report]()), Version)
}

// docs/schema.md does the same for snapshots and for what comparisons have besides a report.
func TestDocumentationOfSchemas(t *testing.T) {
	want := fields("", reflect.TypeFor[catalog.Snapshot]())
	for _, field := range fields("", reflect.TypeFor[catalog.Comparison]()) {
		if name, _, _ := strings.Cut(field, "."); name != "changes[]" && name != "sizes[]" && name != "diagram" {
			want = append(want, field)
		}
	}
	documented(t, "schema.md", want, catalog.Version)
}

// docs/recording.md does the same for recordings, alone or in a report.
func TestDocumentationOfRecordings(t *testing.T) {
	documented(t, "recording.md", fields("", reflect.TypeFor[recorder.Recording]()), recorder.RecordingVersion)
}

func documented(t *testing.T, name string, want []string, version int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|\n]+) \\|$").FindAllStringSubmatch(string(text), -1) {
		found = append(found, row[1]+" "+strings.TrimSpace(row[2]))
	}
	slices.Sort(found)
	slices.Sort(want)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("docs/%s does not list the fields: -want +documented\n%s", name, diff)
	}
	if flat := strings.Join(strings.Fields(string(text)), " "); !regexp.MustCompile(fmt.Sprintf(`version (of both )?is %d\b`, version)).MatchString(flat) {
		t.Errorf("docs/%s does not name version %d", name, version)
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
		case kind == of: // a report's parts are reports
			all = append(all, path+" object")
		case field.Anonymous:
			all = append(all, fields(prefix, kind)...)
		case kind == reflect.TypeFor[recorder.Recording](): // has a page of its own
			all = append(all, path+" object")
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
