-- What an aggregate has beyond a function; the rows join those of functions.sql by OID.
SELECT
    1255::pg_catalog.oid AS class,
    a.aggfnoid::pg_catalog.oid AS on,
    CASE a.aggkind WHEN 'o' THEN 'ordered-set' WHEN 'h' THEN 'hypothetical-set' END AS aggregate_kind,
    a.aggtransfn::pg_catalog.regprocedure::text AS sfunc,
    pg_catalog.format_type(a.aggtranstype, NULL) AS stype,
    NULLIF(a.aggtransspace, 0)::text AS sspace,
    NULLIF(a.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS finalfunc,
    a.aggfinalextra AS finalfunc_extra,
    NULLIF(a.aggfinalmodify, CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END::"char")::text AS finalfunc_modify,
    NULLIF(a.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS combinefunc,
    NULLIF(a.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS serialfunc,
    NULLIF(a.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS deserialfunc,
    a.agginitval AS initcond,
    NULLIF(a.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS msfunc,
    NULLIF(a.aggminvtransfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS minvfunc,
    CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS mstype,
    NULLIF(a.aggmtransspace, 0)::text AS msspace,
    NULLIF(a.aggmfinalfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::text AS mfinalfunc,
    a.aggmfinalextra AS mfinalfunc_extra,
    CASE WHEN a.aggmtranstype <> 0
        THEN NULLIF(a.aggmfinalmodify, CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END::"char")::text END AS mfinalfunc_modify,
    a.aggminitval AS minitcond,
    NULLIF(a.aggsortop, 0)::pg_catalog.regoperator::text AS sortop
FROM pg_catalog.pg_aggregate a
WHERE a.aggfnoid::pg_catalog.oid >= 16384
