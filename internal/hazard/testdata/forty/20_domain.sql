-- title: constraint of a domain
-- really: SHARE lock on the table that uses it while all rows are read
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER DOMAIN email_address ADD CONSTRAINT ck_email CHECK (VALUE LIKE '%@%');
COMMIT;
