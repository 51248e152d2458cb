-- title: materialized view refreshed
-- really: ACCESS EXCLUSIVE lock on the view while its query runs
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
REFRESH MATERIALIZED VIEW order_totals;
COMMIT;
