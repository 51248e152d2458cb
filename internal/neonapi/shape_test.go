package neonapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// usage asserts a fault of the caller's words that says want and does not repeat given.
func usage(t *testing.T, err error, want, given string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || !f.Usage {
		t.Fatalf("error = %v, want a usage fault", err)
	}
	all := f.Error() + " " + f.Why + " " + f.Do
	if !strings.Contains(f.Why, want) {
		t.Errorf("why = %q, want %q", f.Why, want)
	}
	if f.Do == "" {
		t.Error("it does not say what to do")
	}
	if len(given) > 3 && strings.Contains(all, strings.TrimSpace(given)) {
		t.Errorf("the value is repeated in: %s", all)
	}
}

func TestKeysOfAWrongShape(t *testing.T) {
	tests := map[string]struct{ key, why string }{
		"empty":        {"", "It is empty"},
		"blank":        {" \n", "It is empty"},
		"two lines":    {"napi_one\nnapi_two", "line break inside"},
		"a space":      {"napi_one two", "space inside"},
		"an address":   {"postgresql://u:pw@h/db", "database address"},
		"psql":         {"psql 'postgresql://u:pw@h/db'", "database address"},
		"bearer":       {"Bearer napi_abcdef", "word Bearer"},
		"quoted":       {`"napi_abcdef"`, "quotation marks"},
		"not ASCII":    {"napi_abc…def", "no key has"},
		"control":      {"napi_abc\x00def", "no key has"},
		"inner return": {"napi_abc\rdef", "line break inside"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{Key: secret.Text(tt.key)})
			usage(t, err, tt.why, tt.key)
		})
	}
}

func TestThePastedLineBreakIsDropped(t *testing.T) {
	for _, key := range []string{testKey + "\n", testKey + "\r\n", " " + testKey} {
		inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
			cfg := w.cfg
			cfg.Key = secret.Text(key)
			c, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Project(t.Context(), testProject); err != nil {
				t.Fatal(err)
			}
			if got := w.requests[0].Header.Get("Authorization"); got != "Bearer "+testKey {
				t.Errorf("%q was sent", got)
			}
			if !strings.Contains(w.noted(), "before or after it; it is used without") {
				t.Errorf("notices: %s", w.noted())
			}
		})
	}
}

func TestProjectIDsOfAWrongShape(t *testing.T) {
	tests := map[string]struct{ id, why string }{
		"empty":        {"", "It is empty"},
		"console":      {"https://console.neon.tech/app/projects/shiny-wind-028834", "web address"},
		"no scheme":    {"console.neon.tech/app/projects/shiny-wind-028834", "web address"},
		"address":      {"postgresql://u:pw@ep-x.neon.tech/db", "database address"},
		"old address":  {"postgres://u:pw@ep-x.neon.tech/db", "database address"},
		"driver":       {"postgresql+asyncpg://u:pw@h/db", "database address"},
		"branch":       {"br-aged-salad-637688", "id of a branch"},
		"endpoint":     {"ep-steep-bush-777093", "id of an endpoint"},
		"host":         {"ep-steep-bush-777093.us-east-2.aws.neon.tech", "id of an endpoint"},
		"key":          {"napi_abcdefgh", "API key"},
		"organization": {"org-cool-darkness-123", "organization"},
		"upper case":   {"Shiny-Wind-028834", "upper-case"},
		"space":        {"my shop", "space or line break"},
		"line break":   {"cold-rain-123456\n", "space or line break"},
		"name":         {"my_shop", "project's name"},
		"path":         {"a/../b", "project's name"},
		"long":         {strings.Repeat("a", 61), "longer than 60"},
	}
	seen := map[string]string{}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := CheckProjectID(tt.id)
			usage(t, err, tt.why, tt.id)
			seen[tt.why] = name
		})
	}
	if len(seen) < 10 {
		t.Errorf("only %d different words", len(seen))
	}
	for _, id := range []string{testProject, "a", strings.Repeat("a", 60)} {
		if err := CheckProjectID(id); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestAWrongProjectIDIsNeverSent(t *testing.T) {
	const address = "postgresql://u:hunter2@h/db"
	inBubble(t, newFake("main"), Config{}, func(t *testing.T, w *world) {
		_, errProject := w.Project(t.Context(), address)
		_, _, errName := w.BranchByName(t.Context(), address, "x")
		_, _, errCreate := w.CreateBranch(t.Context(), address, BranchSpec{Name: "x"})
		errWait := w.Wait(t.Context(), address, []Operation{{ID: "o", Status: "running"}})
		for _, err := range []error{errProject, errName, errCreate, errWait} {
			usage(t, err, "database address", address)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is shown: %v", err)
			}
		}
		if len(w.lines()) != 0 {
			t.Errorf("sent: %v", w.lines())
		}
	})
}

func TestBaseURLs(t *testing.T) {
	tests := map[string]struct{ url, why, noted string }{
		"default":       {url: ""},
		"slash":         {url: "https://console.neon.tech/api/v2/"},
		"loopback":      {url: "http://127.0.0.1:4000/api/v2"},
		"other host":    {url: "http://neon:4000/api/v2", noted: "the key can be read on the way"},
		"no scheme":     {url: "console.neon.tech/api/v2", why: "https://"},
		"no host":       {url: "https:///api/v2", why: "no host"},
		"user":          {url: "https://u:hunter2@neon.tech", why: "password"},
		"query":         {url: "https://neon.tech/?x=hunter2", why: "a ? or #"},
		"not parseable": {url: "https://hunter2\x7f", why: "no web address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var noted string
			c, err := New(Config{Key: testKey, BaseURL: tt.url, Notice: func(s string) { noted += s }})
			if tt.why != "" {
				usage(t, err, tt.why, "hunter2")
				return
			}
			if err != nil || strings.HasSuffix(c.base.Path, "/") || !strings.Contains(noted, tt.noted) || tt.noted == "" && noted != "" {
				t.Errorf("%v, noted %q", err, noted)
			}
		})
	}
}

func TestPathElementsAreEscaped(t *testing.T) {
	c, err := New(Config{Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path []string
		want string
	}{
		"plain":    {[]string{"projects", testProject, "branches", "br-a"}, "/projects/" + testProject + "/branches/br-a"},
		"slash":    {[]string{"projects", testProject, "branches", "a/b"}, "/projects/" + testProject + "/branches/a%2Fb"},
		"climbing": {[]string{"a", "../../c"}, "/a/..%2F..%2Fc"},
		"query":    {[]string{"a", "b?c=d#e"}, "/a/b%3Fc=d%23e"},
		"percent":  {[]string{"a", "%2e%2e"}, "/a/%252e%252e"},
		"unicode":  {[]string{"ä b"}, "/%C3%A4%20b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := c.resolve(get(tt.path...))
			if err != nil || u.String() != DefaultBaseURL+tt.want {
				t.Errorf("%v, %v; want %s", u, err, tt.want)
			}
		})
	}
	for _, element := range []string{"", ".", ".."} {
		_, err := c.resolve(get("a", element, "b"))
		usage(t, err, "without its id", "")
	}
}
