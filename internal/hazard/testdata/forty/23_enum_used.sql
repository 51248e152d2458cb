-- title: enum value added and used in one transaction
-- really: fails with 55P04
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TYPE ticket_state ADD VALUE 'spam';
UPDATE tickets SET state = 'spam' WHERE id = 1;
COMMIT;
