-- title: table, its index and its key in one transaction
-- really: nobody knows the table yet
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
CREATE TABLE coupons (id bigint PRIMARY KEY, code text NOT NULL, percent integer NOT NULL);
CREATE UNIQUE INDEX uq_coupons_code ON coupons (code);
ALTER TABLE coupons ADD CONSTRAINT ck_coupons_percent CHECK (percent > 0);
COMMIT;
