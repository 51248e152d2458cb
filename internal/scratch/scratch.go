// Package scratch makes empty databases beside the one that is looked at: on the same server, with
// the same encoding, collation and settings. What is created in one can be compared
// with the original, and nothing in the original notices.
package scratch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// patience is how long the new database may take to let us in; its server is awake.
const patience = 30 * time.Second

// Database is an empty database that goes when it is dropped, or with its branch.
type Database struct {
	// Address leads to it, with the role and the password of the original.
	Address postgres.Address

	original *pgx.Conn
	conn     *pgx.Conn
}

// Create makes an empty database of that name beside the one that original is connected to, whose
// address is at. One that an earlier run left behind is replaced. The caller
// calls [Database.Drop]. The role needs CREATEDB; Neon gives it to the roles that it makes. The failure is a fault.
func Create(ctx context.Context, original *pgx.Conn, at postgres.Address, name string) (*Database, error) {
	at.Database = name
	d := &Database{Address: at, original: original}
	if err := d.create(ctx); err != nil {
		return nil, explain("creating the empty database "+name, err)
	}
	conn, err := postgres.Connect(ctx, at, patience)
	if err != nil {
		return nil, errors.Join(err, d.Drop(context.WithoutCancel(ctx)))
	}
	d.conn = conn
	return d, nil
}

func (d *Database) create(ctx context.Context) error {
	if err := d.drop(ctx); err != nil {
		return err
	}
	like, err := d.like(ctx)
	if err != nil {
		return err
	}
	name := postgres.QuoteIdentifier(d.Address.Database)
	if _, err := d.original.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 "+like); err != nil {
		return err
	}
	return d.copySettings(ctx)
}

// like gives the clauses that make a database sort, compare and encode as the original does.
func (d *Database) like(ctx context.Context) (string, error) {
	// The provider and its locale are there since 15; a row as JSON has what there is.
	var clauses string
	err := d.original.QueryRow(ctx, `
		SELECT pg_catalog.format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
			|| CASE j.row->>'datlocprovider'
				WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', COALESCE(j.row->>'datlocale', j.row->>'daticulocale'))
				WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j.row->>'datlocale')
				WHEN 'c' THEN ' LOCALE_PROVIDER libc'
				ELSE '' END
		FROM pg_catalog.pg_database d
		CROSS JOIN LATERAL pg_catalog.to_jsonb(d) j (row)
		WHERE d.datname = pg_catalog.current_database()`).Scan(&clauses)
	return clauses, err
}

// copySettings gives the database what was set for the original by ALTER DATABASE, such as a search_path.
func (d *Database) copySettings(ctx context.Context) error {
	rows, err := d.original.Query(ctx, `
		SELECT pg_catalog.unnest(s.setconfig)
		FROM pg_catalog.pg_db_role_setting s
		JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
		WHERE d.datname = pg_catalog.current_database() AND s.setrole = 0`)
	if err != nil {
		return err
	}
	settings, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, setting := range settings {
		name, value, _ := strings.Cut(setting, "=")
		statement := fmt.Sprintf("ALTER DATABASE %s SET %s = %s", postgres.QuoteIdentifier(d.Address.Database), settingName(name), settingValue(name, value))
		if _, err := d.original.Exec(ctx, statement); err != nil && !refused(err) {
			return err
		}
	}
	return nil
}

// settingName quotes each part of a name such as app.tenant.
func settingName(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = postgres.QuoteIdentifier(part)
	}
	return strings.Join(parts, ".")
}

// settingValue writes a value. A list of names is kept as it would be typed: one literal would be one name.
func settingValue(name, value string) string {
	if name == "search_path" || strings.HasSuffix(name, "_preload_libraries") {
		return value
	}
	return postgres.QuoteLiteral(value)
}

// Snapshot reads the database's schema.
func (d *Database) Snapshot(ctx context.Context) (*catalog.Snapshot, error) {
	return catalog.Read(ctx, d.conn)
}

// Drop ends all sessions of the database and removes it; it need not exist any more.
func (d *Database) Drop(ctx context.Context) error {
	if d.conn != nil {
		_ = d.conn.Close(ctx) // nothing was left undone on it
	}
	if err := d.drop(ctx); err != nil {
		return explain("removing the empty database "+d.Address.Database, err)
	}
	return nil
}

func (d *Database) drop(ctx context.Context) error {
	_, err := d.original.Exec(ctx, "DROP DATABASE IF EXISTS "+postgres.QuoteIdentifier(d.Address.Database)+" WITH (FORCE)")
	return err
}

// refused tells a lack of rights from other failures.
func refused(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == "42501" // insufficient_privilege
}

func explain(what string, err error) error {
	if refused(err) {
		return fault.New(what, "the role may not create databases",
			"grant it: ALTER ROLE name CREATEDB; roles that Neon makes have it, those that SQL made have not").Because(err)
	}
	return fault.New(what, "the server refused", "look at the message; another run on this branch may be in the way").Because(err)
}
