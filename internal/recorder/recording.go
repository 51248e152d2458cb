package recorder

import "time"

// RecordingVersion is the version of the JSON form of a [Recording]. It grows when a field
// changes its meaning or goes; new fields alone do not change it.
const RecordingVersion = 1

// Recording is what the flight recorder saw: the statements of all sessions in the order of
// their start, and how long each relation was locked. It holds no values of data.
type Recording struct {
	Version int `json:"version"`
	// StartedAt is when recording began; all other times count from it.
	StartedAt time.Time     `json:"started_at"`
	Took      time.Duration `json:"took_ns"`
	// Floor is the network's share of each statement: the shortest round trip that was seen. It is
	// subtracted from [Statement.Took].
	Floor      time.Duration `json:"floor_ns"`
	Server     string        `json:"server,omitempty"` // server_version
	Sessions   int           `json:"sessions"`
	Statements []Statement   `json:"statements"`
	Holds      []Hold        `json:"holds,omitempty"`
	Scans      []Scan        `json:"scans,omitempty"`
	// Blocked is set when sessions of the tool itself waited for each other.
	Blocked *SelfBlock `json:"blocked,omitempty"`
	// Missing tells, one sentence each, what could not be measured, and why.
	Missing []string `json:"missing,omitempty"`
}

// Evidence says how a fact is known. The three are never mixed in one number.
type Evidence string

// The kinds of evidence, best first.
const (
	// Measured was asked of the server between two statements: exact.
	Measured Evidence = "measured"
	// Sampled was seen while the statement ran; what was shorter than the interval is not seen.
	Sampled Evidence = "sampled"
	// Inferred comes from the table of what such statements lock, which was measured elsewhere.
	Inferred Evidence = "inferred"
)

// Statement is one unit of work that the server answered with one ReadyForQuery; a run of equal
// data statements is one.
type Statement struct {
	// Number counts from 1 in the order of start.
	Number  int `json:"number"`
	Session int `json:"session"`
	// Revision is the Alembic revision that sent it; empty for the tool's own housekeeping, and where
	// that cannot be told.
	Revision string `json:"revision,omitempty"`
	// Path and Line are where the revision's code sent it, if the tool's helper told.
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
	// Operation is the op.* call at that line, such as add_column; empty where unknown.
	Operation string `json:"operation,omitempty"`
	// Text is the SQL with the literals of data statements replaced, at most [maxTextBytes] of it.
	Text string `json:"text"`
	// Tags are the server's command tags without their counts, such as "ALTER TABLE"; several for a
	// string of several statements.
	Tags []string `json:"tags,omitempty"`
	// Count is how many equal statements in a row this stands for, 1 as a rule.
	Count int `json:"count"`
	// Start counts from the recording's start; Took is without the network's share, of all Count together.
	Start time.Duration `json:"start_ns"`
	Took  time.Duration `json:"took_ns"`
	// Rows is what the command tags counted.
	Rows  int64           `json:"rows,omitempty"`
	Error *StatementError `json:"error,omitempty"`
	// WAL is the write-ahead log in bytes that the server wrote meanwhile; -1 where it was not asked.
	WAL int64 `json:"wal_bytes"`
	// Locks are those that the session gained on relations that were there before the transaction.
	Locks []Lock `json:"locks,omitempty"`
	// Under are locks of mode Share or stronger that the session held already when this began.
	Under []Lock `json:"under,omitempty"`
	// Rewrites are relations whose whole storage was written anew.
	Rewrites []Rewrite `json:"rewrites,omitempty"`
	// Created are relations that came with the transaction: their locks disturb nobody.
	Created []string `json:"created,omitempty"`
	// Autocommit tells that the statement was a transaction of its own.
	Autocommit bool `json:"autocommit,omitempty"`
	// Evidence is how Locks are known; empty where they were not asked for, because the statement
	// equals an earlier one of the same transaction.
	Evidence Evidence `json:"evidence,omitempty"`
	// LockTimeout and StatementTimeout were in force; 0 means none.
	LockTimeout      time.Duration `json:"lock_timeout_ns,omitempty"`
	StatementTimeout time.Duration `json:"statement_timeout_ns,omitempty"`
	// Housekeeping is the tool's own: BEGIN, SHOW, reading the version table.
	Housekeeping bool `json:"housekeeping,omitempty"`
}

