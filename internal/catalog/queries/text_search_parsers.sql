-- Parsers and templates of text search: functions under a name.
SELECT
    'text search parser' AS kind,
    p.prsnamespace AS namespace,
    p.prsname::text AS name,
    p.oid,
    p.prsstart::text AS start,
    p.prstoken::text AS gettoken,
    p.prsend::text AS end,
    NULLIF(p.prsheadline::text, '-') AS headline,
    p.prslextype::text AS lextypes,
    NULL AS init,
    NULL AS lexize
FROM pg_catalog.pg_ts_parser p
WHERE p.oid >= 16384
UNION ALL
SELECT
    'text search template',
    t.tmplnamespace,
    t.tmplname::text,
    t.oid,
    NULL, NULL, NULL, NULL, NULL,
    NULLIF(t.tmplinit::text, '-'),
    t.tmpllexize::text
FROM pg_catalog.pg_ts_template t
WHERE t.oid >= 16384
