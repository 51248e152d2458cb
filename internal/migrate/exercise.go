package migrate

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// Exercise asks what the project's models can do with a database.
type Exercise struct {
	// Address is the only database that the project's code is let to.
	Address postgres.Address
	Env     Env
	// Output takes what the project prints, as that of [Run] does.
	Output io.Writer
	// Pause is called after the first round, while nothing of the project runs; a second round on
	// the same address follows. Its error ends the work. nil: there is one round.
	Pause func(context.Context) error
}

// Round is what was tried at one time.
type Round struct {
	Uses []Use
	// Skipped tells in a sentence each what could not be tried, and why.
	Skipped []string
}

// Use is one thing that the project's code does with the database, tried out and rolled back.
type Use struct {
	// Class is the mapped class with its module, empty for a table that no class maps; Table has its
	// schema; Operation is select, insert or update.
	Class, Table, Operation string
	// SQLState and Message are the failure's, without row data; empty where it went well.
	SQLState, Message string
	// Column is the one that the failure is about, if that is known.
	Column string
}

// Exercise imports the project's models as env.py does and tries out every mapped class, and every
// table of the metadata that none maps: it selects all columns, inserts a row and updates one.
//
// All of it happens in one transaction that is rolled back, with time limits for statements and
// locks. The database is as before afterwards, but for sequences, which no rollback sets
// back. Rows are made of an existing one and of values that fit the types; a second round
// takes the same. Failures are *[Error]; what fails to be tried is part of the Round.
func (p *Project) Exercise(ctx context.Context, e Exercise) ([]Round, error) {
	if e.Address.Host == "" {
		return nil, fault.Usage("trying the models out", "there is no address of a database", "give one: --database-url")
	}
	j := p.newJob("exercise", e.Env)
	j.Address, j.Pauses = bare(&e.Address), e.Pause != nil
	c := call{job: j, env: e.Env, output: e.Output}
	var stopped error
	if e.Pause != nil {
		c.pause = func(Pause) error {
			stopped = e.Pause(ctx)
			return stopped
		}
	}
	a, err := p.retry(ctx, c)
	if stopped != nil {
		err = stopped
	}
	return rounds(a.Rounds), err
}

// Compare gives the uses that fail in the second round and did not fail in the first. One that
// failed in the first for the values of its row counts where the second fails for the schema;
// what was not tried in the first does not.
func Compare(first, second Round) []Use {
	var broken []Use
	for _, use := range second.Uses {
		if !use.failed() {
			continue
		}
		same := func(other Use) bool {
			return other.Class == use.Class && other.Table == use.Table && other.Operation == use.Operation
		}
		i := slices.IndexFunc(first.Uses, same)
		if i < 0 {
			continue
		}
		if before := first.Uses[i]; !before.failed() || before.ofValues() && use.ofSchema() {
			broken = append(broken, use)
		}
	}
	return broken
}

func (u Use) failed() bool { return u.SQLState != "" || u.Message != "" }

// ofValues tells that the values or other rows were in the way: data exceptions, violated
// constraints but for a missing value, and what triggers raise.
func (u Use) ofValues() bool {
	return strings.HasPrefix(u.SQLState, "22") || strings.HasPrefix(u.SQLState, "23") && u.SQLState != "23502" || u.SQLState == "P0001"
}

// ofSchema tells that no values would do.
func (u Use) ofSchema() bool { return strings.HasPrefix(u.SQLState, "42") || u.SQLState == "23502" }

// roundAnswer has the helper's own names.
type roundAnswer struct {
	Uses []struct {
		Class     string `json:"class"`
		Table     string `json:"table"`
		Operation string `json:"operation"`
		SQLState  string `json:"sqlstate"`
		Message   string `json:"message"`
		Column    string `json:"column"`
	} `json:"uses"`
	Skipped []string `json:"skipped"`
}

// rounds puts the second net behind the helper's own: see redactor.
func rounds(told []roundAnswer) []Round {
	var out []Round
	for _, one := range told {
		round := Round{}
		for _, u := range one.Uses {
			use := Use{Class: u.Class, Table: u.Table, Operation: u.Operation, SQLState: u.SQLState, Column: u.Column}
			use.Message, _ = (&redactor{}).line(u.Message)
			round.Uses = append(round.Uses, use)
		}
		for _, text := range one.Skipped {
			if text, ok := (&redactor{}).line(text); ok {
				round.Skipped = append(round.Skipped, text)
			}
		}
		out = append(out, round)
	}
	return out
}
