package neonlocal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"

	"github.com/aymanbagabas/go-udiff"
	"github.com/jackc/pgx/v5"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

func quote(s string) string { return postgres.QuoteLiteral(s) }

// place of a schema: a database of a branch.
type schemaOf struct {
	cluster  *cluster
	database string
}

// findSchema looks a branch and its database up; it takes Server.mu by itself.
func (s *Server) findSchema(r *http.Request, branchID string) (schemaOf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, b, err := s.branch(r)
	if err != nil {
		return schemaOf{}, err
	}
	if branchID == parentOf {
		branchID = b.ParentID
		if branchID == "" {
			return schemaOf{}, unprocessable("branch has no parent: base_branch_id is required")
		}
	}
	if branchID != "" {
		b = p.branch(branchID)
	}
	query := r.URL.Query()
	name := query.Get("db_name")
	switch {
	case b == nil:
		return schemaOf{}, notFound("BRANCH_NOT_FOUND", "branch")
	case name == "":
		return schemaOf{}, badRequest("db_name is required")
	case query.Get("lsn")+query.Get("timestamp")+query.Get("base_lsn")+query.Get("base_timestamp") != "":
		return schemaOf{}, unprocessable("this local Neon keeps no history: lsn and timestamp are not served")
	case b.database(name) == nil:
		return schemaOf{}, notFound("RESOURCE_NOT_FOUND", "database")
	case b.State != stateReady:
		return schemaOf{}, unprocessable("branch not ready yet")
	}
	return schemaOf{cluster: b.cluster, database: name}, nil
}

// parentOf asks findSchema for the parent of the branch in the path.
const parentOf = "^parent"

func (s *Server) getSchema(r *http.Request) (any, error) {
	of, err := s.findSchema(r, "")
	if err != nil {
		return nil, err
	}
	if r.URL.Query().Get("format") == "json" {
		tables, err := of.tables(r.Context())
		return map[string]any{"json": map[string]any{"tables": tables}}, err
	}
	sql, err := s.dump(r.Context(), of)
	return map[string]string{"sql": sql}, err
}

// compareSchema is a text diff of two dumps, like Neon's.
func (s *Server) compareSchema(r *http.Request) (any, error) {
	after, err := s.findSchema(r, "")
	if err != nil {
		return nil, err
	}
	base := r.URL.Query().Get("base_branch_id")
	if base == "" {
		base = parentOf
	}
	before, err := s.findSchema(r, base)
	if err != nil {
		return nil, err
	}
	was, err := s.dump(r.Context(), before)
	if err != nil {
		return nil, err
	}
	is, err := s.dump(r.Context(), after)
	if err != nil {
		return nil, err
	}
	return map[string]string{"diff": udiff.Unified("a/"+before.database, "b/"+after.database, was, is)}, nil
}

// restricted are lines with a random word in them, which newer versions of pg_dump write
// against hostile dumps; they would differ each time.
var restricted = regexp.MustCompile(`(?m)^\\(un)?restrict .*\n\n?`)

// dump is what the server's own pg_dump says, as Neon's is.
func (s *Server) dump(ctx context.Context, of schemaOf) (string, error) {
	program, ok := s.cfg.Binaries.Path("pg_dump")
	if !ok {
		return "", unprocessable("this local Neon runs a PostgreSQL without pg_dump: install the system's package, or ask with format=json")
	}
	server, release, err := of.cluster.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	var out bytes.Buffer
	err = postgres.RunAsOwner(ctx, &out, program, "--schema-only", "--host="+server.SocketDir(), "--port="+strconv.Itoa(server.Port()),
		"--username="+superuser, "--no-password", "--dbname="+of.database)
	if err != nil {
		return "", fmt.Errorf("running pg_dump: %w: %s", err, out.String())
	}
	return restricted.ReplaceAllString(out.String(), ""), nil
}

// tables is the schema in Neon's JSON form, which knows tables, columns and keys only.
func (of schemaOf) tables(ctx context.Context) (json.RawMessage, error) {
	var out json.RawMessage
	err := of.cluster.within(ctx, of.database, func(conn *pgx.Conn) error {
		var text string
		err := conn.QueryRow(ctx, tablesSQL).Scan(&text)
		out = json.RawMessage(text)
		return err
	})
	return out, err
}

const tablesSQL = `
WITH names AS (
	SELECT conrelid, con.oid, con.contype, con.conname, con.confrelid, con.conkey, con.confkey
	FROM pg_catalog.pg_constraint con WHERE contype IN ('p', 'u', 'f')
)
SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname,
	'columns', (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
		'nullable', NOT a.attnotnull, 'generated', a.attgenerated <> '') ORDER BY a.attnum), '[]')
		FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
	'constraints', (SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
		'type', CASE k.contype WHEN 'p' THEN 'primary_key' WHEN 'u' THEN 'unique' ELSE 'foreign_key' END, 'name', k.conname,
		'columns', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(k.conkey) WITH ORDINALITY u(num, o)
			JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
		'referenced_table', CASE WHEN k.contype = 'f' THEN (SELECT json_build_object('schema', rn.nspname, 'table', rc.relname,
			'columns', (SELECT json_agg(a.attname ORDER BY o) FROM unnest(k.confkey) WITH ORDINALITY u(num, o)
				JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num))
			FROM pg_catalog.pg_class rc JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace WHERE rc.oid = k.confrelid) END
		)) ORDER BY k.conname), '[]') FROM names k WHERE k.conrelid = c.oid)
	) ORDER BY n.nspname, c.relname), '[]')::text
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'`
