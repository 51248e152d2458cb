-- title: exclusion constraint
-- really: ACCESS EXCLUSIVE lock while its index is built and proven
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
ALTER TABLE bookings ADD CONSTRAINT ex_bookings EXCLUDE USING gist (during WITH &&);
COMMIT;
