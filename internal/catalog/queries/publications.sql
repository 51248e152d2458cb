-- Publications.
SELECT
    p.pubname::text AS name,
    p.oid,
    pg_catalog.pg_get_userbyid(p.pubowner)::text AS owner,
    p.puballtables AS all_tables,
    CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN
        pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
            CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)
        END AS publish,
    p.pubviaroot AS publish_via_partition_root,
    CASE p.pubgencols WHEN 's' THEN 'stored' END AS publish_generated_columns -- since 18
    NULL AS publish_generated_columns -- before 18
FROM pg_catalog.pg_publication p
WHERE p.oid >= 16384
