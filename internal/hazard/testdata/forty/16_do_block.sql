-- title: index built in a DO block
-- really: as an index that is not built concurrently; the text of the statement is computed
-- risk: yes
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '10min';
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT unnest(ARRAY['state', 'placed_at']) LOOP
        EXECUTE format('CREATE INDEX %I ON orders (%I)', 'ix_orders_' || name, name);
    END LOOP;
END
$$;
COMMIT;
