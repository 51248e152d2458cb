package story_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/githublocal"
	"github.com/neon-migrations/neon-migrations-action/internal/neonapi"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
	"github.com/neon-migrations/neon-migrations-action/internal/story"
)

// slowNote is aNote with an upgrade that lasts long enough to be killed in.
var slowNote = change{aNote.id, aNote.down, "ALTER TABLE orders ADD COLUMN remark text; SELECT pg_sleep(0.3)", "SELECT 1"}

// killing is a house in which the same promotion is killed again and again.
type killing struct {
	*house
	program, commit string
	number          int            // of the pull request that is promoted
	stale           string         // the head of an open one, whose plan the promotion makes stale
	base            neonapi.Branch // production before the promotion
	rehearsal       neonapi.Branch // the pull request's own
	production      string         // host and port
	before, after   known
	told            map[string]int // what GitHub had been told before an iteration
}

// known is a state that production may be in.
type known struct{ revision, fingerprint string }

// newKilling sets the scene and runs the promotion once without any killing: the moments are its steps.
func newKilling(t *testing.T, program string) (*killing, []moment) {
	t.Helper()
	k := &killing{house: newShop(t), program: program}
	k.openStale()
	var task story.Task
	task, k.number = k.approved(slowNote)
	k.commit = task.HeadSHA
	address := k.address("main")
	k.production = fmt.Sprintf("%s:%d", address.Host, address.Port)
	k.rehearsal = k.branch(fmt.Sprintf("ci/pr-%d", k.number))
	k.base = k.make(neonapi.BranchSpec{Name: "base", ParentID: k.branch("main").ID})
	k.before = k.state()
	k.restoreBase(`, "preserve_under_name": "as-it-began"`) // it takes the base away from production, which has no children any more
	k.backToBase()
	whole := newKiller(t, moment{}, k.production)
	if status, said := whole.promote(k.house, program, k.commit, k.number); status != 0 {
		t.Fatalf("without any killing: exit status %d\n%s", status, said)
	}
	k.after = k.state()
	k.converged("without any killing")
	if k.before == k.after || k.after.revision != slowNote.id {
		t.Fatalf("from %+v to %+v", k.before, k.after)
	}
	return k, whole.moments
}

// openStale opens a pull request with a plan of its own, which the promotion of another makes stale.
func (k *killing) openStale() {
	k.t.Helper()
	other := change{"bbbb00002222", slowNote.down, "ALTER TABLE orders ADD COLUMN other text", "ALTER TABLE orders DROP COLUMN other"}
	k.repository()
	k.writeChange(other)
	number, err := k.github.OpenPullRequest(githublocal.PullRequest{Title: "other", Author: "ada", Head: "other"})
	if err != nil {
		k.t.Fatal(err)
	}
	task := k.task(number)
	task.ModelDrift = story.Ignore
	if o, err := k.stage().Rehearse(k.t.Context(), task); err != nil || o.Report.Plan == "" {
		k.t.Fatalf("rehearsing: %v, %+v", err, o.Report.Failure)
	}
	k.stale = k.github.Head("other")
	if err := os.Remove(filepath.Join(k.task(0).Alembic.Dir, other.path())); err != nil {
		k.t.Fatal(err)
	}
}

// TestKilledAtEveryStep kills the process of a promotion at each of its steps, and holds that a second run brings
// it to the same end: production at head, nothing left behind, told once. Between the two, production is at one of the
// two known states. Steps are the requests to Neon and GitHub, the round trips to PostgreSQL, and the lines of progress.
// KILL_EVERY=1 takes every step, KILL_HOUSES=2 two at a time, KILL_FROM=100 leaves out the first 99, KILL_AT=deployments
// all but those of that word, KILL_VICTIM=alembic kills the processes that the program started and not the program;
// without KILL_EVERY some steps stand for all.
func TestKilledAtEveryStep(t *testing.T) {
	program := filepath.Join(t.TempDir(), "neon-migrations")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	first, moments := newKilling(t, program)
	houses := []*killing{first}
	for range number("KILL_HOUSES", 1) - 1 {
		another, _ := newKilling(t, program)
		houses = append(houses, another)
	}
	chosen := choose(moments)
	left := make(chan moment, len(chosen))
	for _, m := range chosen {
		left <- m
	}
	close(left)
	outcomes := &outcomes{tried: map[string]map[string]int{}}
	t.Run("houses", func(t *testing.T) {
		for _, k := range houses {
			t.Run(k.production, func(t *testing.T) {
				t.Parallel()
				k.t, k.house.t = t, t
				for m := range left {
					outcome := k.try(m)
					outcomes.add(m.kind(), outcome...)
					t.Logf("%d left; %s: %s", len(left), m, strings.Join(outcome, ", "))
				}
			})
		}
	})
	t.Logf("%d steps, %d of them tried\n%s", len(moments), len(chosen), outcomes.table(moments))
}

