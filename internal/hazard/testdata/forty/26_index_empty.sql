-- title: index on an empty table
-- really: nothing to read
-- risk: no
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
CREATE INDEX ix_imports_file ON imports (file);
COMMIT;
