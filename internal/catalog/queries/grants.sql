-- Privileges, and those that would be there had nobody granted or revoked any: what initdb or an
-- extension granted, else what the owner and PUBLIC have by default.
--
-- Of the system's objects and of members of extensions nothing else is told: their rows have a
-- name. The schema public is always here, because a dump has its own idea of its default.
--
-- Only of what others own, the system and extensions, are columns looked at here: columns.sql tells
-- the privileges on all others. The rows that initdb writes first (transaction 1, which no other
-- can be) have no privileges; to pass over them costs next to nothing, to look for the
-- privileges at the end of each row a tenth of a whole snapshot. OFFSET 0 keeps that order.
SELECT
    a.class,
    a.object AS on,
    a.sub,
    CASE WHEN e.oid IS NOT NULL THEN 'extension member' WHEN a.namespace = 11 THEN 'system object' END AS kind,
    CASE WHEN e.oid IS NOT NULL OR a.namespace = 11 THEN (
        SELECT CASE a.sub WHEN 0 THEN pg_catalog.upper(i.type) ELSE 'COLUMN' END || ' ' || i.identity
        FROM pg_catalog.pg_identify_object(a.class, a.object, a.sub) i) END AS name,
    e.extname::text AS note_extension,
    pg_catalog.pg_get_userbyid(a.owner)::text AS raw_owner,
    a.acl::text[] AS raw_privilege,
    COALESCE(p.initprivs, pg_catalog.acldefault(a.type::"char", a.owner))::text[] AS raw_base
FROM (
    SELECT 1259::pg_catalog.oid AS class, c.oid AS object, 0 AS sub, c.relnamespace AS namespace, c.relowner AS owner, c.relacl AS acl,
        CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS type
    FROM pg_catalog.pg_class c
    WHERE c.relacl IS NOT NULL AND c.relpersistence <> 't' AND (c.oid >= 16384 OR c.relnamespace = 11)
    UNION ALL
    SELECT 1259, c.oid, a.attnum, c.relnamespace, c.relowner, a.attacl, 'c'
    FROM (
        SELECT a.attrelid, a.attnum, a.attacl FROM pg_catalog.pg_attribute a
        WHERE a.xmin <> '1'::pg_catalog.xid AND (a.attrelid < 16384 OR a.attrelid = ANY (ARRAY(
            SELECT d.objid FROM pg_catalog.pg_depend d
            WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
              AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass)))
        OFFSET 0) a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND c.relpersistence <> 't'
    UNION ALL
    SELECT 1255, p.oid, 0, p.pronamespace, p.proowner, p.proacl, 'f'
    FROM (SELECT p.oid, p.pronamespace, p.proowner, p.proacl FROM pg_catalog.pg_proc p WHERE p.xmin <> '1'::pg_catalog.xid OFFSET 0) p
    WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT 1247, t.oid, 0, t.typnamespace, t.typowner, t.typacl, 'T'
    FROM (SELECT t.oid, t.typnamespace, t.typowner, t.typacl FROM pg_catalog.pg_type t WHERE t.xmin <> '1'::pg_catalog.xid OFFSET 0) t
    WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT 2612, l.oid, 0, 11, l.lanowner, l.lanacl, 'l'
    FROM pg_catalog.pg_language l WHERE l.lanacl IS NOT NULL AND l.lanispl
    UNION ALL
    SELECT 2328, w.oid, 0, 0, w.fdwowner, w.fdwacl, 'F'
    FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL
    UNION ALL
    SELECT 1417, s.oid, 0, 0, s.srvowner, s.srvacl, 'S'
    FROM pg_catalog.pg_foreign_server s WHERE s.srvacl IS NOT NULL
    UNION ALL
    SELECT 2615, n.oid, 0, n.oid, n.nspowner, COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)), 'n'
    FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL OR n.nspname = 'public'
    ) a
LEFT JOIN pg_catalog.pg_init_privs p ON p.objoid = a.object AND p.classoid = a.class AND p.objsubid = a.sub
LEFT JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e' AND d.classid = a.class AND d.objid = a.object
LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname <> 'neon'
WHERE p.initprivs IS NULL OR p.initprivs <> a.acl OR a.class = 2615