// number is one of the test's knobs.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// choose gives the steps to be killed at. Those that stand for all are where most is at stake: before and after the
// COMMIT of the upgrade of production, and after GitHub was told that it went well.
func choose(moments []moment) []moment {
	var chosen []moment
	if every := number("KILL_EVERY", 0); every > 0 {
		for i := number("KILL_FROM", 1) - 1; i < len(moments); i += every {
			if strings.Contains(moments[i].what, os.Getenv("KILL_AT")) {
				chosen = append(chosen, moments[i])
			}
		}
		return chosen
	}
	upgraded := slices.IndexFunc(moments, func(m moment) bool {
		return strings.HasPrefix(m.what, "PostgreSQL production after UPDATE alembic_version")
	})
	for _, telling := range []string{"PostgreSQL production before COMMIT", "PostgreSQL production after COMMIT", "GitHub after POST"} {
		next := func(m moment) bool { return strings.HasPrefix(m.what, telling) }
		if i := slices.IndexFunc(moments[max(upgraded, 0):], next); i >= 0 {
			chosen = append(chosen, moments[max(upgraded, 0)+i])
		}
	}
	return chosen
}

// try kills one promotion and runs a second one, and tells how both went.
func (k *killing) try(at moment) []string {
	k.t.Helper()
	k.backToBase()
	one := newKiller(k.t, at, k.production)
	one.alembic = onlyAlembic()
	status, said := one.promote(k.house, k.program, k.commit, k.number)
	k.quiet()
	between := k.state()
	if between != k.before && between != k.after {
		k.t.Errorf("killed at %s: production is at %+v, which is neither %+v nor %+v", at, between, k.before, k.after)
	}
	if status > 0 && !one.alembic {
		k.t.Errorf("%s: the first run ends by itself with %d\n%s", at, status, said)
	}
	outcome := []string{"killed, production as before", "then upgraded"}
	if between == k.after {
		outcome = []string{"killed, production upgraded", "then there already"}
	}
	if !one.killed() {
		outcome = []string{"ended before it could be killed"}
	}
	again := newKiller(k.t, moment{}, k.production)
	if status, said := again.promote(k.house, k.program, k.commit, k.number); status != 0 {
		k.t.Errorf("killed at %s: the second run ends with %d\n%s", at, status, said)
		return append(outcome[:1], "then failed")
	}
	k.converged("killed at " + at.String())
	return outcome
}

// onlyAlembic tells to kill the processes that the program started, and not the program itself.
func onlyAlembic() bool { return os.Getenv("KILL_VICTIM") == "alembic" }

// quiet waits until the killed run's sessions on production are gone: a statement that was under way when its client
// died goes on to its end, and may take effect.
func (k *killing) quiet() {
	k.t.Helper()
	k.asking("main", func(conn *pgx.Conn) error {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			var sessions int
			err := conn.QueryRow(k.t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()").Scan(&sessions)
			if err != nil || sessions == 0 {
				return err
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%d sessions of the killed run stay on production", sessions)
			}
		}
	})
}

// state is what production is like now.
func (k *killing) state() (now known) {
	k.t.Helper()
	k.asking("main", func(conn *pgx.Conn) error {
		now.revision = k.revisionOn(conn)
		snapshot, err := catalog.Read(k.t.Context(), conn)
		if err == nil {
			now.fingerprint = snapshot.Fingerprint()
		}
		return err
	})
	return now
}

