-- The database as a whole. All but OID, name, version and size become the snapshot's environment.
-- The size is about the number of objects to make room for.
SELECT
    d.oid,
    (SELECT pg_catalog.sum(CASE WHEN c.relkind IN ('i', 'S') THEN 1 ELSE c.relnatts + 2 END)
        FROM pg_catalog.pg_class c
        WHERE c.oid >= 16384 AND c.relkind NOT IN ('t', 'I')) AS size,
    d.datname::text AS name,
    pg_catalog.current_setting('server_version_num') AS server_version,
    pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
    d.datcollate::text AS collate,
    d.datctype::text AS ctype,
    CASE d.datlocprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS locale_provider, -- since 15
    d.daticulocale::text AS locale, -- since 15 -- before 17
    d.datlocale::text AS locale, -- since 17
    d.datcollversion AS collation_version, -- since 15
    pg_catalog.pg_get_userbyid(d.datdba)::text AS owner
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()
