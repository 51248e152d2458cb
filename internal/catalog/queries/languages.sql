-- Procedural languages and access methods: handlers under a name.
SELECT
    'language' AS kind,
    l.lanname::text AS name,
    l.oid,
    pg_catalog.pg_get_userbyid(l.lanowner)::text AS owner,
    NULL AS type,
    l.lanpltrusted AS trusted,
    NULLIF(l.lanplcallfoid, 0)::pg_catalog.regproc::text AS handler,
    NULLIF(l.laninline, 0)::pg_catalog.regproc::text AS inline,
    NULLIF(l.lanvalidator, 0)::pg_catalog.regproc::text AS validator
FROM pg_catalog.pg_language l
WHERE l.oid >= 16384
UNION ALL
SELECT
    'access method',
    a.amname::text,
    a.oid,
    NULL,
    CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END,
    false,
    a.amhandler::text,
    NULL,
    NULL
FROM pg_catalog.pg_am a
WHERE a.oid >= 16384
