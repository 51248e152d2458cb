-- title: table dropped
-- really: 100,000 rows are gone
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
DROP TABLE invoices_2019;
COMMIT;
