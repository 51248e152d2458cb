-- One row for the state of all catalogs that a snapshot reads: for each the number of its rows,
-- and of each row the place and the transaction that wrote it. Whatever is written to a catalog
-- moves it. It also moves when rows are written anew without a change, as by VACUUM FULL or by
-- taking back what was done. What not every role may read counts by its content, and of the
-- dependencies only those that say something of a schema.
SELECT pg_catalog.md5(pg_catalog.string_agg(g.state::text, ',' ORDER BY g.state)) AS gate
FROM (
    SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws(',', c.name, pg_catalog.sum(c.rows),
        pg_catalog.bit_xor(c.places::pg_catalog.int8 * pg_catalog.hashtext(c.written::text))), 0) AS state
    FROM (
        SELECT 'aggregate' AS name, xmin AS written, pg_catalog.count(*) AS rows, pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) AS places FROM pg_catalog.pg_aggregate GROUP BY xmin
        UNION ALL SELECT 'am', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_am GROUP BY xmin
        UNION ALL SELECT 'amop', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_amop GROUP BY xmin
        UNION ALL SELECT 'amproc', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_amproc GROUP BY xmin
        UNION ALL SELECT 'attrdef', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_attrdef GROUP BY xmin
        UNION ALL SELECT 'attribute', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_attribute GROUP BY xmin
        UNION ALL SELECT 'cast', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_cast GROUP BY xmin
        UNION ALL SELECT 'class', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_class GROUP BY xmin
        UNION ALL SELECT 'collation', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_collation GROUP BY xmin
        UNION ALL SELECT 'constraint', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_constraint GROUP BY xmin
        UNION ALL SELECT 'conversion', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_conversion GROUP BY xmin
        UNION ALL SELECT 'default_acl', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_default_acl GROUP BY xmin
        UNION ALL SELECT 'description', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_description GROUP BY xmin
        UNION ALL SELECT 'enum', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_enum GROUP BY xmin
        UNION ALL SELECT 'event_trigger', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_event_trigger GROUP BY xmin
        UNION ALL SELECT 'extension', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_extension GROUP BY xmin
        UNION ALL SELECT 'foreign_data_wrapper', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_foreign_data_wrapper GROUP BY xmin
        UNION ALL SELECT 'foreign_server', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_foreign_server GROUP BY xmin
        UNION ALL SELECT 'foreign_table', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_foreign_table GROUP BY xmin
        UNION ALL SELECT 'index', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_index GROUP BY xmin
        UNION ALL SELECT 'inherits', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_inherits GROUP BY xmin
        UNION ALL SELECT 'init_privs', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_init_privs GROUP BY xmin
        UNION ALL SELECT 'language', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_language GROUP BY xmin
        UNION ALL SELECT 'namespace', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_namespace GROUP BY xmin
        UNION ALL SELECT 'opclass', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_opclass GROUP BY xmin
        UNION ALL SELECT 'operator', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_operator GROUP BY xmin
        UNION ALL SELECT 'opfamily', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_opfamily GROUP BY xmin
        UNION ALL SELECT 'partitioned_table', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_partitioned_table GROUP BY xmin
        UNION ALL SELECT 'policy', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_policy GROUP BY xmin
        UNION ALL SELECT 'proc', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_proc GROUP BY xmin
        UNION ALL SELECT 'publication', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_publication GROUP BY xmin
        UNION ALL SELECT 'publication_namespace', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_publication_namespace GROUP BY xmin -- since 15
        UNION ALL SELECT 'publication_rel', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_publication_rel GROUP BY xmin
        UNION ALL SELECT 'range', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_range GROUP BY xmin
        UNION ALL SELECT 'rewrite', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_rewrite GROUP BY xmin
        UNION ALL SELECT 'seclabel', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_seclabel GROUP BY xmin
        UNION ALL SELECT 'sequence', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_sequence GROUP BY xmin
        UNION ALL SELECT 'shseclabel', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_shseclabel
            WHERE classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass GROUP BY xmin
        UNION ALL SELECT 'statistic_ext', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_statistic_ext GROUP BY xmin
        UNION ALL SELECT 'tablespace', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_tablespace GROUP BY xmin
        UNION ALL SELECT 'transform', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_transform GROUP BY xmin
        UNION ALL SELECT 'trigger', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_trigger GROUP BY xmin
        UNION ALL SELECT 'ts_config', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_ts_config GROUP BY xmin
        UNION ALL SELECT 'ts_config_map', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_ts_config_map GROUP BY xmin
        UNION ALL SELECT 'ts_dict', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_ts_dict GROUP BY xmin
        UNION ALL SELECT 'ts_parser', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_ts_parser GROUP BY xmin
        UNION ALL SELECT 'ts_template', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_ts_template GROUP BY xmin
        UNION ALL SELECT 'type', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid)) FROM pg_catalog.pg_type GROUP BY xmin
        UNION ALL SELECT 'depend', xmin, pg_catalog.count(*), pg_catalog.bit_xor(pg_catalog.hashtid(ctid))
            FROM pg_catalog.pg_depend
            WHERE deptype IN ('e', 'x') OR (deptype IN ('a', 'i') AND refobjsubid > 0 AND objsubid = 0)
            GROUP BY xmin
    ) c
    GROUP BY c.name
    UNION ALL
    SELECT pg_catalog.hashtextextended(r.rolname::text, r.oid::pg_catalog.int8) FROM pg_catalog.pg_roles r
    UNION ALL
    SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws(',', s.subdbid, s.subname, s.subowner, s.subslotname,
        s.subbinary, s.substream, s.subsynccommit, s.subpublications,
        s.subtwophasestate, s.subdisableonerr, -- since 15
        s.subpasswordrequired, s.subrunasowner, s.suborigin, -- since 16
        s.subfailover, -- since 17
        s.oid), 0) FROM pg_catalog.pg_subscription s
    UNION ALL
    SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws(',', m.srvname, m.usename), m.umid::pg_catalog.int8)
    FROM pg_catalog.pg_user_mappings m
) g
