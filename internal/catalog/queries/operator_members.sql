-- The operators and functions of a family. Each belongs to the one of its classes, or to the
-- family itself, that it depends on; nothing depends on a family of the system's.
SELECT
    COALESCE(d.refclassid, 'pg_catalog.pg_opfamily'::pg_catalog.regclass) AS class,
    COALESCE(d.refobjid, o.amopfamily) AS on,
    o.amopstrategy AS raw_number,
    (o.amopstrategy || ' ' || o.amopopr::pg_catalog.regoperator::text || COALESCE(' FOR ORDER BY '
        || (pg_catalog.pg_identify_object('pg_catalog.pg_opfamily'::pg_catalog.regclass, NULLIF(o.amopsortfamily, 0), 0)).identity, ''))
        COLLATE "C" AS operator,
    NULL COLLATE "C" AS support_function
FROM pg_catalog.pg_amop o
LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass AND d.objid = o.oid
    AND d.refclassid IN ('pg_catalog.pg_opclass'::pg_catalog.regclass, 'pg_catalog.pg_opfamily'::pg_catalog.regclass)
WHERE o.oid >= 16384
UNION ALL
SELECT
    COALESCE(d.refclassid, 'pg_catalog.pg_opfamily'::pg_catalog.regclass),
    COALESCE(d.refobjid, p.amprocfamily),
    p.amprocnum,
    NULL COLLATE "C",
    (p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, NULL) || ', '
        || pg_catalog.format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::pg_catalog.oid::pg_catalog.regprocedure::text) COLLATE "C"
FROM pg_catalog.pg_amproc p
LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass AND d.objid = p.oid
    AND d.refclassid IN ('pg_catalog.pg_opclass'::pg_catalog.regclass, 'pg_catalog.pg_opfamily'::pg_catalog.regclass)
WHERE p.oid >= 16384
ORDER BY raw_number, operator, support_function
