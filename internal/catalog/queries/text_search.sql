-- Dictionaries and configurations of text search. A configuration maps each type of token to
-- dictionaries, which are asked in their order.
SELECT
    'text search dictionary' AS kind,
    d.dictnamespace AS namespace,
    d.dictname::text AS name,
    d.oid,
    pg_catalog.pg_get_userbyid(d.dictowner)::text AS owner,
    (pg_catalog.pg_identify_object('pg_catalog.pg_ts_template'::pg_catalog.regclass, d.dicttemplate, 0)).identity AS template,
    d.dictinitoption AS options,
    NULL AS parser,
    NULL AS mapping
FROM pg_catalog.pg_ts_dict d
WHERE d.oid >= 16384
UNION ALL
SELECT
    'text search configuration',
    c.cfgnamespace,
    c.cfgname::text,
    c.oid,
    pg_catalog.pg_get_userbyid(c.cfgowner)::text,
    NULL,
    NULL,
    (pg_catalog.pg_identify_object('pg_catalog.pg_ts_parser'::pg_catalog.regclass, c.cfgparser, 0)).identity,
    (SELECT pg_catalog.array_agg(m.line ORDER BY m.line) FROM (
        SELECT (pg_catalog.quote_ident(t.alias) || ' WITH '
            || pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary::text, ', ' ORDER BY m.mapseqno)) COLLATE "C" AS line
        FROM pg_catalog.pg_ts_config_map m
        JOIN pg_catalog.ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
        WHERE m.mapcfg = c.oid
        GROUP BY t.alias) m)
FROM pg_catalog.pg_ts_config c
WHERE c.oid >= 16384
