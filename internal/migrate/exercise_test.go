package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// exercisedModels have one class for each change, and types of all sorts.
const exercisedModels = `import enum

from sqlalchemy import (JSON, Boolean, Column, Date, DateTime, Enum, Float, ForeignKey, Integer, Interval, LargeBinary, Numeric,
                        SmallInteger, String, Table, Text, Time, column, func)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB, UUID
from sqlalchemy.orm import column_property, declarative_base, deferred
from sqlalchemy.types import TypeDecorator

Base = declarative_base()


class Mood(enum.Enum):
    good = 1
    bad = 2


class Lower(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.lower()


class Lost(Base):
    __tablename__ = "lost"
    id = Column(Integer, primary_key=True)
    kept = Column(Integer)
    late = deferred(Column(String(80)))


class Renamed(Base):
    __tablename__ = "renamed"
    id = Column(Integer, primary_key=True)
    old_name = Column(String(80), unique=True)


class Strict(Base):
    __tablename__ = "strict"
    id = Column(Integer, primary_key=True)
    word = Column(Text)


class Retyped(Base):
    __tablename__ = "retyped"
    id = Column(Integer, primary_key=True)
    amount = Column(String(20))


class Gone(Base):
    __tablename__ = "gone"
    id = Column(Integer, primary_key=True)


class Moody(Base):
    __tablename__ = "moody"
    id = Column(Integer, primary_key=True)
    mood = Column(Enum(Mood, name="mood"), nullable=False)


class Plain(Base):
    __tablename__ = "plain"
    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("plain.id"))
    mood_id = Column(Integer, ForeignKey("moody.id"), nullable=False)
    a, b, c, d = Column(Boolean), Column(Date), Column(DateTime), Column(DateTime(timezone=True))
    e, f, g, h = Column(Float), Column(Numeric(10, 2)), Column(Numeric(2, 2), nullable=False), Column(Time)
    i, j, k, l = Column(Interval), Column(LargeBinary), Column(JSON), Column(JSONB, nullable=False)
    m, n, o, p = Column(ARRAY(Text)), Column(UUID(as_uuid=True), unique=True), Column(INET), Column(SmallInteger)
    q = Column(Lower(3), nullable=False)
    r = Column(ARRAY(Integer, dimensions=2))
    length = column_property(func.length(q))


class Special(Plain):
    __tablename__ = "special"
    id = Column(Integer, ForeignKey("plain.id"), primary_key=True)
    extra = Column(String(5))


Table("link", Base.metadata, Column("a", ForeignKey("plain.id"), primary_key=True), Column("b", ForeignKey("moody.id"), primary_key=True))
`

const exercisedTables = `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('unknown');
CREATE TYPE mood AS ENUM ('good', 'bad', 'so so');
CREATE TABLE lost (id serial PRIMARY KEY, kept int, late varchar(80));
CREATE TABLE renamed (id serial PRIMARY KEY, old_name varchar(80) UNIQUE);
CREATE TABLE strict (id serial PRIMARY KEY, word text);
CREATE TABLE retyped (id serial PRIMARY KEY, amount varchar(20));
CREATE TABLE gone (id serial PRIMARY KEY);
CREATE TABLE moody (id serial PRIMARY KEY, mood mood NOT NULL);
CREATE TABLE plain (id serial PRIMARY KEY, parent_id int REFERENCES plain, mood_id int NOT NULL REFERENCES moody, a bool, b date, c timestamp, d timestamptz,
	e float, f numeric(10,2), g numeric(2,2) NOT NULL, h time, i interval, j bytea, k json, l jsonb NOT NULL, m text[], n uuid UNIQUE, o inet, p smallint, q varchar(3) NOT NULL, r int[][]);
CREATE TABLE special (id int PRIMARY KEY REFERENCES plain, extra varchar(5));
CREATE TABLE link (a int REFERENCES plain, b int REFERENCES moody, PRIMARY KEY (a, b));
INSERT INTO lost (kept) VALUES (1);
INSERT INTO renamed (old_name) VALUES ('secret-name');
INSERT INTO moody (mood) VALUES ('good');
INSERT INTO retyped (amount) VALUES ('5');
INSERT INTO plain (mood_id, g, l, q) VALUES (1, 0, '{}', 'abc');
`

// breaking is what breaks the models above, and harmless what does not.
const (
	breaking = `ALTER TABLE lost DROP COLUMN late;
ALTER TABLE renamed RENAME old_name TO new_name;
ALTER TABLE strict ADD needed int NOT NULL;
ALTER TABLE retyped ALTER amount TYPE uuid USING '00000000-0000-0000-0000-000000000000';
DROP TABLE gone;
ALTER TYPE mood RENAME VALUE 'bad' TO 'awful';
ALTER TABLE special DROP COLUMN extra;
ALTER TABLE link ADD c int NOT NULL;
`
	harmless = `ALTER TABLE lost ADD note text;
ALTER TABLE plain ADD count int NOT NULL DEFAULT 0, ADD CHECK (count >= 0);
ALTER TABLE strict ALTER word TYPE varchar(500);
ALTER TYPE mood ADD VALUE 'fine';
CREATE TABLE more (id int PRIMARY KEY);
CREATE INDEX ON retyped (amount);
`
	countAll = `SELECT concat_ws(' ', (SELECT count(*) FROM lost), (SELECT count(*) FROM renamed), (SELECT count(*) FROM strict), (SELECT count(*) FROM plain),
	(SELECT count(*) FROM moody), (SELECT count(*) FROM link), (SELECT string_agg(q || mood_id, ',') FROM plain))`
)

