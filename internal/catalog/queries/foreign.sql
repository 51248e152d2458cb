-- Foreign data wrappers, servers and user mappings. The options of a user mapping are passwords
-- as a rule and shown to few, and so is its catalog; but every role may know that there is one.
SELECT
    'foreign data wrapper' AS kind,
    w.fdwname::text AS name,
    w.oid,
    NULL::pg_catalog.oid AS target,
    pg_catalog.pg_get_userbyid(w.fdwowner)::text AS owner,
    NULLIF(w.fdwhandler, 0)::pg_catalog.regproc::text AS handler,
    NULLIF(w.fdwvalidator, 0)::pg_catalog.regproc::text AS validator,
    NULL AS type,
    NULL AS version,
    NULL AS wrapper,
    w.fdwoptions AS server_option
FROM pg_catalog.pg_foreign_data_wrapper w
WHERE w.oid >= 16384
UNION ALL
SELECT
    'server',
    s.srvname::text,
    s.oid,
    NULL,
    pg_catalog.pg_get_userbyid(s.srvowner)::text,
    NULL,
    NULL,
    s.srvtype,
    s.srvversion,
    (pg_catalog.pg_identify_object('pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, s.srvfdw, 0)).identity,
    s.srvoptions
FROM pg_catalog.pg_foreign_server s
WHERE s.oid >= 16384
UNION ALL
SELECT
    'user mapping',
    'FOR ' || CASE i.object_names[1] WHEN 'public' THEN 'PUBLIC' ELSE pg_catalog.quote_ident(i.object_names[1]) END
        || ' SERVER ' || pg_catalog.quote_ident(i.object_args[1]),
    d.objid,
    d.refobjid,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_depend d
CROSS JOIN LATERAL pg_catalog.pg_identify_object_as_address(d.classid, d.objid, 0) i
WHERE d.classid = 'pg_catalog.pg_user_mapping'::pg_catalog.regclass
  AND d.refclassid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
