"""psycopg 3: the extended protocol, binary COPY and pipelines."""
import os
import threading

import psycopg

conn = psycopg.connect(os.environ["DATABASE_URL"])
cur = conn.cursor()
print("select", cur.execute("SELECT %s::int + 1", (41,)).fetchone()[0])
for n in range(3):
    value = cur.execute("SELECT %s::int + 1", (n,), prepare=True).fetchone()[0]
print("prepared", value)
cur.execute("CREATE TABLE items (id int, name text)")
with cur.copy("COPY items FROM STDIN (FORMAT binary)") as copy:
    copy.set_types(["int4", "text"])
    for row in [(1, "one"), (2, "two"), (3, "three")]:
        copy.write_row(row)
with cur.copy("COPY items TO STDOUT") as copy:
    print("copied", sum(1 for _ in copy.rows()))
conn.commit()
timer = threading.Timer(0.3, conn.cancel)
timer.start()
try:
    cur.execute("SELECT pg_sleep(30)")
except psycopg.errors.QueryCanceled:
    print("cancelled")
conn.rollback()
conn.autocommit = True
heard = []
conn.add_notify_handler(lambda n: heard.append(n.payload))
conn.execute("LISTEN news")
conn.execute("NOTIFY news, 'hello'")
conn.execute("SELECT 1")
print("notified", heard[0])
with conn.pipeline():
    conn.execute("INSERT INTO items VALUES (4, 'four')")
    last = conn.execute("SELECT count(*) FROM items")
print("pipeline", last.fetchone()[0])
with conn.transaction(), conn.cursor("named") as named:
    named.execute("SELECT id FROM items ORDER BY id")
    print("cursor", len(named.fetchmany(2)), len(named.fetchall()))
conn.close()
