// node-postgres: the extended protocol from Node.
const { Client } = require("pg");

async function main() {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  console.log("select", (await client.query("SELECT 41 + 1 AS n")).rows[0].n);
  const adds = { name: "adds", text: "SELECT $1::int + 1 AS n" };
  await client.query({ ...adds, values: [1] });
  console.log("prepared", (await client.query({ ...adds, values: [2] })).rows[0].n);
  await client.query("CREATE TABLE items (id int, name text)");
  await client.query("BEGIN; INSERT INTO items VALUES (1, 'one'); COMMIT");
  const canceller = new Client({ connectionString: process.env.DATABASE_URL });
  const sleeping = client.query("SELECT pg_sleep(30)").catch((e) => console.log("cancelled", e.code));
  setTimeout(() => {
    canceller.once("end", () => {});
    canceller.connection.on("error", () => {});
    canceller.connection.on("connect", () => canceller.connection.cancel(client.processID, client.secretKey));
    canceller.connection.connect(client.port, client.host);
  }, 300);
  await sleeping;
  const heard = new Promise((resolve) => client.on("notification", (m) => resolve(m.payload)));
  await client.query("LISTEN news");
  await client.query("NOTIFY news, 'hello'");
  console.log("notified", await heard);
  await client.end();
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
