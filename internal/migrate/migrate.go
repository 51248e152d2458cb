// Package migrate runs Alembic in the user's own Python: it finds the project and its
// interpreter, reads the revision graph, upgrades, compares the models with the database
// and downgrades. All of a run happens in one Python process, by a helper script that is
// embedded here and swaps the work that env.py hands out, so that connections,
// transactions and filters are the project's own.
package migrate

import (
	"context"
	"io"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// Project is an Alembic project that was found. Make it by [Find].
type Project struct {
	// Dir is the directory of the configuration file; Alembic runs there, because its
	// prepend_sys_path is relative to the working directory.
	Dir string
	// Config is the configuration file: alembic.ini, or pyproject.toml with [tool.alembic].
	Config string
	// Section is the section of the ini file, usually "alembic".
	Section string
	// Python is the interpreter.
	Python string
	// Versions are what that interpreter has installed.
	Versions Versions
	// Notes tell what was passed over on the way, such as a virtual environment that does not run.
	Notes []string

	getenv func(string) string
}

// Versions of the parts that decide how Alembic behaves; empty where one is not installed.
type Versions struct {
	Python     string `json:"python"`
	Alembic    string `json:"alembic"`
	SQLAlchemy string `json:"sqlalchemy"`
}

// Env is what the project's code finds around it besides the address.
type Env struct {
	// URLVariable names the variable that takes the address; several are separated by
	// commas. Empty means DATABASE_URL.
	URLVariable string
	// Scheme is the URL's scheme, such as postgresql+asyncpg. Empty means the one that fits
	// env.py and the installed drivers; if env.py then asks for another kind, Run tries that.
	Scheme string
	// Pass are more variables. They come last and so win over those of this program's
	// environment; the address itself they cannot change.
	Pass map[string]string
	// X are Alembic's -x arguments, each as name=value.
	X []string
}

// Run is one piece of work on one database.
type Run struct {
	// Address is the only database that the project's code is let to.
	Address postgres.Address
	// Upgrade is the target of the upgrade, "heads" as a rule; "" means none.
	Upgrade string
	// Drift asks for the comparison of the models with the database, after the upgrade.
	Drift bool
	// Downgrade is a revision, "base", several revisions separated by commas, or
	// [ToBefore]; "" means none. It comes last.
	Downgrade string
	// Models is an empty database in which the models' metadata is created after the upgrade; nil: not.
	Models *postgres.Address
	// History is an empty database in which the revisions run from base to where the database
	// was before the upgrade; nil: not.
	History *postgres.Address
	// Stairway goes down and up again, revision by revision, over those that the upgrade applied.
	Stairway bool
	// Pause is called between the steps while nothing of the project runs and everything is
	// committed: the caller looks at the database, or makes the empty ones ready. Its error ends
	// the run. nil is allowed.
	Pause func(context.Context, Pause) error
	Env   Env
	// Output takes what the project prints, line by line and without row data. The caller
	// masks secrets and fences off workflow commands. nil discards.
	Output io.Writer
	// Progress is told of each step as it happens, never by two goroutines at once. nil is allowed.
	Progress func(Event)
}

// ToBefore as [Run.Downgrade] goes back to the revisions that the run began with.
const ToBefore = "@before"

// Pause is a moment between the steps of a run.
type Pause struct {
	// Kind is "migrated" (right after the upgrade was committed, before the comparison; there is
	// none without an upgrade), "upgraded" (after the upgrade and Alembic's own comparison, before anything goes to
	// the empty databases), "models" (the metadata stands in [Run.Models]), "history" (the
	// revisions ran in [Run.History]) or "stair" (one step of the stairway is done).
	Kind string
	// Revision and Direction, "downgrade" or "upgrade", are those of a stair.
	Revision, Direction string
	// Heads are where that database is now; of "migrated" nobody has asked yet.
	Heads []string
	// Spans are those of [Result]; "migrated" alone has them.
	Spans []Span
	// Err tells of models, history and stair why it could not be done; the run goes on.
	Err *Error
}

// Scratch is what was done in an empty database.
type Scratch struct {
	Took  time.Duration
	Heads []string
	// Err tells why it could not be done.
	Err *Error
}

// Stair is one step of the stairway.
type Stair struct {
	Revision, Direction string
	Took                time.Duration
	Err                 *Error
	// Irreversible tells that the downgrade refuses by design: it raises NotImplementedError or
	// RuntimeError, or there is none.
	Irreversible bool
}

// Event is a piece of progress.
type Event struct {
	// Kind is "phase", "pending", "started", "finished" or "failed"; the last three are about Revision.
	Kind      string
	Phase     string
	Revision  string
	Direction string // "upgrade" or "downgrade"
	Pending   []string
	Took      time.Duration
	// Statements counts what the revision sent to the database.
	Statements int
}

// Result is what a run found and did. After a failure it holds what was known until then.
type Result struct {
	Versions Versions
	// Before and After are the database's current revisions, sorted; none means that it has
	// no version table or an empty one. After is read over a new connection once the
	// upgrade has ended, failed ones included.
	Before, After []string
	Graph         Graph
	// Applied are the revisions that the upgrade ran, in order, the failed one last. Whether
	// they stayed is told by After: one transaction may hold them all.
	Applied []Applied
	// Drift is nil when it was not asked for or not reached.
	Drift *Drift
	// Reverted are the revisions that the downgrade ran; AfterDowngrade is where it led.
	Reverted       []Applied
	AfterDowngrade []string
	// Models and History are nil when they were not asked for or not reached.
	Models, History *Scratch
	Stairs          []Stair
	// Spans tell which line of which revision sent what during the upgrade, a failed one included.
	// Those of whole upgrade functions contain the others of the same revision.
	Spans []Span
	// VersionTables are where Alembic keeps the database's revisions: env.py may choose the
	// name and the schema, and several schemas have one each.
	VersionTables []VersionTable
	Warnings      []string
	// Scheme is the URL scheme that env.py was given.
	Scheme string
	// Timings of the helper by name: import, revisions, upgrade, drift, compare, downgrade, total.
	Timings map[string]time.Duration
}

// Span is a time in which one line of a revision talked to the database. The times are those of
// this machine's clock. Statements that follow each other from the same line are one span, and each
// revision has one more, that of its whole upgrade function: it begins before the others, lies
// around them, and stands for what goes past SQLAlchemy by a cursor of the driver. Who looks for
// the span of a moment therefore takes the one that began last.
type Span struct {
	Start, End time.Time
	Revision   string
	// Path is relative to [Project.Dir], with slashes; absolute when it lies elsewhere.
	Path string
	// Line is where the statement in the Python code begins, however many lines it has; that of the
	// def for a whole function.
	Line int
	// Operation is the name of the op.* call; "execute" for what went over a connection or a
	// session; empty for a whole function.
	Operation string
}

// VersionTable is a table of Alembic's own.
type VersionTable struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
}

