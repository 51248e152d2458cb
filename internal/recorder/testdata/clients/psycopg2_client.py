"""psycopg2: the simple protocol."""
import io
import os
import select
import threading

import psycopg2

conn = psycopg2.connect(os.environ["DATABASE_URL"])
cur = conn.cursor()
cur.execute("SELECT %s::int + 1", (41,))
print("select", cur.fetchone()[0])
cur.execute("PREPARE adds(int) AS SELECT $1 + 1")
cur.execute("EXECUTE adds(1)")
print("prepared", cur.fetchone()[0])
cur.execute("CREATE TABLE items (id int, name text)")
cur.copy_expert("COPY items FROM STDIN", io.StringIO("1\tone\n2\ttwo\n3\tthree\n"))
out = io.StringIO()
cur.copy_expert("COPY items TO STDOUT", out)
print("copied", len(out.getvalue().splitlines()))
conn.commit()
timer = threading.Timer(0.3, conn.cancel)
timer.start()
try:
    cur.execute("SELECT pg_sleep(30)")
except psycopg2.errors.QueryCanceled:
    print("cancelled")
conn.rollback()
cur.execute("LISTEN news")
cur.execute("NOTIFY news, 'hello'")
conn.commit()
while not conn.notifies:
    select.select([conn], [], [], 5)
    conn.poll()
print("notified", conn.notifies[0].payload)
with conn.cursor("named") as named:
    named.execute("SELECT id FROM items ORDER BY id")
    print("cursor", len(named.fetchmany(2)), len(named.fetchall()))
conn.close()
