-- Triggers, without those that enforce constraints. A partition's copy of its parent's
-- trigger counts only where it is enabled otherwise.
SELECT
    t.tgrelid AS of,
    t.tgname::text AS name,
    t.oid,
    CASE WHEN t.tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(t.oid) END AS definition,
    CASE WHEN t.tgparentid <> 0 OR t.tgenabled <> 'O' THEN
        CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'origin' END
        END AS enabled
FROM pg_catalog.pg_trigger t
LEFT JOIN pg_catalog.pg_trigger p ON p.oid = t.tgparentid
WHERE NOT t.tgisinternal
  AND t.oid >= 16384
  AND (t.tgparentid = 0 OR t.tgenabled <> p.tgenabled)
