package cli

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// What a command is given leads to the recorder, in the dialect of the real address; nothing is left that
// would lead past it.
func TestEnvironOfARecordedCommand(t *testing.T) {
	const real = "postgresql+asyncpg://app:hunter2@db.example:6432/shop?ssl=require"
	local := postgres.Address{Host: "127.0.0.1", Port: 4711, User: "app", Password: "throwaway", Database: "shop"}
	r := recording{raw: real, env: "DB_URL", in: &invocation{World: World{Environ: []string{
		"PATH=/bin", "DB_URL=postgresql://elsewhere/x", "ALSO=" + real, "PGSERVICE=prod", "PGSSLMODE=verify-full", "PGHOST=db.example", "PGOPTIONS=-c search_path=a", "PGAPPNAME=me",
	}}}}
	got := r.environ(local)
	slices.Sort(got)
	url := "postgresql+asyncpg://app:throwaway@127.0.0.1:4711/shop"
	want := []string{
		"ALSO=" + url, "DB_URL=" + url, "PATH=/bin", "PGAPPNAME=me", "PGDATABASE=shop", "PGHOST=127.0.0.1", "PGOPTIONS=-c search_path=a",
		"PGPASSWORD=throwaway", "PGPORT=4711", "PGUSER=app",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
