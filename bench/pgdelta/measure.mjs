// Times @supabase/pg-delta as its own command line calls it (pgdelta diff with the raw profile):
//
//   node measure.mjs one URL            connecting and reading one database
//   node measure.mjs both URL URL       the same for two at a time, and comparing them
//
// and prints the times in nanoseconds as the bench reads them.
import { diff } from "@supabase/pg-delta/core";
import { extract } from "@supabase/pg-delta/extract";
import pg from "pg";

const [what, ...urls] = process.argv.slice(2);
const pools = urls.map((url) => new pg.Pool({ connectionString: url, max: 5 }));
const start = process.hrtime.bigint();
const sides = await Promise.all(pools.map((pool) => extract(pool)));
let changes = 0;
if (what === "both") {
  changes = diff(sides[0].factBase, sides[1].factBase).length;
}
const took = Number(process.hrtime.bigint() - start);
await Promise.all(pools.map((pool) => pool.end()));
console.log(JSON.stringify({ times: { [what]: took }, changes }));
