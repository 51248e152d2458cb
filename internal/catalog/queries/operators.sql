-- Operators. One without a function is a shell: a mere name that another operator mentions as its
-- commutator or negator, which a dump leaves out too.
SELECT
    o.oprnamespace AS namespace,
    o.oprname || ' (' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END
        || ', ' || CASE o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END || ')' AS name,
    o.oid,
    pg_catalog.pg_get_userbyid(o.oprowner)::text AS owner,
    o.oprcode::text AS function,
    NULLIF(o.oprcom, 0)::pg_catalog.regoperator::text AS commutator,
    NULLIF(o.oprnegate, 0)::pg_catalog.regoperator::text AS negator,
    NULLIF(o.oprrest::text, '-') AS restrict,
    NULLIF(o.oprjoin::text, '-') AS join,
    o.oprcanhash AS hashes,
    o.oprcanmerge AS merges
FROM pg_catalog.pg_operator o
WHERE o.oid >= 16384
  AND o.oprcode <> 0
