-- What was there before the first revision. :n is the number of users.
CREATE TABLE users (id int PRIMARY KEY, name varchar(100) NOT NULL, email text);
INSERT INTO users SELECT g, 'name ' || g, 'user' || g || '@example.com' FROM generate_series(1, :n) g;
CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, amount int NOT NULL, note text);
INSERT INTO orders SELECT g, 1 + g % :n, g % 1000, 'note ' || g FROM generate_series(1, 3 * :n) g;
CREATE TABLE events (id int NOT NULL, kind int NOT NULL, at date NOT NULL) PARTITION BY RANGE (kind);
CREATE TABLE events_a PARTITION OF events FOR VALUES FROM (0) TO (10);
CREATE TABLE events_b PARTITION OF events FOR VALUES FROM (10) TO (20);
CREATE TABLE events_c PARTITION OF events FOR VALUES FROM (20) TO (30);
INSERT INTO events SELECT g, g % 30, DATE '2026-01-01' FROM generate_series(1, :n / 10) g;
CREATE TABLE audit (id serial PRIMARY KEY, what text);
INSERT INTO audit (what) SELECT 'event ' || g FROM generate_series(1, 1000) g;
VACUUM ANALYZE;
