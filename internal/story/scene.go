package story

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/hazard"
	"github.com/neon-migrations/neon-migrations-action/internal/migrate"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/plan"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"golang.org/x/sync/errgroup"
)

// scene is what the steps of a story have found so far.
type scene struct {
	production neonapi.Branch
	branch     neonapi.Branch // the one that is worked on; production itself in a promotion
	address    postgres.Address
	conn       *pgx.Conn
	project    *migrate.Project
	projects   map[string]*migrate.Project // by the section of the configuration
	before     *catalog.Snapshot
	after      *catalog.Snapshot
	result     migrate.Result
	alembic    *alembicRun // nil until a rehearsal starts it
	models     side        // what the models create
	history    side        // what the revisions make from base
	stairs     []stair
	deploy     deploy // old code on the new schema, and the other way round
	hazards    []hazard.Finding
	overridden bool // somebody with write access lets pass what would block
	// historyKey names all that the comparison with production's history depends on;
	// historyKnown tells that its outcome is known from the last rehearsal.
	historyKey   string
	historyKnown bool
	touched      []migrate.HistoryFault // what the pull request does to merged revisions
	added        []string               // paths of the files that it adds, from the project's directory
	landed       map[string]int         // the pull requests that brought the other heads

	// pending are the revisions that production does not have, reviewed is the plan for them; nil where none
	// was asked for. copy is their rehearsal on a copy of production.
	pending  []string
	reviewed *plan.Reviewed
	copy     *run
	// sessionLimits are what the sessions of an upgrade begin with. The rehearsal of a pull request has none: there is
	// nobody to wait for.
	sessionLimits map[string]string
	deployment    int64 // GitHub's id of it; 0 without one
	// untouched tells that a promotion which failed left nothing behind.
	untouched bool

	// seen is production as this run saw it last.
	seen legStart
	// kept is what is known of production when its restore point was made; nil without one of this run. written are the
	// numbers of the upgrade's own transactions.
	kept    *kept
	written []uint32

	// refused tells that a promotion was stopped by what it found, before anything was changed.
	refused bool
	// nothingPending tells that production was at head already. An earlier promotion may have
	// commented on what it did; that comment stays.
	nothingPending bool
}

// wakePatience is how long a compute may take to answer; a long-idle one has been seen to
// take seconds, an archived branch longer.
const wakePatience = time.Minute

// installation is the step that prepares the project's Python; nothing where that was not asked for.
func (r *run) installation() func(context.Context) error {
	if r.task.Prepare == nil {
		return nil
	}
	return func(ctx context.Context) error {
		prepared, err := r.task.Prepare(ctx)
		if r.task.Alembic.Python == "" {
			r.task.Alembic.Python = prepared.Python
		}
		if prepared.How != "" {
			r.detail = ": " + prepared.How
		}
		return err
	}
}

// findProject finds the user's Alembic project.
func (r *run) findProject(ctx context.Context) (err error) {
	if leavesCredentials(r.task.Alembic.Dir) {
		r.report.Notes = append(r.report.Notes, credentialsNote)
	}
	r.scene.project, err = migrate.Find(ctx, r.task.Alembic)
	if err != nil {
		return err
	}
	r.report.Directory, _ = r.scene.project.FromRoot(".")
	return nil
}

// enter asks for the address of the branch's database and opens the one connection that
// all snapshots are read on.
func (r *run) enter(ctx context.Context) error {
	b := r.scene.branch
	var host string
	var query neonapi.ConnectionQuery
	both, inner := errgroup.WithContext(ctx)
	both.Go(func() (err error) { host, err = r.computeHost(inner, b); return err })
	both.Go(func() (err error) { query, err = r.whichDatabase(inner, b); return err })
	if err := both.Wait(); err != nil {
		return err
	}
	uri, err := r.Neon.ConnectionURI(ctx, r.task.Project, query)
	if err != nil {
		return err
	}
	r.Hide(uri)
	address, err := postgres.ParseAddress(uri)
	if err != nil {
		return err
	}
	r.Hide(address.Password)
	if address.Host != host && net.JoinHostPort(address.Host, strconv.Itoa(int(address.Port))) != host {
		return fault.New("entering the branch "+b.Name, "Neon gave an address that does not lead to this branch's compute",
			"nothing was touched; run again, and tell Neon's support if it happens again")
	}
	r.scene.address, r.report.Database = address, address.Database
	r.scene.conn, err = postgres.Connect(ctx, address, wakePatience)
	if err != nil {
		return r.explainClosedDoor(ctx, err)
	}
	return nil
}

