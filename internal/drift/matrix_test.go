package drift_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
	"github.com/neon-migrations/neon-migrations-action/internal/drift"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
	"github.com/neon-migrations/neon-migrations-action/internal/sample/sampletest"
)

// driver is testdata/matrix/driver.py at work.
type driver struct {
	t   testing.TB
	in  io.Writer
	out *bufio.Reader
}

// start runs the driver for one module of testdata/matrix.
func start(t testing.TB, module string) *driver {
	t.Helper()
	shop := filepath.Join(sampletest.Root(t), "testdata", "projects", "shop", "backend")
	here, err := filepath.Abs("testdata/matrix")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sampletest.Python(t), filepath.Join(here, "driver.py"), module)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+here+string(os.PathListSeparator)+shop, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it ends with its input
	})
	return &driver{t: t, in: in, out: bufio.NewReader(out)}
}

// ask has the driver do something with a database.
func (d *driver) ask(what string, a postgres.Address, result any, more ...string) {
	d.t.Helper()
	url := fmt.Sprintf("postgresql+psycopg://%s:%s@%s:%d/%s", a.User, a.Password.Reveal(), a.Host, a.Port, a.Database)
	if _, err := fmt.Fprintf(d.in, "%s %s %s\n", what, url, strings.Join(more, " ")); err != nil {
		d.t.Fatal(err)
	}
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		d.t.Fatalf("the driver ended: %v", err)
	}
	answer := struct {
		Error  string
		Result any
	}{Result: result}
	if err := json.Unmarshal(line, &answer); err != nil {
		d.t.Fatal(err)
	}
	if answer.Error != "" {
		d.t.Fatalf("%s: %s", what, answer.Error)
	}
}

func read(t testing.TB, a postgres.Address) *catalog.Snapshot {
	t.Helper()
	conn := postgrestest.Connect(t, a)
	defer conn.Close(t.Context())
	s, err := catalog.Read(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lines(differences []drift.Difference) string {
	var text strings.Builder
	for _, d := range differences {
		fmt.Fprintf(&text, "%s: %s [%s | %s]\n", d.Tier, d.What, d.Wanted, d.Found)
		for _, sql := range d.Adopt {
			fmt.Fprintf(&text, "    adopt:  %s\n", sql)
		}
		for _, sql := range d.Remove {
			fmt.Fprintf(&text, "    remove: %s\n", sql)
		}
	}
	return text.String()
}

// TestIdentical holds that a revision which autogenerate made differs in nothing from the models.
func TestIdentical(t *testing.T) {
	d := start(t, "identical")
	models, upgraded := postgrestest.Database(t), postgrestest.Database(t)
	d.ask("create", models, nil)
	d.ask("revise", upgraded, nil)
	wanted, found := read(t, models), read(t, upgraded)
	if len(wanted.Objects) < 300 {
		t.Fatalf("the models make %d objects only", len(wanted.Objects))
	}
	if differences := drift.Models(wanted, found, drift.Filter{}); len(differences) > 0 {
		t.Errorf("false alarms:\n%s", lines(differences))
	}
	postgrestest.Exec(t, upgraded, `ALTER TABLE "case length" ALTER COLUMN length TYPE varchar(51)`)
	if differences := drift.Models(wanted, read(t, upgraded), drift.Filter{}); len(differences) != 1 {
		t.Errorf("of one difference:\n%s", lines(differences))
	}
}
