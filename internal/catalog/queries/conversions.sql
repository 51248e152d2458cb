-- Conversions between encodings.
SELECT
    c.connamespace AS namespace,
    c.conname::text AS name,
    c.oid,
    pg_catalog.pg_get_userbyid(c.conowner)::text AS owner,
    pg_catalog.pg_encoding_to_char(c.conforencoding)::text AS source,
    pg_catalog.pg_encoding_to_char(c.contoencoding)::text AS destination,
    c.conproc::text AS function,
    c.condefault AS default
FROM pg_catalog.pg_conversion c
WHERE c.oid >= 16384
