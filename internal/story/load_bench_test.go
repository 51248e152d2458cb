package story_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

// indexes are the same index, built in the way that comes to mind and in the advised one.
var indexes = map[string]string{
	"plain": `    op.create_index("by_visitor", "visits", ["visitor"])
`,
	"concurrently": `    with op.get_context().autocommit_block():
        op.create_index("by_visitor", "visits", ["visitor"], postgresql_concurrently=True)
`,
}

// BenchmarkPromotionUnderLoad promotes an index on a table of two million rows while pgbench writes to it, and tells
// the longest that a writer waited and how many of its transactions failed.
func BenchmarkPromotionUnderLoad(b *testing.B) {
	pgbench, err := exec.LookPath("pgbench")
	if err != nil {
		b.Skip("there is no pgbench here")
	}
	for _, name := range []string{"plain", "concurrently"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				h := newShop(b)
				postgrestest.Exec(b, h.address("main"), "CREATE TABLE visits (id bigint PRIMARY KEY, visitor int, at timestamptz); "+
					"INSERT INTO visits SELECT i, i % 1000, now() FROM generate_series(1, 2000000) AS i; ANALYZE visits")
				h.repository()
				h.write(aNote.path(), "\"\"\"index\"\"\"\nfrom alembic import op\n\nrevision = \"aaaa00001111\"\ndown_revision = \"71c2e8f46b0d\"\n\n\ndef upgrade():\n"+
					indexes[name]+"\n\ndef downgrade():\n    op.drop_index(\"by_visitor\")\n")
				task, _ := h.approve(aNote.path())
				load := h.load(b, pgbench)
				time.Sleep(2 * time.Second)
				h.promotes(task, aNote.id)
				time.Sleep(time.Second)
				worst, transactions, failed := load()
				b.ReportMetric(worst.Seconds()*1000, "ms-longest-stall")
				b.ReportMetric(float64(transactions), "transactions")
				b.ReportMetric(float64(failed), "failed")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// load lets four writers beat on production until the returned function is called, which tells the longest
// transaction, how many there were, and how many failed.
func (h *house) load(b *testing.B, pgbench string) func() (worst time.Duration, transactions, failed int) {
	b.Helper()
	dir := b.TempDir()
	script := filepath.Join(dir, "write.sql")
	if err := os.WriteFile(script, []byte("\\set id random(1, 2000000)\nUPDATE visits SET at = now() WHERE id = :id;\n"), 0o644); err != nil {
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
		_ = cmd.Process.Signal(os.Interrupt) // it ends at once and tells nothing but its log
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
