"""asyncpg: the extended protocol with prepared statements of its own and binary COPY."""
import asyncio
import io
import os

import asyncpg


async def main():
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    print("select", await conn.fetchval("SELECT $1::int + 1", 41))
    statement = await conn.prepare("SELECT $1::int + 1")
    print("prepared", await statement.fetchval(2))
    await conn.execute("CREATE TABLE items (id int, name text)")
    await conn.copy_records_to_table("items", records=[(1, "one"), (2, "two"), (3, "three")])
    out = io.BytesIO()
    await conn.copy_from_query("SELECT * FROM items", output=out)
    print("copied", len(out.getvalue().splitlines()))
    try:
        await conn.execute("SELECT pg_sleep(30)", timeout=0.3)
    except asyncio.TimeoutError:
        print("cancelled")
    heard = asyncio.get_running_loop().create_future()
    await conn.add_listener("news", lambda *a: heard.done() or heard.set_result(a[3]))
    await conn.execute("NOTIFY news, 'hello'")
    print("notified", await asyncio.wait_for(heard, 5))
    await conn.executemany("INSERT INTO items VALUES ($1, $2)", [(4, "four"), (5, "five")])
    async with conn.transaction():
        rows = [r async for r in conn.cursor("SELECT id FROM items ORDER BY id", prefetch=2)]
    print("cursor", len(rows))
    await conn.close()


asyncio.run(main())
