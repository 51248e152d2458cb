-- title: partition attached
-- really: ACCESS EXCLUSIVE lock on the new partition while its 200,000 rows are read
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
COMMIT;
