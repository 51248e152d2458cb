-- What the forty migrations start from: a shop with tables of 100,000 rows and more, one of 20 rows, and an empty one.
CREATE TYPE ticket_state AS ENUM ('new', 'open', 'closed');
CREATE DOMAIN email_address AS text;

CREATE TABLE customers (
    id bigint PRIMARY KEY,
    email varchar(100) NOT NULL,
    name text,
    phone text,
    country text NOT NULL,
    nickname varchar(50),
    balance numeric(10, 2) NOT NULL,
    created_at timestamp NOT NULL,
    note text NOT NULL
);
INSERT INTO customers
SELECT i, 'c' || i || '@example.com', 'Customer ' || i, '+49' || i, (ARRAY['DE', 'FR', 'IT'])[1 + i % 3], 'nick' || i % 5000, i % 1000,
       timestamp '2024-01-01' + i * interval '1 minute', repeat('n', 80)
FROM generate_series(1, 100000) i;
ALTER TABLE customers ADD CONSTRAINT customers_phone_known CHECK (phone IS NOT NULL);
ALTER TABLE customers ADD CONSTRAINT customers_balance_sane CHECK (balance >= 0) NOT VALID;
CREATE UNIQUE INDEX customers_email_key ON customers (email);

CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id bigint NOT NULL,
    state text NOT NULL,
    total numeric(10, 2) NOT NULL,
    comment text,
    discount integer,
    placed_at timestamptz NOT NULL
);
INSERT INTO orders
SELECT i, 1 + i % 100000, (ARRAY['new', 'paid', 'sent'])[1 + i % 3], i % 500, repeat('c', 60), i % 10,
       timestamptz '2024-01-01 00:00+00' + i * interval '1 minute'
FROM generate_series(1, 200000) i;
CREATE INDEX orders_customer_id ON orders (customer_id);

CREATE TABLE invoices_2019 (id bigint PRIMARY KEY, amount numeric NOT NULL);
INSERT INTO invoices_2019 SELECT i, i FROM generate_series(1, 100000) i;

CREATE TABLE subscribers (id bigint PRIMARY KEY, address email_address NOT NULL);
INSERT INTO subscribers SELECT i, 's' || i || '@example.com' FROM generate_series(1, 200000) i;

CREATE TABLE tickets (id bigint PRIMARY KEY, state ticket_state NOT NULL);
INSERT INTO tickets SELECT i, 'new' FROM generate_series(1, 100000) i;

CREATE TABLE bookings (id bigint PRIMARY KEY, during int8range NOT NULL);
INSERT INTO bookings SELECT i, int8range(i * 10, i * 10 + 5) FROM generate_series(1, 100000) i;

CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, what text NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO events SELECT i, date '2024-01-01' + i % 365, 'seen' FROM generate_series(1, 100000) i;
CREATE TABLE events_2025 (LIKE events);
INSERT INTO events_2025 SELECT i, date '2025-01-01' + i % 365, 's' FROM generate_series(1, 200000) i;
CREATE TABLE events_2026 (LIKE events, CHECK (day >= '2026-01-01' AND day < '2027-01-01'));
INSERT INTO events_2026 SELECT i, date '2026-01-01' + i % 365, 's' FROM generate_series(1, 100000) i;

CREATE MATERIALIZED VIEW order_totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id;
CREATE UNIQUE INDEX order_totals_customer ON order_totals (customer_id);

CREATE TABLE settings (id integer PRIMARY KEY, key varchar(20) NOT NULL, value text);
INSERT INTO settings SELECT i, 'key' || i, 'value' FROM generate_series(1, 20) i;

CREATE TABLE imports (id bigint PRIMARY KEY, file text, size integer, customer_id bigint);

ANALYZE;
