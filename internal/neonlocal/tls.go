package neonlocal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// certificateYears is long enough for a directory that somebody keeps.
const certificateYears = 10

// certificate is what the servers prove themselves with: self-signed, for 127.0.0.1. Clients
// that say sslmode=require do not verify it, but SCRAM's channel binding uses it.
type certificate struct{ cert, key string } // files

// loadCertificate takes the one in dir, or makes it.
func loadCertificate(dir string, now time.Time) (certificate, error) {
	c := certificate{cert: filepath.Join(dir, "server.crt"), key: filepath.Join(dir, "server.key")}
	if _, err := os.Stat(c.key); err == nil {
		return c, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return certificate{}, fmt.Errorf("looking for the certificate: %w", err)
	}
	cert, key, err := selfSigned(now)
	if err != nil {
		return certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	return c, errors.Join(writePEM(c.cert, "CERTIFICATE", cert), writePEM(c.key, "PRIVATE KEY", key))
}

func selfSigned(now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "local Neon"},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.AddDate(certificateYears, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost", "*.localhost"},
		BasicConstraintsValid: true,
	}
	if cert, err = x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private); err != nil {
		return nil, nil, err
	}
	key, err = x509.MarshalPKCS8PrivateKey(private)
	return cert, key, err
}

// writePEM writes a file that the server's account alone reads: PostgreSQL insists.
func writePEM(path, kind string, content []byte) error {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		return fmt.Errorf("writing the certificate: %w", err)
	}
	return postgres.Own(path)
}

// sslParams end a connection's address, as Neon's do.
func (s *Server) sslParams() string {
	if !s.ssl {
		return "sslmode=disable"
	}
	return "sslmode=require&channel_binding=require"
}

// builtWithSSL asks the server program itself for the library that it was built with: there is only one that it
// could be. It needs no cluster when it is told all the files that it would read from one.
func builtWithSSL(ctx context.Context, b postgres.Binaries) (bool, error) {
	var out bytes.Buffer
	path, _ := b.Path("postgres")
	if err := postgres.RunAsOwner(ctx, &out, path, "--config-file=/dev/null", "-c", "hba_file=/dev/null",
		"-c", "ident_file=/dev/null", "-c", "data_directory=/", "-C", "ssl_library"); err != nil {
		return false, fmt.Errorf("asking PostgreSQL for its SSL library: %w: %s", err, out.String())
	}
	return strings.Contains(out.String(), "OpenSSL"), nil
}
