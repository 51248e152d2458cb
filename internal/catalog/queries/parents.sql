-- What tables and indexes inherit from or are partitions of, in their order.
SELECT i.inhrelid AS relation, i.inhparent::pg_catalog.regclass::text AS raw_parent
FROM pg_catalog.pg_inherits i
ORDER BY i.inhrelid, i.inhseqno
