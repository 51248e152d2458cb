-- Event triggers.
SELECT
    t.evtname::text AS name,
    t.oid,
    pg_catalog.pg_get_userbyid(t.evtowner)::text AS owner,
    t.evtevent::text AS event,
    t.evttags AS tag,
    t.evtfoid::pg_catalog.regproc::text AS function,
    CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END AS enabled
FROM pg_catalog.pg_event_trigger t
WHERE t.oid >= 16384
