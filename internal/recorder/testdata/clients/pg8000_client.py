"""pg8000: a driver in Python alone, without cancel requests and notification callbacks."""
import io
import os
import urllib.parse

import pg8000.native

url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
unquote = urllib.parse.unquote
conn = pg8000.native.Connection(
    unquote(url.username), host=url.hostname, port=url.port, password=unquote(url.password), database=unquote(url.path[1:]), ssl_context=False
)
print("select", conn.run("SELECT CAST(:n AS int) + 1", n=41)[0][0])
prepared = conn.prepare("SELECT CAST(:n AS int) + 1")
prepared.run(n=1)
print("prepared", prepared.run(n=2)[0][0])
prepared.close()
conn.run("CREATE TABLE items (id int, name text)")
conn.run("COPY items FROM STDIN", stream=io.StringIO("1\tone\n2\ttwo\n3\tthree\n"))
out = io.BytesIO()
conn.run("COPY items TO STDOUT", stream=out)
print("copied", len(out.getvalue().splitlines()))
conn.run("LISTEN news")
conn.run("NOTIFY news, 'hello'")
conn.run("SELECT 1")
print("notified", conn.notifications[0][2])
conn.close()
