package postgres_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

func connect(ctx context.Context, a postgres.Address) (*pgx.Conn, error) {
	return pgx.Connect(ctx, a.URL().Reveal())
}

func TestConnectExplainsARefusal(t *testing.T) {
	address := postgrestest.Database(t)
	wrong, missing, closed := address, address, address
	wrong.Password, missing.Database, closed.Port = "nothing-secret", "no such database", 1
	tests := []struct {
		name    string
		address postgres.Address
		why     string
	}{
		{"wrong password", wrong, "role or its password"},
		{"missing database", missing, "no such database"},
		{"nobody listens", closed, "does not answer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := postgres.Connect(t.Context(), tt.address, time.Second)
			explanation, ok := fault.Explain(err)
			if !ok || !strings.Contains(explanation.Why, tt.why) || explanation.Do == "" {
				t.Errorf("error %v explains %+v", err, explanation)
			}
			if strings.Contains(err.Error(), tt.address.Password.Reveal()) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// TestConnectWaitsForAServerThatStarts has the port closed at first, as a compute that wakes.
func TestConnectWaitsForAServerThatStarts(t *testing.T) {
	target := postgrestest.Database(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := target
	address.Port = uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	opened := make(chan net.Listener, 1)
	time.AfterFunc(700*time.Millisecond, func() { opened <- forward(t, address.Port, target.Port) })
	conn, err := postgres.Connect(t.Context(), address, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	(<-opened).Close()
}

func forward(t *testing.T, from, to uint16) net.Listener {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", from))
	if err != nil {
		t.Error(err)
		return nil
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", to))
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(in, out) }() // how it ends is the test's business
			go func() { _, _ = io.Copy(out, in) }()
		}
	}()
	return l
}
