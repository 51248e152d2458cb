-- What the server's own texts depend on, pinned for this transaction alone, so that it works
-- through a transaction pooler too and leaves the session as it was. $1: lock_timeout.
SELECT
    pg_catalog.set_config('search_path', '', true),
    pg_catalog.set_config('lock_timeout', $1, true),
    pg_catalog.set_config('client_encoding', 'UTF8', true),
    pg_catalog.set_config('TimeZone', 'UTC', true),
    pg_catalog.set_config('DateStyle', 'ISO, MDY', true),
    pg_catalog.set_config('IntervalStyle', 'postgres', true),
    pg_catalog.set_config('extra_float_digits', '3', true),
    pg_catalog.set_config('bytea_output', 'hex', true),
    pg_catalog.set_config('lc_monetary', 'C', true),
    pg_catalog.set_config('quote_all_identifiers', 'off', true),
    pg_catalog.set_config('standard_conforming_strings', 'on', true),
    -- Planning alone costs more than these would ever save: the queries are read once.
    pg_catalog.set_config('jit', 'off', true),
    pg_catalog.set_config('max_parallel_workers_per_gather', '0', true),
    pg_catalog.set_config('join_collapse_limit', '1', true),
    pg_catalog.set_config('work_mem', '64MB', true)
