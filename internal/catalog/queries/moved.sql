-- The catalogs that somebody changed while this transaction read them. A transaction goes on
-- seeing the rows that it began with, but the functions that write definitions look at the newest
-- ones, so that the two may not fit together. A row that this transaction still sees and another
-- one has updated or deleted names that one in xmax; what matters is whether it committed.
-- Where no transaction has begun since and none was under way, which costs nothing to know,
-- the catalogs are not looked through.
WITH this AS MATERIALIZED (
    SELECT
        pg_catalog.pg_snapshot_xmin(s.now)::text::pg_catalog.int8 AS oldest,
        pg_catalog.pg_snapshot_xmax(s.now)::text::pg_catalog.int8 AS latest,
        pg_catalog.age(pg_catalog.pg_snapshot_xmax(s.now)::pg_catalog.xid) AS begun
    FROM (SELECT pg_catalog.pg_current_snapshot() AS now) s
), others AS (
    SELECT tableoid, xmax FROM pg_catalog.pg_class WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_attribute WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_attrdef WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_type WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_constraint WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_index WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_proc WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_rewrite WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_trigger WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_policy WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_namespace WHERE xmax <> 0
    UNION ALL SELECT tableoid, xmax FROM pg_catalog.pg_statistic_ext WHERE xmax <> 0
), full_numbers AS (
    -- xmax counts modulo 2^32 and may also be the number of a group of lockers.
    SELECT o.tableoid, t.oldest, t.latest + t.begun AS next,
        t.latest + ((o.xmax::text::pg_catalog.int8 - t.latest + 2147483648) & 4294967295) - 2147483648 AS number
    FROM others o CROSS JOIN this t
    WHERE (SELECT begun > 0 OR oldest < latest FROM this)
)
SELECT DISTINCT f.tableoid::pg_catalog.regclass::text AS catalog
FROM full_numbers f
WHERE CASE WHEN f.number >= f.oldest AND f.number < f.next
    THEN pg_catalog.pg_xact_status(f.number::text::pg_catalog.xid8) = 'committed' END
