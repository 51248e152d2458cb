-- title: unique index on values that are there twice
-- really: fails with 23505, and a second time after every mending but of the data
-- risk: yes
SET lock_timeout = '3s';
SET statement_timeout = '10min';
CREATE UNIQUE INDEX CONCURRENTLY uq_customers_nickname ON customers (nickname);
