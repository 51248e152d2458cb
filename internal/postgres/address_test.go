package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

func TestParseAddress(t *testing.T) {
	tests := []struct {
		name, raw string
		want      Address
	}{
		{
			"full", "postgresql://u:p%40ss@h.example:6432/db?sslmode=require",
			Address{Host: "h.example", Port: 6432, User: "u", Password: "p@ss", Database: "db", Params: map[string]string{"sslmode": "require"}},
		},
		{"driver and default port", "postgresql+asyncpg://u@h/db", Address{Host: "h", Port: 5432, User: "u", Database: "db", Params: map[string]string{}}},
		{"old scheme and newline", "postgres://u@h/db\n", Address{Host: "h", Port: 5432, User: "u", Database: "db", Params: map[string]string{}}},
		{"socket", "postgresql:///db?host=/run/pg&port=1", Address{Host: "/run/pg", Port: 5432, Database: "db", Params: map[string]string{"port": "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseAddress(secret.Text(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseAddressNeverRepeatsTheAddress(t *testing.T) {
	for _, raw := range []string{"mysql://u:hunter2@h/db", "postgresql://u:hunter2@h:port/db", "postgresql://u:hunter2%zz@h/db", "hunter2", "postgresql://u:hunter2@h:0/x"} {
		_, err := ParseAddress(secret.Text(raw))
		if err == nil {
			t.Errorf("%q is taken", raw)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error shows it: %v", raw, err)
		}
	}
}

func TestAddressRoundTrip(t *testing.T) {
	a := Address{Host: "::1", Port: 5433, User: "o'brien", Password: "a/b?c#d@e%", Database: "my db", Params: map[string]string{"options": "-c x=1"}}
	got, err := ParseAddress(a.URL())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(a.URL().Reveal(), "+") {
		t.Error("a space is written as a plus, which libpq does not read as a space")
	}
	if shown := fmt.Sprintf("%v %s %+v", a, a, []Address{a}); strings.Contains(shown, "a/b?c") {
		t.Errorf("the password is shown: %s", shown)
	}
}

func TestPooled(t *testing.T) {
	for host, want := range map[string]bool{
		"ep-cool-1-pooler.us-east-1.aws.neon.tech": true,
		"ep-cool-1.us-east-1.aws.neon.tech":        false,
		"pooler.example":                           false,
		"db.x-pooler.example":                      false,
	} {
		if got := (Address{Host: host}).Pooled(); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

func TestQuoting(t *testing.T) {
	if got := QuoteIdentifier(`a"b`); got != `"a""b"` {
		t.Error(got)
	}
	if got := QuoteLiteral(`it's`); got != `'it''s'` {
		t.Error(got)
	}
	if got := QuoteLiteral(`a\'`); got != ` E'a\\'''` {
		t.Error(got)
	}
}
