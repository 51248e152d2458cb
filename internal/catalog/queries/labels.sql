-- Security labels. Those of subscriptions are kept with the server's.
SELECT l.classoid AS class, l.objoid AS on, l.objsubid AS sub, l.provider COLLATE "C" AS raw_provider,
    l.provider || ' ' || pg_catalog.quote_literal(l.label) AS security_label
FROM pg_catalog.pg_seclabel l
WHERE l.objoid >= 16384
UNION ALL
SELECT l.classoid, l.objoid, 0, l.provider COLLATE "C", l.provider || ' ' || pg_catalog.quote_literal(l.label)
FROM pg_catalog.pg_shseclabel l
WHERE l.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass
ORDER BY raw_provider
