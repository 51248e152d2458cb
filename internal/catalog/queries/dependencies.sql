-- What is dropped with an extension without being its member (DEPENDS ON EXTENSION).
SELECT d.classid AS class, d.objid AS on, e.extname::text AS depends_on_extension
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'x'
ORDER BY e.extname
