-- title: update of all rows
-- really: 200,000 row locks until the end, and 200,000 dead rows
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
UPDATE orders SET discount = 0;
COMMIT;
