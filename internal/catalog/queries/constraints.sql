-- Constraints of tables and domains. NOT NULL belongs to the column, constraint triggers to
-- the triggers; a foreign key that a partition has from its parent is the parent's. What the
-- index of a constraint has (options, place) comes with the indexes. Whether an inherited check
-- has been validated is in no dump.
SELECT
    con.conrelid AS of,
    con.contypid AS of_type,
    con.conname::text AS name,
    con.oid,
    CASE WHEN con.contype IN ('p', 'u', 'x') THEN con.conindid END AS index,
    CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check' ELSE 'exclude' END AS type,
    CASE WHEN con.contype = 'c' AND NOT con.conislocal
        THEN pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(con.oid), ' NOT VALID$', '')
        WHEN con.contype IN ('c', 'x') THEN pg_catalog.pg_get_constraintdef(con.oid) END AS definition,
    CASE WHEN con.contype IN ('p', 'u', 'f') THEN con.conkey END AS column,
    con.conperiod AS period, -- since 18
    NULLIF(con.confrelid, 0) AS target,
    con.confkey AS references_column,
    CASE con.confmatchtype WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' END AS match,
    CASE con.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS on_update,
    CASE con.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END AS on_delete,
    con.confdelsetcols AS on_delete_column, -- since 15
    con.condeferrable AND con.contype IN ('p', 'u', 'f') AS deferrable,
    con.condeferred AND con.contype IN ('p', 'u', 'f') AS initially_deferred,
    NOT con.conenforced AND con.contype = 'f' AS not_enforced, -- since 18
    NOT con.convalidated AND con.contype = 'f' AND con.conenforced AS not_valid, -- since 18
    NOT con.convalidated AND con.contype = 'f' AS not_valid, -- before 18
    NOT con.conislocal AND con.contype = 'c' AS raw_inherited
FROM pg_catalog.pg_constraint con
WHERE con.contype IN ('p', 'u', 'f', 'c', 'x')
  AND con.oid >= 16384
  AND (con.contype <> 'f' OR con.conparentid = 0)
