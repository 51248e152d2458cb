-- Triggers, without those that enforce constraints. A partition's copy of its parent's trigger
-- counts only where it is enabled otherwise; then even one that enforces a foreign key does,
-- under a name without its OID.
SELECT
    t.tgrelid AS of,
    CASE WHEN t.tgisinternal AND t.tgname ~ '^RI_ConstraintTrigger_' THEN
        pg_catalog.substr(t.tgname, 1, 22) || ' of ' || (SELECT c.conname FROM pg_catalog.pg_constraint c WHERE c.oid = t.tgconstraint)
        || CASE WHEN t.tgtype & 4 <> 0 THEN ' on insert' WHEN t.tgtype & 8 <> 0 THEN ' on delete' ELSE ' on update' END
        ELSE t.tgname::text END AS name,
    t.oid,
    CASE WHEN t.tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(t.oid) END AS definition,
    CASE WHEN t.tgparentid <> 0 OR t.tgenabled <> 'O' THEN
        CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' ELSE 'origin' END
        END AS enabled
FROM pg_catalog.pg_trigger t
WHERE t.oid >= 16384
  AND (t.tgparentid = 0 AND NOT t.tgisinternal
      OR t.tgparentid <> 0 AND t.tgenabled <> (SELECT p.tgenabled FROM pg_catalog.pg_trigger p WHERE p.oid = t.tgparentid))
