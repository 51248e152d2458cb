-- Subscriptions of this database. Where they connect to is a secret, which the catalog shows to
-- superusers only, and whether they are enabled is no part of the schema.
SELECT
    s.subname::text AS name,
    s.oid,
    pg_catalog.pg_get_userbyid(s.subowner)::text AS owner,
    COALESCE(s.subslotname::text, 'NONE') AS slot_name,
    s.subbinary AS binary,
    CASE WHEN s.substream THEN 'on' END AS streaming, -- before 16
    CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' END AS streaming, -- since 16
    NULLIF(s.subsynccommit, 'off') AS synchronous_commit,
    s.subtwophasestate <> 'd' AS two_phase, -- since 15
    s.subdisableonerr AS disable_on_error, -- since 15
    NOT s.subpasswordrequired AS password_not_required, -- since 16
    s.subrunasowner AS run_as_owner, -- since 16
    NULLIF(s.suborigin, 'any') AS origin, -- since 16
    s.subfailover AS failover, -- since 17
    s.subpublications AS publication
FROM pg_catalog.pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
