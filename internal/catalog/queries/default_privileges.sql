-- What ALTER DEFAULT PRIVILEGES says of objects to come: for all schemas a change of the
-- default, for one schema what is granted besides.
SELECT
    'FOR ROLE ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(d.defaclrole))
        || COALESCE(' IN SCHEMA ' || NULLIF(d.defaclnamespace, 0)::pg_catalog.regnamespace::text, '')
        || ' ON ' || CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
            WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS name,
    d.oid,
    pg_catalog.pg_get_userbyid(d.defaclrole)::text AS raw_owner,
    d.defaclacl::text[] AS raw_privilege,
    CASE d.defaclnamespace WHEN 0
        THEN pg_catalog.acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)::text[] END AS raw_base
FROM pg_catalog.pg_default_acl d
