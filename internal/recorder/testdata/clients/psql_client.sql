\pset format unaligned
\pset tuples_only on
\set ON_ERROR_STOP on
SELECT 'select', 41 + 1;
PREPARE adds(int) AS SELECT 'prepared', $1 + 1;
EXECUTE adds(2);
CREATE TABLE items (id int, name text);
\copy items FROM PROGRAM 'printf "1\tone\n2\ttwo\n"'
\copy items TO STDOUT
LISTEN news;
NOTIFY news, 'hello';
\set FETCH_COUNT 1
SELECT id FROM items ORDER BY id;
\unset FETCH_COUNT
\set ON_ERROR_STOP off
SET statement_timeout = 100;
SELECT pg_sleep(30);
