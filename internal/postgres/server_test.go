package postgres_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres/postgrestest"
)

func TestServerTakesConnections(t *testing.T) {
	address := postgrestest.Database(t)
	conn := postgrestest.Connect(t, address)
	var one int
	if err := conn.QueryRow(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
		t.Fatalf("SELECT 1 = %d, %v", one, err)
	}
	wrong := address
	wrong.Password = "wrong"
	if conn, err := connect(t.Context(), wrong); err == nil {
		conn.Close(t.Context())
		t.Error("a wrong password is taken over TCP")
	}
	if conn, err := connect(t.Context(), postgrestest.Server(t).SocketAddress()); err != nil {
		t.Errorf("the private socket asks for a password: %v", err)
	} else {
		conn.Close(t.Context())
	}
}

func TestStopLeavesNothing(t *testing.T) {
	server := postgrestest.ServerOf(t, postgrestest.Server(t).Binaries())
	socket := server.SocketDir()
	if err := server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(socket); !os.IsNotExist(err) {
		t.Errorf("the socket directory is left: %v", err)
	}
	if conn, err := connect(t.Context(), server.Address()); err == nil {
		conn.Close(t.Context())
		t.Error("the server still takes connections")
	}
}

func TestStartSaysWhyItFailed(t *testing.T) {
	dir, err := postgres.TempDir("neon-migrations-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := postgres.ServerConfig{Binaries: postgrestest.Server(t).Binaries(), DataDir: filepath.Join(dir, "none")}
	_, err = postgres.StartServer(t.Context(), config)
	if err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("error = %v", err)
	}
}

// TestGuardStopsTheServerOfAKilledProcess runs this test binary again as the process that
// starts a server, kills it without warning, and looks for what it left.
func TestGuardStopsTheServerOfAKilledProcess(t *testing.T) {
	if os.Getenv("POSTGRES_TEST_VICTIM") != "" {
		victim(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestGuardStopsTheServerOfAKilledProcess$")
	cmd.Env = append(os.Environ(), "POSTGRES_TEST_VICTIM=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(line[:n]))
	pid, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatalf("the victim said %q", line[:n])
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		_, statErr := os.Stat(fields[1])
		if syscall.Kill(pid, 0) != nil && os.IsNotExist(statErr) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("server %d or its directory %s outlived the process that started it", pid, fields[1])
}

func victim(t *testing.T) {
	server := postgrestest.Server(t)
	conn := postgrestest.Connect(t, server.Address())
	var dir string
	if err := conn.QueryRow(t.Context(), "SHOW data_directory").Scan(&dir); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(content), "\n")
	os.Stdout.WriteString(pid + " " + filepath.Dir(dir) + "\n")
	<-context.Background().Done()
}
