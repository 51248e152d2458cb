-- Rules, but for the one that makes a view a view.
SELECT
    r.ev_class AS of,
    r.rulename::text AS name,
    r.oid,
    pg_catalog.pg_get_ruledef(r.oid) AS definition,
    CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_catalog.pg_rewrite r
WHERE r.oid >= 16384
  AND r.rulename <> '_RETURN'