var exerciseRows = []struct{ env, project, scheme string }{
	{"alembic1.8-sa1.4-psycopg2", "tiny-sync", ""},
	{"alembic1.13-sa2.0-psycopg", "tiny-sync", ""},
	{"newest-asyncpg", "tiny-async", ""},
	{"alembic1.16-sa2.0-pyproject", "tiny-sync", "postgresql+pg8000"},
}

func TestExerciseOldModelsOnANewSchema(t *testing.T) {
	t.Parallel()
	for _, row := range exerciseRows {
		t.Run(row.env, func(t *testing.T) {
			t.Parallel()
			p := find(t, copyProject(t, row.project, map[string]string{"models.py": exercisedModels}), row.env)
			for _, test := range []struct {
				name, sql string
				want      []string
			}{
				{"breaking", breaking, []string{
					"models.Gone select 42P01 ", "models.Gone insert 42P01 ", "models.Gone update 42P01 ",
					"models.Lost select 42703 late", "models.Lost insert 42703 late", "models.Lost update 42703 late",
					"models.Moody insert 22P02 mood",
					"models.Renamed select 42703 old_name", "models.Renamed insert 42703 old_name", "models.Renamed update 42703 old_name",
					"models.Retyped insert * amount", "models.Retyped update * amount",
					"models.Special select 42703 extra", "models.Special insert 42703 extra", "models.Special update 42703 extra",
					"models.Strict insert 23502 needed",
					" insert 23502 c",
				}},
				{"harmless", harmless, nil},
			} {
				t.Run(test.name, func(t *testing.T) { tryOut(t, p, Env{Scheme: row.scheme}, test.sql, test.want) })
			}
		})
	}
}

func tryOut(t *testing.T, p *Project, env Env, sql string, want []string) {
	t.Helper()
	db := database(t)
	postgrestest.Exec(t, db, exercisedTables)
	change := func() string {
		postgrestest.Exec(t, db, sql)
		return ask(t, db, countAll)
	}
	var before string
	var out strings.Builder
	rounds, err := p.Exercise(t.Context(), Exercise{Address: db, Env: env, Output: &out, Pause: func(context.Context) error {
		before = change()
		return nil
	}})
	if err != nil || len(rounds) != 2 {
		t.Fatalf("%+v, %v\n%s", rounds, err, &out)
	}
	for _, use := range rounds[0].Uses {
		if use.failed() && !use.ofValues() {
			t.Errorf("the schema of the models fails: %+v", use)
		}
	}
	if len(rounds[0].Uses) != 27 || len(rounds[0].Skipped) != 0 || len(rounds[1].Skipped) != 0 {
		t.Errorf("%d uses, skipped %q, %q", len(rounds[0].Uses), rounds[0].Skipped, rounds[1].Skipped)
	}
	var got []string
	for _, use := range Compare(rounds[0], rounds[1]) {
		if use.Class == "models.Retyped" {
			use.SQLState = "*" // 42804, 22P02 or 22000: drivers send it differently
		}
		got = append(got, fmt.Sprintf("%s %s %s %s", use.Class, use.Operation, use.SQLState, use.Column))
		if use.Message == "" || strings.Contains(use.Message, "secret") {
			t.Errorf("message %q", use.Message)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("broken uses (-want +got):\n%s", diff)
	}
	if after := ask(t, db, countAll); after != before || strings.Contains(out.String(), "secret") {
		t.Errorf("rows %s, before %s; output\n%s", after, before, &out)
	}
}

func TestExerciseOnce(t *testing.T) {
	t.Parallel()
	p := find(t, copyProject(t, "tiny-sqlmodel", nil), newest)
	db := database(t)
	rounds, err := p.Exercise(t.Context(), Exercise{Address: db})
	if err != nil || len(rounds) != 1 || len(rounds[0].Uses) != 6 || rounds[0].Uses[0].SQLState != "42P01" {
		t.Errorf("%+v, %v", rounds, err)
	}
	mustRun(t, p, Run{Address: db, Upgrade: "heads"})
	rounds, err = p.Exercise(t.Context(), Exercise{Address: db})
	if err != nil || len(rounds) != 1 || len(rounds[0].Uses) != 6 {
		t.Errorf("%+v, %v", rounds, err)
	}
	for _, use := range rounds[0].Uses {
		if use.failed() && use.SQLState != "23503" { // a book without any author
			t.Errorf("%+v", use)
		}
	}
	stop := errors.New("enough")
	if _, err = p.Exercise(t.Context(), Exercise{Address: database(t), Pause: func(context.Context) error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("error = %v", err)
	}
	if _, err = p.Exercise(t.Context(), Exercise{}); err == nil {
		t.Error("no address is needed")
	}
}
