package migrate

import (
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// alarmingModels are modelled as Alembic compares them badly, on one version or on all.
const alarmingModels = `from sqlalchemy import JSON, CheckConstraint, Column, Date, DateTime, Enum, ForeignKey, Integer, MetaData, String, Table, Uuid, text


class Base:
    metadata = MetaData()


Table(
    "maker", Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("settings", JSON, server_default=text("'{}'")),
    Column("notes", JSON, server_default="[]"),
    Column("token", Uuid, server_default=text("GEN_RANDOM_UUID()")),
    Column("number", Integer, server_default=text("nextval('counter')")),
    Column("made", DateTime(timezone=True), server_default=text("now()")),
    Column("state", Enum("new", "old", name="state", native_enum=False, create_constraint=True)),
    CheckConstraint("id > 0"),
    schema="public",
)
Table(
    "tool", Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("maker_id", Integer, ForeignKey("public.maker.id", ondelete="CASCADE")),
    schema="public",
)
Table("log", Base.metadata, Column("id", Integer, primary_key=True), Column("word", String(9), index=True), schema="audit")
Table(
    "reading", Base.metadata,
    Column("day", Date, primary_key=True),
    postgresql_partition_by="RANGE (day)",
)
`

const alarmingTables = `CREATE SCHEMA audit;
CREATE SEQUENCE counter;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('b2');
CREATE TABLE maker (id serial PRIMARY KEY CHECK (id > 0), settings json DEFAULT '{}', notes json DEFAULT '[]', token uuid DEFAULT gen_random_uuid(),
	number int DEFAULT nextval('counter'), made timestamptz DEFAULT now(), state varchar(3) CONSTRAINT state CHECK (state IN ('new', 'old')));
CREATE TABLE tool (id serial PRIMARY KEY, maker_id int REFERENCES maker ON DELETE CASCADE);
CREATE TABLE audit.log (id serial PRIMARY KEY, word varchar(9));
CREATE INDEX ix_audit_log_word ON audit.log (word);
CREATE TABLE reading (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE reading_3 PARTITION OF reading FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
`

// alarmingRows are the versions, each with a driver of its own.
var alarmingRows = []struct{ env, project string }{
	{"alembic1.8-sa1.4-psycopg2", "tiny-sync"},
	{"alembic1.13-sa2.0-psycopg", "tiny-sync"},
	{"alembic1.19-checks", "tiny-async"},
	{newest, "tiny-sync"},
}

// alarming compares the models with the tables after a change to the latter.
func alarming(t *testing.T, env, project, sql string) (*Drift, Result) {
	t.Helper()
	models := alarmingModels
	if strings.Contains(env, "sa1.4") { // which has no type of its own for UUIDs
		models = strings.Replace(models, "Uuid, text", "text\nfrom sqlalchemy.dialects.postgresql import UUID as Uuid", 1)
	}
	dir := copyProject(t, project, map[string]string{"models.py": models})
	replace(t, dir, envFile, "compare_type=True", "compare_type=True, compare_server_default=True")
	db := database(t)
	postgrestest.Exec(t, db, alarmingTables+sql)
	r := mustRun(t, find(t, dir, env), Run{Address: db, Drift: true})
	if r.Drift == nil || r.Drift.Unjudged != nil {
		t.Fatalf("drift = %+v", r.Drift)
	}
	return r.Drift, r
}

// TestFalseAlarms holds that identical schemas are clean on every version.
func TestFalseAlarms(t *testing.T) {
	t.Parallel()
	for _, row := range alarmingRows {
		t.Run(row.env, func(t *testing.T) {
			t.Parallel()
			d, r := alarming(t, row.env, row.project, "")
			if len(d.Operations) != 0 || d.Body != "" || d.File != nil {
				t.Errorf("operations:\n%s", strings.Join(d.Operations, "\n"))
			}
			if got := strings.Join(r.Warnings, "\n"); !strings.Contains(got, "audit.log is there") || !strings.Contains(got, "include_schemas=True") {
				t.Errorf("warnings = %q", got)
			}
		})
	}
}

// TestTrueAlarms holds that what looks like a false alarm and is none is told.
func TestTrueAlarms(t *testing.T) {
	t.Parallel()
	sql := `DROP TABLE audit.log; CREATE TABLE stray (id int);
		ALTER TABLE tool DROP CONSTRAINT tool_maker_id_fkey, ADD FOREIGN KEY (maker_id) REFERENCES maker ON DELETE SET NULL;
		ALTER TABLE maker ALTER settings SET DEFAULT '{"a": 1}', ALTER token SET DEFAULT '00000000-0000-0000-0000-000000000000'`
	want := []string{
		"add foreign key (unnamed) on tool to maker", "add index ix_audit_log_word on audit.log", "add table audit.log",
		"alter column maker.settings: server default", "alter column maker.token: server default",
		"remove foreignkey constraint tool_maker_id_fkey on tool", "remove table stray",
	}
	for _, row := range alarmingRows {
		t.Run(row.env, func(t *testing.T) {
			t.Parallel()
			d, _ := alarming(t, row.env, row.project, sql)
			got := map[string]bool{}
			for _, op := range d.Operations {
				got[op] = true
			}
			for _, op := range want {
				if !got[op] {
					t.Errorf("no operation %q", op)
				}
			}
			if len(want) != len(d.Operations) || t.Failed() {
				t.Errorf("operations:\n%s", strings.Join(d.Operations, "\n"))
			}
		})
	}
}
