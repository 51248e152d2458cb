-- Collations that this database can use: the catalog also holds those of other encodings, which
-- may share a name with them. The version is that of a library of the host.
SELECT
    c.collnamespace AS namespace,
    c.collname::text AS name,
    c.oid,
    pg_catalog.pg_get_userbyid(c.collowner)::text AS owner,
    CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END AS provider,
    CASE c.collprovider WHEN 'i' THEN c.collcollate::text END AS locale, -- before 15
    c.colliculocale AS locale, -- since 15 -- before 17
    c.colllocale AS locale, -- since 17
    CASE c.collprovider WHEN 'c' THEN c.collcollate::text END AS lc_collate,
    CASE c.collprovider WHEN 'c' THEN c.collctype::text END AS lc_ctype,
    c.collicurules AS rules, -- since 16
    NOT c.collisdeterministic AS nondeterministic,
    NULLIF(pg_catalog.pg_encoding_to_char(c.collencoding)::text, '') AS note_encoding,
    c.collversion AS note_version
FROM pg_catalog.pg_collation c
WHERE c.oid >= 16384
  AND c.collencoding IN (-1, pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding()))
