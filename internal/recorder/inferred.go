package recorder

// inference is one row of what statements are known to lock. The modes were measured on
// PostgreSQL 15 to 18 within transactions; TestWhatStatementsLock holds every row to the
// servers. They are used only where a lock could be neither asked for nor seen.
type inference struct {
	pattern string
	locks   []wanted
	actions bool // what follows are ALTER TABLE's actions
	// references: foreign keys stand anywhere in it
	references bool
}

// inferred is searched from the top: the first pattern that fits counts.
var inferred = []inference{
	{pattern: "CREATE [UNIQUE] INDEX CONCURRENTLY ... ON [ONLY] $t", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "CREATE [UNIQUE] INDEX ... ON [ONLY] $t", locks: []wanted{{"t", Share}}},
	{pattern: "DROP INDEX CONCURRENTLY [IF] [EXISTS] $i*", locks: []wanted{{"i", ShareUpdateExclusive}, {"i^", ShareUpdateExclusive}}},
	{pattern: "DROP INDEX [IF] [EXISTS] $i*", locks: []wanted{{"i", AccessExclusive}, {"i^", AccessExclusive}}},
	{pattern: "REINDEX INDEX CONCURRENTLY $i", locks: []wanted{{"i", ShareUpdateExclusive}, {"i^", ShareUpdateExclusive}}},
	{pattern: "REINDEX TABLE CONCURRENTLY $t", locks: []wanted{{"t+", ShareUpdateExclusive}}},
	{pattern: "REINDEX INDEX $i", locks: []wanted{{"i", AccessExclusive}, {"i^", Share}}},
	{pattern: "REINDEX TABLE $t", locks: []wanted{{"t", Share}}},
	{pattern: "ALTER INDEX [IF] [EXISTS] $i RENAME", locks: []wanted{{"i", ShareUpdateExclusive}}},
	{pattern: "ALTER INDEX [IF] [EXISTS] $i", locks: []wanted{{"i", ShareUpdateExclusive}}},
	{pattern: "ALTER VIEW|SEQUENCE [IF] [EXISTS] $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "ALTER MATERIALIZED VIEW [IF] [EXISTS] $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "ALTER [FOREIGN] TABLE [IF] [EXISTS] [ONLY] $t", actions: true},
	{pattern: "ALTER TYPE|DOMAIN"},
	{pattern: "TRUNCATE [TABLE] [ONLY] $t* ... CASCADE", locks: []wanted{{"t+", AccessExclusive}, {"t<", AccessExclusive}}},
	{pattern: "TRUNCATE [TABLE] [ONLY] $t*", locks: []wanted{{"t+", AccessExclusive}}},
	{pattern: "DROP TABLE [IF] [EXISTS] $t*", locks: []wanted{{"t+", AccessExclusive}, {"t&", AccessExclusive}}},
	{pattern: "DROP VIEW|SEQUENCE [IF] [EXISTS] $t*", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "CREATE [OR] [REPLACE] VIEW $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "DROP MATERIALIZED VIEW [IF] [EXISTS] $t*", locks: []wanted{{"t+", AccessExclusive}}},
	{pattern: "DROP TRIGGER|POLICY|RULE ... ON $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "CREATE POLICY ... ON $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "CREATE [OR] [REPLACE] RULE ... TO $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "CREATE [OR] [REPLACE] [CONSTRAINT] TRIGGER ... ON $t", locks: []wanted{{"t", ShareRowExclusive}}},
	{pattern: "CREATE STATISTICS ... FROM $t", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "CREATE TABLE ... PARTITION OF $t", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "CREATE TABLE", references: true},
	{pattern: "COMMENT ON TABLE|COLUMN|VIEW $t", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "ALTER PUBLICATION ... ADD TABLE $t*", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "VACUUM FULL [VERBOSE] [ANALYZE] $t*", locks: []wanted{{"t+", AccessExclusive}}},
	{pattern: "VACUUM [VERBOSE] [ANALYZE] $t*", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "ANALYZE [VERBOSE] $t*", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "CLUSTER [VERBOSE] $t", locks: []wanted{{"t+", AccessExclusive}}},
	{pattern: "REFRESH MATERIALIZED VIEW CONCURRENTLY $t", locks: []wanted{{"t", Exclusive}}},
	{pattern: "REFRESH MATERIALIZED VIEW $t", locks: []wanted{{"t+", AccessExclusive}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN ACCESS SHARE", locks: []wanted{{"t", AccessShare}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN ROW SHARE", locks: []wanted{{"t", RowShare}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN ROW EXCLUSIVE", locks: []wanted{{"t", RowExclusive}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN SHARE UPDATE EXCLUSIVE", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN SHARE ROW EXCLUSIVE", locks: []wanted{{"t", ShareRowExclusive}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN SHARE", locks: []wanted{{"t", Share}}},
	{pattern: "LOCK [TABLE] [ONLY] $t* IN EXCLUSIVE", locks: []wanted{{"t", Exclusive}}},
	{pattern: "LOCK [TABLE] [ONLY] $t*", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "INSERT INTO $t", locks: []wanted{{"t", RowExclusive}}},
	{pattern: "UPDATE [ONLY] $t", locks: []wanted{{"t+", RowExclusive}}},
	{pattern: "DELETE FROM [ONLY] $t", locks: []wanted{{"t+", RowExclusive}}},
	{pattern: "MERGE INTO [ONLY] $t", locks: []wanted{{"t+", RowExclusive}}},
	{pattern: "GRANT|REVOKE"},
}

// alterations are ALTER TABLE's actions; the last row is for all others.
var alterations = []inference{
	{pattern: "VALIDATE CONSTRAINT", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "ALTER [COLUMN] $c SET STATISTICS", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "ALTER [COLUMN] $c SET|RESET (", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "SET|RESET (", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "CLUSTER ON", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "SET WITHOUT CLUSTER", locks: []wanted{{"t", ShareUpdateExclusive}}},
	{pattern: "ADD CONSTRAINT $c FOREIGN KEY ... REFERENCES $r", locks: []wanted{{"t", ShareRowExclusive}, {"r", ShareRowExclusive}}},
	{pattern: "ADD FOREIGN KEY ... REFERENCES $r", locks: []wanted{{"t", ShareRowExclusive}, {"r", ShareRowExclusive}}},
	{pattern: "ENABLE|DISABLE [ALWAYS] [REPLICA] TRIGGER", locks: []wanted{{"t", ShareRowExclusive}}},
	{pattern: "ATTACH PARTITION $r", locks: []wanted{{"t", ShareUpdateExclusive}, {"r", AccessExclusive}}},
	{pattern: "DETACH PARTITION $r CONCURRENTLY", locks: []wanted{{"t", ShareUpdateExclusive}, {"r", ShareUpdateExclusive}}},
	{pattern: "DETACH PARTITION $r", locks: []wanted{{"t", AccessExclusive}, {"r", AccessExclusive}}},
	{pattern: "DROP CONSTRAINT [IF] [EXISTS] $k", locks: []wanted{{"t", AccessExclusive}}},
	{pattern: "ADD ... REFERENCES $r", locks: []wanted{{"t", AccessExclusive}, {"r", ShareRowExclusive}}},
	{pattern: "", locks: []wanted{{"t", AccessExclusive}}},
}
