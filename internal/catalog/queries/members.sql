-- What belongs to an extension and is left out with it. Functions are not listed: an extension
-- may have thousands, and their own query leaves them out.
SELECT d.classid AS class, d.objid AS on
FROM pg_catalog.pg_depend d
WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  AND d.deptype = 'e'
  AND d.classid <> 'pg_catalog.pg_proc'::pg_catalog.regclass
