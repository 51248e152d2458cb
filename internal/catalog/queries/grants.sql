-- Privileges, told as their difference from what the owner and PUBLIC have by default: no row
-- where nobody granted or revoked anything, and none when only the owner changes. Neon's own
-- roles have privileges everywhere by Neon's doing: left out.
WITH acls AS (
    SELECT 1259 AS class, c.oid AS object, 0 AS sub, c.relowner AS owner, c.relacl AS acl,
        pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner) AS base
    FROM pg_catalog.pg_class c WHERE c.relacl IS NOT NULL AND c.oid >= 16384 AND c.relpersistence <> 't'
    UNION ALL
    SELECT 1259, c.oid, a.attnum, c.relowner, a.attacl, pg_catalog.acldefault('c', c.relowner)
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.oid >= 16384 AND c.relpersistence <> 't'
    UNION ALL
    SELECT 1255, p.oid, 0, p.proowner, p.proacl, pg_catalog.acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p WHERE p.proacl IS NOT NULL AND p.oid >= 16384
    UNION ALL
    SELECT 1247, t.oid, 0, t.typowner, t.typacl, pg_catalog.acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t WHERE t.typacl IS NOT NULL AND t.oid >= 16384
    UNION ALL
    SELECT 2615, n.oid, 0, n.nspowner, n.nspacl, pg_catalog.acldefault('n', n.nspowner)
    FROM pg_catalog.pg_namespace n WHERE n.nspacl IS NOT NULL AND n.oid >= 16384 AND n.nspname <> 'public'
    UNION ALL
    -- initdb lets PUBLIC use the schema public; a dump takes that for its default.
    SELECT 2615, n.oid, 0, n.nspowner, COALESCE(n.nspacl, pg_catalog.acldefault('n', n.nspowner)),
        pg_catalog.acldefault('n', n.nspowner) || pg_catalog.makeaclitem(0, n.nspowner, 'USAGE', false)
    FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'
), items AS (
    SELECT a.class, a.object, a.sub, a.owner, s.granted, x.*
    FROM acls a
    CROSS JOIN LATERAL (VALUES (true, a.acl), (false, a.base)) AS s(granted, acl)
    CROSS JOIN LATERAL pg_catalog.aclexplode(s.acl) AS x
), lines AS (
    SELECT i.class, i.object, i.sub, i.granted,
        i.privilege_type
        || ' TO ' || CASE i.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(i.grantee)) END
        || CASE WHEN i.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        || CASE WHEN i.grantor <> i.owner AND pg_catalog.pg_get_userbyid(i.grantor) NOT IN ('cloud_admin', 'neon_superuser')
            THEN ' GRANTED BY ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(i.grantor)) ELSE '' END AS line
    FROM items i
    WHERE i.grantee = 0 OR pg_catalog.pg_get_userbyid(i.grantee) NOT IN ('cloud_admin', 'neon_superuser')
), differing AS (
    -- A line that is both granted and default is neither.
    SELECT l.class, l.object, l.sub, l.line COLLATE "C" AS line, pg_catalog.bool_or(l.granted) AS granted
    FROM lines l
    GROUP BY 1, 2, 3, 4
    HAVING pg_catalog.bool_or(l.granted) <> pg_catalog.bool_or(NOT l.granted)
)
SELECT
    d.class::pg_catalog.oid AS class,
    d.object AS on,
    d.sub,
    pg_catalog.array_agg(d.line ORDER BY d.line) FILTER (WHERE d.granted) AS grant,
    pg_catalog.array_agg(d.line ORDER BY d.line) FILTER (WHERE NOT d.granted) AS revoke
FROM differing d
GROUP BY 1, 2, 3
