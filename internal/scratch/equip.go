package scratch

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// Equip gives the database what models take for granted and cannot create: the original's
// schemas, extensions and functions. A function that needs a table is left out: so the
// models fail only where they use such a one. The failure is a fault.
func (d *Database) Equip(ctx context.Context) error {
	for _, part := range []struct {
		what  string
		query string
		copy  func(context.Context, [2]string) error
	}{
		{"schemas", schemas, d.copySchema},
		{"extensions", extensions, d.copyExtension},
		{"functions", functions, d.copyFunction},
	} {
		if err := d.each(ctx, part.query, part.copy); err != nil {
			return explain(fmt.Sprintf("copying %s to the empty database %s", part.what, d.Address.Database), err)
		}
	}
	return nil
}

const schemas = `
	SELECT n.nspname, ''
	FROM pg_catalog.pg_namespace n
	WHERE n.oid >= 16384
	  AND n.nspname !~ '^pg_'
	  AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e')
	ORDER BY n.oid`

// extensions come in the order of their creation, so that those that others need are first. The
// extension neon is Neon's own and nobody else may create it.
const extensions = `
	SELECT e.extname, n.nspname
	FROM pg_catalog.pg_extension e
	JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
	WHERE e.oid >= 16384 AND e.extname <> 'neon'
	ORDER BY e.oid`

const functions = `
	SELECT pg_catalog.pg_get_functiondef(p.oid), ''
	FROM pg_catalog.pg_proc p
	JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
	JOIN pg_catalog.pg_language l ON l.oid = p.prolang
	WHERE p.oid >= 16384
	  AND p.prokind IN ('f', 'p', 'w')
	  AND l.lanname IN ('sql', 'plpgsql')
	  AND n.nspname !~ '^pg_'
	  AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_depend d
		WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
	ORDER BY p.oid`

// each copies what the query finds in the original.
func (d *Database) each(ctx context.Context, query string, copyOne func(context.Context, [2]string) error) error {
	rows, err := d.original.Query(ctx, query)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pair [2]string, err error) {
		return pair, row.Scan(&pair[0], &pair[1])
	})
	if err != nil {
		return err
	}
	for _, one := range found {
		if err := copyOne(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (d *Database) copySchema(ctx context.Context, schema [2]string) error {
	_, err := d.conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+postgres.QuoteIdentifier(schema[0]))
	return err
}

// copyExtension creates an extension where the original has it. Those that the role may not
// create were made by somebody with more rights; models rarely need them.
func (d *Database) copyExtension(ctx context.Context, extension [2]string) error {
	name := postgres.QuoteIdentifier(extension[0])
	_, err := d.conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS "+name+" WITH SCHEMA "+postgres.QuoteIdentifier(extension[1])+" CASCADE")
	if fixedSchema(err) {
		_, err = d.conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS "+name+" CASCADE")
	}
	if refused(err) {
		return nil
	}
	return err
}

// fixedSchema tells that an extension makes a schema of its own, which must not be there yet or named.
func fixedSchema(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (server.Code == "0A000" || server.Code == "3F000")
}

// copyFunction creates a function; its body is not looked into, since the tables are missing.
func (d *Database) copyFunction(ctx context.Context, function [2]string) error {
	_, err := d.conn.Exec(ctx, "SET check_function_bodies = off;\n"+function[0])
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return nil
	}
	return err
}
