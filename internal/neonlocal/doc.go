// Package neonlocal serves Neon's API v2 over real PostgreSQL, without an account.
//
// A branch is a cluster of its own, with its own directory, address, roles and passwords. It is a
// physical copy of its parent in the consistent state of one moment, taken while the parent runs. Behind
// each endpoint's address the server is started when somebody connects and stopped when nobody has for a
// while. All connections are encrypted and ask for a SCRAM password with channel binding, as at Neon.
//
// Served, below /api/v2:
//
//	GET            /auth, /users/me, /users/me/organizations
//	GET POST       /projects
//	GET            /projects/P
//	GET            /projects/P/operations, .../operations/O
//	GET            /projects/P/connection_uri
//	GET POST       /projects/P/branches; GET .../branches/count
//	GET PATCH DEL  /projects/P/branches/B
//	POST           .../branches/B/restore, .../branches/B/set_as_default
//	GET            .../branches/B/schema, .../branches/B/compare_schema
//	GET            .../branches/B/endpoints
//	GET POST       .../branches/B/roles; GET DELETE .../roles/R
//	GET            .../roles/R/reveal_password; POST .../roles/R/reset_password
//	GET POST       .../branches/B/databases; GET DELETE .../databases/D
//	GET POST       /projects/P/endpoints; GET PATCH DELETE .../endpoints/E
//	POST           .../endpoints/E/start, /suspend, /restart
//
// Anything else answers 404 "this route does not exist".
//
// What differs from Neon, because there is no history, no pooler and no cloud here:
//
//   - An endpoint's host is "127.0.0.1:PORT". The pooled one is "ep-...-pooler.localhost:PORT": it can be
//     told by its name as Neon's can, but it leads to the same server, and only where *.localhost resolves.
//   - parent_lsn, parent_timestamp, source_lsn, source_timestamp and restoring a branch to its own past
//     answer 422 in words, as do read-only endpoints and branches to be archived.
//   - A request that starts operations answers 423 while any operation of the project is not over. Renaming,
//     protecting, expiry and the default branch start none and are always taken.
//   - A deleted branch is gone, and its name is free, when its operations are over.
//   - Roles and databases made by SQL are there, but not in the API's lists.
//   - settings.pg_settings of an endpoint are kept and shown, but not applied.
//   - With an embedded PostgreSQL, which has no pg_dump, the schema is served in its JSON form only.
//
// Faults are injected with [Faults], or at POST /faults (beside the API, with the same key):
//
//	curl -H "Authorization: Bearer KEY" -d '{"path": "/projects/*/branches", "method": "POST", "drop": "after"}' .../faults
//	... '{"status": 429, "retry_after": "2", "times": 3}'
//	... '{"on": "operation", "action": "create_branch", "fail": true}'
//	... '{"on": "wake", "delay": "5s", "times": -1}'
package neonlocal