// Applied is one revision that ran.
type Applied struct {
	Revision   string
	Took       time.Duration
	Statements int
	// Done is false for the revision that failed.
	Done bool
}

// Graph is the project's revisions.
type Graph struct {
	Revisions []Revision `json:"revisions"`
	// Heads are the revisions that none follows, sorted. More than one needs a merge.
	Heads []string `json:"heads"`
	// Problems are files that could not be read, and revisions that are there twice.
	Problems []string `json:"problems"`
}

// Revision is one revision file.
type Revision struct {
	ID        string   `json:"id"`
	Down      []string `json:"down"`
	DependsOn []string `json:"depends_on"`
	Labels    []string `json:"labels"`
	// Doc is the message of the revision: the first paragraph of its docstring.
	Doc string `json:"doc"`
	// Path is relative to [Project.Dir], with slashes; absolute when it lies elsewhere.
	Path string `json:"path"`
	// SHA256 is the hash of the file's bytes in hex.
	SHA256 string `json:"sha256"`
	// Reversible tells whether there is a downgrade function at all.
	Reversible bool `json:"reversible"`
}

// Drift is what Alembic's autogenerate would put into a revision now. Without Operations
// and Unjudged, models and database agree.
type Drift struct {
	// Operations are the missing operations in words, in order.
	Operations []string
	// Body is the Python code of upgrade() that is missing, not indented; Down that of
	// downgrade(); Imports are the lines that both need.
	Body, Down string
	Imports    []string
	// Tables are the tables that the operations are about, sorted.
	Tables []string
	// File is the whole revision ready to save; nil without operations, and where the project's
	// template wants more than is known here.
	File *RevisionFile
	// Rejected is what the filters of env.py left out of the comparison.
	Rejected []Rejected
	// Unjudged tells why there was no comparison: no metadata, models not imported, a crash
	// in it. Then the rest is empty.
	Unjudged *Error
}

// RevisionFile is a revision file that is not written yet.
type RevisionFile struct {
	// Path is relative to [Project.Dir], with slashes, by the project's file_template.
	Path    string `json:"path"`
	Content string `json:"content"`
}

// Rejected is one object that include_object or include_name of env.py turned down.
type Rejected struct {
	// Kind is Alembic's word: schema, table, column, index, unique_constraint,
	// foreign_key_constraint or check_constraint.
	Kind   string `json:"kind"`
	Schema string `json:"schema"`
	Table  string `json:"table"`
	Name   string `json:"name"`
}