// asking opens a connection for a moment only: there are hundreds of them.
func (k *killing) asking(branch string, ask func(*pgx.Conn) error) {
	k.t.Helper()
	conn, err := postgres.Connect(k.t.Context(), k.address(branch), time.Minute)
	if err != nil {
		k.t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := ask(conn); err != nil {
		k.t.Error(err)
	}
}

func (k *killing) revisionOn(conn *pgx.Conn) (revision string) {
	k.t.Helper()
	if err := conn.QueryRow(k.t.Context(), "SELECT string_agg(version_num, ',' ORDER BY 1) FROM alembic_version").Scan(&revision); err != nil {
		k.t.Error(err)
	}
	return revision
}

// backToBase takes production back to what it was, removes what promotions left, and puts back what they removed.
func (k *killing) backToBase() {
	k.t.Helper()
	client := k.neonClient()
	for b, err := range client.Branches(k.t.Context(), k.project, "ci/") {
		if err != nil {
			k.t.Fatal(err)
		}
		operations, err := client.DeleteBranch(k.t.Context(), k.project, b.ID)
		if err == nil {
			err = client.Wait(k.t.Context(), k.project, operations)
		}
		if err != nil {
			k.t.Fatal(err)
		}
	}
	k.restoreBase("")
	_, operations, err := client.CreateBranch(k.t.Context(), k.project, neonapi.BranchSpec{
		Name: k.rehearsal.Name, ParentID: k.branch("main").ID, ExpiresAt: time.Now().Add(time.Hour), Annotation: k.rehearsal.Annotation, NoCompute: true,
	})
	if err == nil {
		err = client.Wait(k.t.Context(), k.project, operations)
	}
	if err != nil {
		k.t.Fatal(err)
	}
	for _, c := range k.github.Comments(k.number) {
		if strings.Contains(c.Body, "neon-migrations-promotion") {
			k.call(http.MethodDelete, fmt.Sprintf("%s/repos/acme/shop/issues/comments/%d", k.github.APIURL(), c.ID), githubToken, "")
		}
	}
	k.told = map[string]int{"deployments": len(k.github.Deployments()), "statuses": len(k.github.Statuses(k.stale))}
}

func (k *killing) restoreBase(more string) {
	k.t.Helper()
	k.call(http.MethodPost, k.neon.URL()+"/projects/"+k.project+"/branches/"+k.branch("main").ID+"/restore", neonKey, fmt.Sprintf(`{"source_branch_id": %q%s}`, k.base.ID, more))
}

// call asks a server for something that the program has no use for, again for as long as it is busy.
func (h *house) call(method, address string, token secret.Text, body string) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		req, err := http.NewRequestWithContext(h.t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			h.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			h.t.Fatal(err)
		}
		said, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode == http.StatusLocked && time.Now().Before(deadline) {
			continue
		}
		if resp.StatusCode >= http.StatusBadRequest {
			h.t.Fatalf("%s %s: %d %s", method, address, resp.StatusCode, said)
		}
		return
	}
}

// converged holds the end that every promotion comes to.
func (k *killing) converged(what string) {
	k.t.Helper()
	if at := k.state(); k.after != (known{}) && at != k.after {
		k.t.Errorf("%s: production is at %+v, want %+v", what, at, k.after)
	}
	var left []string
	for b, err := range k.neonClient().Branches(k.t.Context(), k.project, "ci/") {
		if err != nil {
			k.t.Fatal(err)
		}
		left = append(left, b.Name)
	}
	if want := "ci/restore-" + k.commit[:7]; slices.Equal(left, []string{want}) {
		k.serves(what, want)
	} else {
		k.t.Errorf("%s: left are the branches %v, want %s alone", what, left, want)
	}
	if comments := k.github.Comments(k.number); len(comments) != 2 {
		k.t.Errorf("%s: want the comment of the rehearsal and that of the promotion: %+v", what, comments)
	}
	made := k.github.Deployments()[k.told["deployments"]:]
	if len(made) == 2 && made[0].State == "failure" && onlyAlembic() {
		made = made[1:] // the program lived to tell it
	}
	if len(made) != 1 || made[0].State != "success" {
		k.t.Errorf("%s: want one deployment, which succeeded: %+v", what, made)
	}
	statuses := k.github.Statuses(k.stale)
	if len(statuses) == k.told["statuses"] || statuses[0].State != "failure" {
		k.t.Errorf("%s: the pull request with a stale plan was not told: %+v", what, statuses)
	}
}

// serves holds that a restore point is production before the promotion: it is given a compute and looked at.
func (k *killing) serves(what, name string) {
	k.t.Helper()
	k.call(http.MethodPost, k.neon.URL()+"/projects/"+k.project+"/endpoints", neonKey,
		fmt.Sprintf(`{"endpoint": {"branch_id": %q, "type": "read_write"}}`, k.branch(name).ID))
	k.asking(name, func(conn *pgx.Conn) error {
		if at := k.revisionOn(conn); at != k.before.revision {
			return fmt.Errorf("%s: the restore point is at %s, want %s", what, at, k.before.revision)
		}
		return nil
	})
}

// outcomes counts how it went, for each kind of step.
type outcomes struct {
	mu    sync.Mutex
	tried map[string]map[string]int
}

func (o *outcomes) add(kind string, all ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tried[kind] == nil {
		o.tried[kind] = map[string]int{}
	}
	for _, one := range all {
		o.tried[kind][one]++
	}
}

// table tells the steps there were, and what came of those that were tried.
func (o *outcomes) table(moments []moment) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	steps := map[string]int{}
	for _, m := range moments {
		steps[m.kind()]++
	}
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(steps)) {
		fmt.Fprintf(&b, "%-10s %4d steps", kind, steps[kind])
		for _, one := range slices.Sorted(maps.Keys(o.tried[kind])) {
			fmt.Fprintf(&b, "; %s: %d", one, o.tried[kind][one])
		}
		b.WriteString("\n")
	}
	return b.String()
}
