package story_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// form is a way to make a change: the bodies of its revisions' upgrades, each a transaction of its own.
type form struct {
	name      string
	revisions []string
}

// addToken and backfill are what the program advises in place of a column whose default differs from row to row (H005).
const (
	addToken = `op.execute("ALTER TABLE visits ADD COLUMN token uuid")
    op.execute("ALTER TABLE visits ALTER COLUMN token SET DEFAULT gen_random_uuid()")`
	backfill = `with op.get_context().autocommit_block():
        op.execute("""DO $$
            DECLARE
                filled bigint;
            BEGIN
                LOOP
                    UPDATE visits SET token = gen_random_uuid()
                    WHERE ctid = ANY (ARRAY(SELECT ctid FROM visits WHERE token IS NULL LIMIT 5000));
                    GET DIAGNOSTICS filled = ROW_COUNT;
                    COMMIT;
                    EXIT WHEN filled = 0;
                END LOOP;
            END
            $$""")`
)

// forms are changes in the way that comes to mind, and in the one that the program advises for it. The first is a
// change that is harmless in any form.
var forms = []form{
	{"column/at-once", []string{`op.execute("ALTER TABLE visits ADD COLUMN note text")`}},
	{"index/at-once", []string{`op.create_index("by_visitor", "visits", ["visitor"])`}},
	{"index/advised", []string{`with op.get_context().autocommit_block():
        op.create_index("by_visitor", "visits", ["visitor"], postgresql_concurrently=True)`}},
	{"check/at-once", []string{`op.create_check_constraint("visitor_known", "visits", "visitor >= 0")`}},
	{"check/advised", []string{
		`op.execute("ALTER TABLE visits ADD CONSTRAINT visitor_known CHECK (visitor >= 0) NOT VALID")`,
		`op.execute("ALTER TABLE visits VALIDATE CONSTRAINT visitor_known")`,
	}},
	{"not-null/at-once", []string{`op.alter_column("visits", "visitor", nullable=False)`}},
	{"not-null/advised", []string{
		`op.create_check_constraint(op.f("ck_visits_visitor_not_null"), "visits", "visitor IS NOT NULL", postgresql_not_valid=True)`,
		`op.execute("ALTER TABLE visits VALIDATE CONSTRAINT ck_visits_visitor_not_null")`,
		`op.alter_column("visits", "visitor", nullable=False)
    op.drop_constraint(op.f("ck_visits_visitor_not_null"), "visits")`,
	}},
	{"foreign-key/at-once", []string{`op.create_foreign_key("visits_visitor", "visits", "visitors", ["visitor"], ["id"])`}},
	{"foreign-key/advised", []string{
		`op.create_foreign_key("visits_visitor", "visits", "visitors", ["visitor"], ["id"], postgresql_not_valid=True)`,
		`op.execute("ALTER TABLE visits VALIDATE CONSTRAINT visits_visitor")`,
	}},
	{"default/at-once", []string{`op.execute("ALTER TABLE visits ADD COLUMN token uuid DEFAULT gen_random_uuid()")`}},
	{"default/advised", []string{addToken, backfill}},
}

// BenchmarkPromotionUnderLoad promotes changes of a table of two million rows (LOAD_ROWS) while pgbench writes to it,
// and tells the longest that a writer waited, how many of its transactions failed, and how often the upgrade was tried.
func BenchmarkPromotionUnderLoad(b *testing.B) {
	pgbench, err := exec.LookPath("pgbench")
	if err != nil {
		b.Skip("there is no pgbench here")
	}
	for _, f := range forms {
		b.Run(f.name, func(b *testing.B) {
			for range b.N {
				underLoad(b, pgbench, f)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func underLoad(b *testing.B, pgbench string, f form) {
	b.Helper()
	h, rows := newShop(b), number("LOAD_ROWS", 2_000_000)
	postgrestest.Exec(b, h.address("main"), fmt.Sprintf(`CREATE TABLE visitors (id int PRIMARY KEY); INSERT INTO visitors SELECT generate_series(0, 999);
		CREATE TABLE visits (id bigint PRIMARY KEY, visitor int, at timestamptz);
		INSERT INTO visits SELECT i, i %% 1000, now() FROM generate_series(1, %d) AS i; ANALYZE visits`, rows))
	h.replace("migrations/env.py", "context.configure(", "context.configure(transaction_per_migration=True, ")
	h.repository()
	files, last := h.writeForm(f)
	task, _ := h.approve(files...)
	load := h.load(b, pgbench, rows)
	time.Sleep(2 * time.Second)
	promotion := h.promotes(task, last).Promotion
	time.Sleep(time.Second)
	worst, transactions, failed := load()
	b.ReportMetric(worst.Seconds()*1000, "ms-longest-stall")
	b.ReportMetric(float64(transactions), "transactions")
	b.ReportMetric(float64(failed), "failed")
	b.ReportMetric(promotion.Took.Seconds(), "s-upgrade")
	b.ReportMetric(float64(promotion.Attempts), "tries")
}

// writeForm writes the revisions of a form, and gives their files and the last one's name.
func (h *house) writeForm(f form) (files []string, last string) {
	h.t.Helper()
	down := "71c2e8f46b0d"
	for i, body := range f.revisions {
		c := change{fmt.Sprintf("aaaa0000111%d", i), down, "", ""}
		h.write(c.path(), fmt.Sprintf("\"\"\"change\"\"\"\nfrom alembic import op\n\nrevision = %q\ndown_revision = %q\n\n\ndef upgrade():\n    %s\n\n\ndef downgrade():\n    pass\n", c.id, c.down, body))
		files, down = append(files, c.path()), c.id
	}
	return files, down
}

// load lets four writers beat on production until the returned function is called, which tells the longest
// transaction, how many there were, and how many failed.
func (h *house) load(b *testing.B, pgbench string, rows int) func() (worst time.Duration, transactions, failed int) {
	b.Helper()
	dir := b.TempDir()
	script := filepath.Join(dir, "write.sql")
	if err := os.WriteFile(script, fmt.Appendf(nil, "\\set id random(1, %d)\nUPDATE visits SET at = now() WHERE id = :id;\n", rows), 0o644); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(pgbench, "-n", "-M", "prepared", "-c", "4", "-T", "600", "-R", "400", "-l", "--log-prefix", filepath.Join(dir, "log"), "-f", script,
		h.address("main").URL().Reveal())
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return func() (worst time.Duration, transactions, failed int) {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it ends at once and tells nothing but its log; an interrupt may be ignored
		err := cmd.Wait()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			b.Fatal(err)
		}
		logs, err := filepath.Glob(filepath.Join(dir, "log*"))
		if err != nil || len(logs) == 0 {
			b.Fatalf("pgbench left no log: %s", said.String())
		}
		for _, log := range logs {
			worst, transactions = readLog(b, log, worst, transactions)
		}
		return worst, transactions, strings.Count(said.String(), "ERROR") + strings.Count(said.String(), "aborted")
	}
}

// readLog reads pgbench's log of transactions: client, number, microseconds, and more (its documentation, "Per-Transaction Logging").
func readLog(b *testing.B, path string, worst time.Duration, transactions int) (time.Duration, int) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); transactions++ {
		if fields := strings.Fields(lines.Text()); len(fields) > 2 {
			took, _ := strconv.Atoi(fields[2])
			worst = max(worst, time.Duration(took)*time.Microsecond)
		}
	}
	return worst, transactions
}
