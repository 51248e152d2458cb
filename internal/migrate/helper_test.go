package migrate

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestHelperIsPython38WithDocstrings parses the helper with the grammar of the oldest Python
// that Alembic 1.8 meets, and looks for what every function must have.
func TestHelperIsPython38WithDocstrings(t *testing.T) {
	const check = `
import ast, sys
for path in sys.argv[1:]:
    text = open(path).read()
    tree = ast.parse(text, path, feature_version=(3, 8))
    if len(text.splitlines()) > 500: print(path, "is too long")
    for node in [tree] + [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.ClassDef))]:
        name = getattr(node, "name", "the module")
        nested = name in ("called", "work", "read", "measured_fn", "connect", "verify", "count") or name == "__init__"
        if not nested and not ast.get_docstring(node): print(path, name, "has no docstring")
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 40: print(path, name, "is too long")
`
	var files []string
	err := fs.WalkDir(helperFiles, ".", func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".py") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 8 {
		t.Fatalf("%q, %v", files, err)
	}
	out, err := exec.Command(environment(t, newest), append([]string{"-c", check}, files...)...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// pythonCheck runs a snippet with the helper's package at hand.
func pythonCheck(t *testing.T, snippet string) string {
	t.Helper()
	cmd := exec.Command(environment(t, newest), "-c", snippet)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(root(t), "internal", "migrate", "helper"), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestStatementsLoseTheirValues(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"strings and numbers", `INSERT INTO t (a, b) VALUES ('bob''s', -12.5)`, `INSERT INTO t (a, b) VALUES (…, …)`},
		{"names keep their numbers", `UPDATE t1 SET c2 = 'x' WHERE id = 3`, `UPDATE t1 SET c2 = … WHERE id = …`},
		{"parameters stay", `SELECT $1, %(name)s, :x`, `SELECT $1, %(name)s, :x`},
		{"definitions stay", `ALTER TABLE t ADD c text DEFAULT 'x'`, `ALTER TABLE t ADD c text DEFAULT 'x'`},
		{"comment in front", "-- bob\n/* it's */ DELETE FROM t WHERE n = 'bob'", `DELETE FROM t WHERE n = …`},
		{"dollar quotes", `DO $x$ BEGIN PERFORM 'bob'; END $x$`, `DO …`},
		{"open quote", `UPDATE t SET n = 'O'Brien' WHERE a = 'bob'`, `UPDATE t SET n = …`},
		{"backslash", `INSERT INTO t VALUES ('a\', 'bob')`, `INSERT INTO t VALUES (…`},
		{"with", `WITH x AS (SELECT 'bob') INSERT INTO t SELECT * FROM x`, `WITH x AS (SELECT …) INSERT INTO t SELECT * FROM x`},
	}
	for _, test := range tests {
		got := pythonCheck(t, "from neon_migrations_helper import errors; print(errors.redact_statement("+pythonString(test.in)+"))")
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func pythonString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}

func TestAddressesInTheWordsOfDrivers(t *testing.T) {
	const a = `dict(host="h", port=5, user="u@x", password="p/%", database="d b", params={"sslmode": "require", "channel_binding": "require"})`
	tests := []struct{ name, expression, want string }{
		{"plain", `url(a, "postgresql")`, "postgresql://u%40x:p%2F%25@h:5/d%20b?sslmode=require&channel_binding=require"},
		{"asyncpg", `url(a, "postgresql+asyncpg")`, "postgresql+asyncpg://u%40x:p%2F%25@h:5/d%20b?ssl=require"},
		{"pg8000", `url(a, "postgresql+pg8000")`, "postgresql+pg8000://u%40x:p%2F%25@h:5/d%20b"},
		{"socket", `url(dict(a, host="/run/x", params={}), "postgresql")`, "postgresql://u%40x:p%2F%25@/d%20b?host=%2Frun%2Fx&port=5"},
		{"IPv6", `url(dict(a, host="::1", params={}), "postgresql")`, "postgresql://u%40x:p%2F%25@[::1]:5/d%20b"},
		{
			"arguments of psycopg", `sorted(arguments(a, "psycopg", dict(host="x", hostaddr="y", options="-c a=b endpoint=e", sslrootcert="z", autocommit=True)).items())`,
			"[('autocommit', True), ('channel_binding', 'require'), ('dbname', 'd b'), ('host', 'h'), ('options', '-c a=b'), ('password', 'p/%'), ('port', 5), ('sslmode', 'require'), ('user', 'u@x')]",
		},
		{
			"arguments of asyncpg", `sorted(arguments(a, "asyncpg", dict(dsn="x", channel_binding="y", options="z", ssl=object(), timeout=3)).items())`,
			"[('database', 'd b'), ('host', 'h'), ('password', 'p/%'), ('port', 5), ('ssl', 'require'), ('timeout', 3), ('user', 'u@x')]",
		},
		{"scheme of the configuration", `choose_scheme("", "postgresql+psycopg://u@h/d", "")`, "postgresql+psycopg"},
		{"scheme that is wanted", `choose_scheme("postgresql+pg8000", "", "create_async_engine")`, "postgresql+pg8000"},
		{"driver that is not installed", `choose_scheme("", "postgresql+asyncpg://", "")`, "postgresql"},
	}
	for _, test := range tests {
		got := pythonCheck(t, "from neon_migrations_helper.address import *; a = "+a+"; print("+test.expression+")")
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}