// computeHost is where the branch's own compute listens: the address that Neon gives must
// lead there and nowhere else.
func (r *run) computeHost(ctx context.Context, b neonapi.Branch) (string, error) {
	endpoints, err := r.Neon.Endpoints(ctx, r.task.Project, b.ID)
	if err != nil {
		return "", err
	}
	for _, e := range endpoints {
		if e.Type == "read_write" && e.BranchID == b.ID {
			return e.Host, nil
		}
	}
	return "", fault.New("entering the branch "+b.Name, "it has no compute to connect to",
		"add a read-write compute to it in Neon's console, or delete the branch: the next run makes it anew")
}

// whichDatabase takes the names given, or the only database and its owner.
func (r *run) whichDatabase(ctx context.Context, b neonapi.Branch) (neonapi.ConnectionQuery, error) {
	q := neonapi.ConnectionQuery{BranchID: b.ID, Database: r.task.Database, Role: r.task.Role}
	if q.Database != "" && q.Role != "" {
		return q, nil
	}
	databases, err := r.Neon.Databases(ctx, r.task.Project, b.ID)
	if err != nil {
		return q, err
	}
	var names []string
	for _, d := range databases {
		names = append(names, d.Name)
	}
	if q.Database == "" && len(names) == 1 {
		q.Database = names[0]
	}
	at := slices.Index(names, q.Database)
	if at < 0 {
		return q, noDatabase(b, q.Database, names)
	}
	if q.Role == "" {
		q.Role = databases[at].OwnerName
	}
	return q, nil
}

func noDatabase(b neonapi.Branch, asked string, names []string) error {
	there := "there are: " + strings.Join(names, ", ")
	if len(names) == 0 {
		there = "there is none"
	}
	if asked == "" {
		return fault.Usage("choosing a database on the branch "+b.Name, there, "name one in the input database")
	}
	return fault.Usage(fmt.Sprintf("finding the database %q on the branch %s", asked, b.Name), there,
		"correct the input database")
}

// explainClosedDoor asks Neon whether the project keeps machines like this one out, which
// the failed connection itself does not tell.
func (r *run) explainClosedDoor(ctx context.Context, err error) error {
	project, lookErr := r.Neon.Project(ctx, r.task.Project)
	if lookErr != nil {
		return err
	}
	if closed := project.RunnerAccess(r.scene.branch); closed != nil {
		return closed
	}
	return err
}

func (r *run) snapshotBefore(ctx context.Context) (err error) {
	r.scene.before, err = catalog.ReadWith(ctx, r.scene.conn, catalog.ReadOptions{Gate: true, Sizes: true})
	if err == nil {
		r.report.Fingerprint.Before = r.scene.before.Fingerprint()
	}
	return err
}

// readAfter reads the schema again, on the same connection; where nothing was written
// to the catalogs it is the one before, known by its gate.
func (r *run) readAfter(ctx context.Context) (err error) {
	r.scene.after, err = catalog.Refresh(ctx, r.scene.conn, r.scene.before)
	return err
}

// compareSnapshots tells what changed. Which tables are Alembic's own is known by its result.
func (r *run) compareSnapshots() {
	for _, t := range r.scene.result.VersionTables {
		r.scene.before.SetTool(t.Schema, t.Name, alembic)
		r.scene.after.SetTool(t.Schema, t.Name, alembic)
	}
	r.report.Compared(catalog.NewComparison(r.scene.before, r.scene.after))
}

// snapshotAfter is both, for a story whose Alembic has ended.
func (r *run) snapshotAfter(ctx context.Context) error {
	if err := r.readAfter(ctx); err != nil {
		return err
	}
	r.compareSnapshots()
	return nil
}

// alembic is what the catalog calls the tool of a version table.
const alembic = "alembic"

// leave closes what the story opened. It runs when the story is over, however it went; one that
// is stopped has no time for more than that, and the empty databases go with their branch.
func (r *run) leave(ctx context.Context) {
	if r.divided() {
		for _, p := range r.parts {
			p.leave(ctx)
		}
	}
	r.stopAlembic()
	r.scene.deploy.leave()
	if r.scene.conn == nil {
		return
	}
	if ctx.Err() == nil {
		r.dropScratches(ctx)
	}
	_ = r.scene.conn.Close(context.WithoutCancel(ctx)) // nothing was written on it
	r.scene.conn = nil
}
