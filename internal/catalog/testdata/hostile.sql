-- Names that break naive quoting, and texts that break naive rendering.
CREATE SCHEMA "a""b.c";
CREATE TABLE "a""b.c"."back`tick ```" (
    "line
break" text DEFAULT 'it''s \ "x"',
    "|pipe|" integer,
    "<script>" integer CONSTRAINT "--><x>" CHECK ("<script>" > 0),
    "🙂 ünïcode" text,
    "{a,b}" text,
    "select" integer PRIMARY KEY,
    "NULL" integer REFERENCES "a""b.c"."back`tick ```" ("select"),
    "‮bidi" text UNIQUE
);
CREATE INDEX "@everyone" ON "a""b.c"."back`tick ```" ("line
break", ("{a,b}" || '`'));
CREATE TYPE "a""b.c"."E'," AS ENUM ('', 'a,b', '"', '{}', 'NULL', E'new\nline', '\', 'it''s');
CREATE FUNCTION "a""b.c"."f(x)"("select" "a""b.c"."E',") RETURNS text LANGUAGE sql AS $_$ SELECT '$$ ```' $_$;
CREATE VIEW "a""b.c"."v;" AS SELECT "<script>" AS "as" FROM "a""b.c"."back`tick ```";
CREATE TRIGGER "t""t" BEFORE UPDATE ON "a""b.c"."back`tick ```" FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE POLICY "p p" ON "a""b.c"."back`tick ```" TO "catalog ""role""";
GRANT SELECT ("<script>"), UPDATE ("|pipe|") ON "a""b.c"."back`tick ```" TO "catalog ""role""";
COMMENT ON COLUMN "a""b.c"."back`tick ```"."line
break" IS E'--><b>\n```\n@everyone {"x"}, ''';
CREATE TABLE "a""b.c".xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx (
    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy serial NOT NULL UNIQUE
);
