-- Security labels. Of a member of an extension they are told although the member is left out.
SELECT
    l.classoid AS class,
    l.objoid AS on,
    l.objsubid AS sub,
    CASE WHEN e.oid IS NOT NULL THEN 'extension member' END AS kind,
    CASE WHEN e.oid IS NOT NULL THEN CASE l.objsubid WHEN 0 THEN pg_catalog.upper(i.type) ELSE 'COLUMN' END || ' ' || i.identity END AS name,
    e.extname::text AS raw_extension,
    l.provider || ' ' || pg_catalog.quote_literal(l.label) AS security_label
FROM pg_catalog.pg_seclabel l
LEFT JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e' AND d.classid = l.classoid AND d.objid = l.objoid
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname <> 'neon'
LEFT JOIN LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i ON true
WHERE l.objoid >= 16384
ORDER BY l.provider COLLATE "C"
