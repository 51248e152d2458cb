-- Production of the shop: some 110,000 rows for a database at the head of main, the same ones each time.
-- Every value is drawn from a hash of the row's number, so neither the server's version nor the plan changes it.
-- The dirt is meant: old customers without a phone number, customers who signed up twice with another spelling of
-- their address, products without a category, orders that were shipped before anybody wrote down when.
BEGIN;

-- pick draws a number below size. These hashes place rows into partitions, so PostgreSQL keeps them from version to version.
CREATE FUNCTION pg_temp.pick(n bigint, salt text, size int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT abs(hashint8extended(n, hashtextextended(salt, 0)) % size)::int
$$;

CREATE FUNCTION pg_temp.one_of(n bigint, salt text, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT choices[1 + pg_temp.pick(n, salt, cardinality(choices))]
$$;

INSERT INTO users (id, email, full_name, phone, role, is_active, created_at, last_seen_at)
SELECT n,
       CASE WHEN n % 1600 = 0 THEN upper(left(first, 1)) || substr(first, 2) || '.' || last || (n - 1) || '@example.com'
            ELSE first || '.' || last || n || '@example.com' END,
       initcap(first || ' ' || last),
       CASE WHEN pg_temp.pick(n, 'phone', 100) < 3 THEN NULL
            ELSE '+49 30 ' || lpad(pg_temp.pick(n, 'digits', 9999999)::text, 7, '0') END,
       (CASE WHEN n <= 3 THEN 'admin' WHEN n <= 25 THEN 'staff' ELSE 'customer' END)::userrole,
       pg_temp.pick(n, 'active', 50) > 0,
       timestamptz '2024-03-05 08:00+00' + n * interval '2 hours',
       CASE WHEN pg_temp.pick(n, 'seen', 3) > 0
            THEN timestamptz '2026-07-21 08:00+00' + pg_temp.pick(n, 'when', 100) * interval '1 day' END
-- Every 1600th customer is the one before again, with a capital letter in the address.
FROM (SELECT n,
             pg_temp.one_of(n - (n % 1600 = 0)::int, 'first',
                 '{ada,amir,bea,carlos,dana,emil,fatima,greta,hugo,ines,jonas,kira,liam,mila,noor,otto}') AS first,
             pg_temp.one_of(n - (n % 1600 = 0)::int, 'last',
                 '{abel,brandt,costa,diaz,engel,fischer,gomez,haas,ito,jansen,klein,lang,meyer,novak,okafor,peters}') AS last
      FROM generate_series(1, 8000) AS n OFFSET 0) AS people;

INSERT INTO addresses (user_id, street, city, postcode, country, is_default)
SELECT u, pg_temp.one_of(u * 10 + k, 'street', '{Lindenweg,Hafenstr.,Am Markt,Gartenweg,Ringstr.,Bergstr.}')
              || ' ' || 1 + pg_temp.pick(u * 10 + k, 'house', 120),
       pg_temp.one_of(u * 10 + k, 'city', '{Berlin,Hamburg,Köln,Wien,Graz,Zürich,Basel,Leipzig}'),
       lpad(pg_temp.pick(u * 10 + k, 'postcode', 99999)::text, 5, '0'),
       pg_temp.one_of(u * 10 + k, 'country', '{DE,DE,DE,AT,CH}'),
       k = 1
FROM generate_series(26, 8000) AS u, generate_series(1, 2) AS k
WHERE k = 1 OR pg_temp.pick(u, 'second', 8) = 0;

INSERT INTO categories (id, parent_id, slug, name)
SELECT n, CASE WHEN n > 8 THEN 1 + (n - 1) % 8 END,
       lower(room) || CASE WHEN n > 8 THEN '-' || (n - 1) / 8 ELSE '' END,
       room || CASE WHEN n > 8 THEN ' ' || (n - 1) / 8 ELSE '' END
FROM (SELECT n, ('{Kitchen,Bath,Bedroom,Office,Garden,Hall,Nursery,Workshop}'::text[])[1 + (n - 1) % 8] AS room
      FROM generate_series(1, 48) AS n) AS rooms;

INSERT INTO products (id, category_id, sku, name, description, price, quantity_in_stock, attributes, created_at)
SELECT n, CASE WHEN pg_temp.pick(n, 'loose', 60) > 0 THEN 9 + pg_temp.pick(n, 'category', 40) END,
       'SKU-' || lpad(n::text, 5, '0'),
       wood || ' ' || pg_temp.one_of(n, 'piece', '{chair,table,shelf,bed,desk,lamp,bench,chest,stool,mirror}') || ' ' || n,
       CASE WHEN pg_temp.pick(n, 'text', 4) > 0 THEN 'Made of ' || lower(wood) || ', oiled by hand.' END,
       round((900 + pg_temp.pick(n, 'price', 90000)) / 100.0, 2),
       pg_temp.pick(n, 'stock', 200),
       jsonb_build_object('wood', lower(wood), 'width_cm', 20 + pg_temp.pick(n, 'width', 180)),
       timestamptz '2024-03-05 08:00+00' + greatest(0, n - 200) * interval '9 hours'
FROM (SELECT n, pg_temp.one_of(n, 'wood', '{Oak,Beech,Walnut,Ash,Pine,Cherry}') AS wood
      FROM generate_series(1, 2000) AS n) AS woods;

CREATE TEMPORARY TABLE baskets ON COMMIT DROP AS
SELECT o AS order_id, -- The first 200 products were there from the start, then one came every nine hours; nobody buys what is not there yet.
       1 + (pg_temp.pick(o, 'first item', 2000) + k * 37) % least(2000, 200 + o * 7 / 54) AS product_id,
       1 + pg_temp.pick(o * 10 + k, 'quantity', 3) AS quantity
FROM generate_series(1, 20000) AS o, generate_series(0, 4) AS k
WHERE k <= pg_temp.pick(o, 'basket', 5) AND (k = 0 OR pg_temp.pick(o * 10 + k, 'keep', 4) > 0);

INSERT INTO orders (id, user_id, status, total, note, placed_at, shipped_at, updated_at)
SELECT o, buyer, status::orderstatus, total,
       CASE WHEN pg_temp.pick(o, 'note', 20) = 0 THEN 'Please ring at the side door.' END,
       placed_at,
       CASE WHEN status = 'shipped' AND o > 400 THEN placed_at + interval '2 days' END,
       placed_at + interval '3 days'
FROM (SELECT o, 26 + pg_temp.pick(o, 'buyer', least(7975, 50 + o * 7 / 12)) AS buyer,
             CASE WHEN o > 19800 THEN pg_temp.one_of(o, 'open', '{pending,paid}')
                  ELSE pg_temp.one_of(o, 'status',
                      '{shipped,shipped,shipped,shipped,shipped,shipped,shipped,cancelled,refunded}') END AS status,
             timestamptz '2024-03-12 08:00+00' + o * interval '70 minutes' AS placed_at
      FROM generate_series(1, 20000) AS o) AS placed
JOIN (SELECT order_id, sum(quantity * price) AS total
      FROM baskets JOIN products ON products.id = product_id GROUP BY order_id) AS totals ON order_id = o;

INSERT INTO order_items (order_id, product_id, quantity, unit_price)
SELECT order_id, product_id, quantity, price
FROM baskets JOIN products ON products.id = product_id
ORDER BY order_id, product_id;

INSERT INTO payments (order_id, provider, reference, state, amount, created_at)
SELECT id, pg_temp.one_of(id, 'provider', '{card,card,card,paypal,invoice}')::paymentprovider,
       'pay_' || substr(md5('payment' || id), 1, 20), 'captured', total, placed_at + interval '4 minutes'
FROM orders WHERE status IN ('paid', 'shipped', 'refunded');

INSERT INTO payments (order_id, provider, reference, state, amount, created_at)
SELECT id, 'card', 'try_' || substr(md5('attempt' || id), 1, 20), 'failed', total, placed_at + interval '1 minute'
FROM orders WHERE pg_temp.pick(id, 'declined', 25) = 0;

INSERT INTO reviews (product_id, user_id, rating, body, created_at)
SELECT DISTINCT ON (product_id, user_id) product_id, user_id,
       1 + floor(sqrt(pg_temp.pick(order_id * 2000 + product_id, 'rating', 25)))::int,
       CASE WHEN pg_temp.pick(order_id, 'wordy', 2) = 0 THEN 'Arrived well packed.' END,
       placed_at + interval '12 days'
FROM order_items JOIN orders ON orders.id = order_id
WHERE status = 'shipped' AND pg_temp.pick(order_id * 2000 + product_id, 'review', 4) = 0
ORDER BY product_id, user_id, order_id;

SELECT count(setval(pg_get_serial_sequence(name, 'id'), top))
FROM (VALUES ('users', 8000), ('categories', 48), ('products', 2000), ('orders', 20000)) AS explicit (name, top);

COMMIT;

ANALYZE users, addresses, categories, products, orders, order_items, payments, reviews;
