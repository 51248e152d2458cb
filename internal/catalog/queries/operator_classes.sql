-- Operator classes and families. The family that is made with a class has its name.
SELECT
    'operator class' AS kind,
    c.opcnamespace AS namespace,
    pg_catalog.quote_ident(c.opcname) || ' USING ' || (SELECT a.amname FROM pg_catalog.pg_am a WHERE a.oid = c.opcmethod) AS name,
    c.oid,
    pg_catalog.pg_get_userbyid(c.opcowner)::text AS owner,
    pg_catalog.format_type(c.opcintype, NULL) AS type,
    c.opcdefault AS default,
    NULLIF((pg_catalog.pg_identify_object('pg_catalog.pg_opfamily'::pg_catalog.regclass, c.opcfamily, 0)).identity,
        (pg_catalog.pg_identify_object('pg_catalog.pg_opclass'::pg_catalog.regclass, c.oid, 0)).identity) AS family,
    CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END AS storage
FROM pg_catalog.pg_opclass c
WHERE c.oid >= 16384
UNION ALL
SELECT
    'operator family',
    f.opfnamespace,
    pg_catalog.quote_ident(f.opfname) || ' USING ' || (SELECT a.amname FROM pg_catalog.pg_am a WHERE a.oid = f.opfmethod),
    f.oid,
    pg_catalog.pg_get_userbyid(f.opfowner)::text,
    NULL,
    false,
    NULL,
    NULL
FROM pg_catalog.pg_opfamily f
WHERE f.oid >= 16384
