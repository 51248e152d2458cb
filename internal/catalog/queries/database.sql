-- The database as a whole. All but OID, name and version become the snapshot's environment.
SELECT
    d.oid,
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