// StatementError is a failure without values of data: PostgreSQL's DETAIL is dropped.
type StatementError struct {
	SQLState   string `json:"sqlstate"`
	Message    string `json:"message"`
	Schema     string `json:"schema,omitempty"`
	Table      string `json:"table,omitempty"`
	Column     string `json:"column,omitempty"`
	Constraint string `json:"constraint,omitempty"`
}

// Relation is a table, index, view or sequence by name; a TOAST table goes by its owner's.
type Relation struct {
	OID    uint32 `json:"oid"`
	Schema string `json:"schema"`
	Name   string `json:"name"`
	// Kind is pg_class.relkind: r, p, i, I, S, v, m, f.
	Kind string `json:"kind"`
	// Table is the table that an index belongs to, with its schema.
	Table string `json:"table,omitempty"`
	// Parent is the topmost partitioned table of a partition, with its schema.
	Parent string `json:"parent,omitempty"`
	// Rows and Bytes are estimates of before the run (reltuples, relpages of 8 kB); -1 where unknown.
	Rows  int64 `json:"rows"`
	Bytes int64 `json:"bytes"`
}

// Mode is a lock mode as pg_locks writes it.
type Mode string

// The table-level lock modes, weakest first (PostgreSQL's documentation, "Table-Level Locks").
const (
	AccessShare          Mode = "AccessShareLock"
	RowShare             Mode = "RowShareLock"
	RowExclusive         Mode = "RowExclusiveLock"
	ShareUpdateExclusive Mode = "ShareUpdateExclusiveLock"
	Share                Mode = "ShareLock"
	ShareRowExclusive    Mode = "ShareRowExclusiveLock"
	Exclusive            Mode = "ExclusiveLock"
	AccessExclusive      Mode = "AccessExclusiveLock"
)

// Lock is one relation's lock.
type Lock struct {
	Relation Relation `json:"relation"`
	Mode     Mode     `json:"mode"`
	Evidence Evidence `json:"evidence"`
}

// Hold is how long one session kept a lock: from the start of the statement that took it to the
// answer of the COMMIT, which is the longest that it can have been.
type Hold struct {
	Relation Relation      `json:"relation"`
	Mode     Mode          `json:"mode"`
	Session  int           `json:"session"`
	Since    int           `json:"since"` // number of the statement that took it
	Until    int           `json:"until"` // number of the statement that ended it: COMMIT, or itself
	Start    time.Duration `json:"start_ns"`
	// Sure is when the lock was certainly held; between Start and Sure it may or may not have been
	// (a DO block or a string of several statements takes it somewhere on its way).
	Sure     time.Duration `json:"sure_ns"`
	End      time.Duration `json:"end_ns"`
	Evidence Evidence      `json:"evidence"`
}

// Rewrite is a relation that got a new storage file.
type Rewrite struct {
	Relation Relation `json:"relation"`
	Evidence Evidence `json:"evidence"`
}

// Scan is how often a table was read from end to end during the whole recording, by the
// server's statistics.
type Scan struct {
	Relation Relation `json:"relation"`
	// TuplesRead is the growth of seq_tup_read; passes are TuplesRead divided by the rows.
	TuplesRead int64 `json:"tuples_read"`
}

// SelfBlock is a session of the tool that waited for another one of it: it would never have ended.
type SelfBlock struct {
	Waiting int           `json:"waiting"` // number of the statement that waited
	Holding int           `json:"holding"` // number of the last statement of the session that it waited for
	Lock    *Lock         `json:"lock,omitempty"`
	After   time.Duration `json:"after_ns"`
}
