// Package postgres knows the facts of a connection to PostgreSQL: addresses and their
// redaction, identifiers, and how to run a server of one's own on this machine.
package postgres

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/fault"
	"github.com/neon-migrations/neon-migrations-action/internal/secret"
)

// defaultPort is PostgreSQL's registered port, used where an address names none.
const defaultPort = 5432

// Address is where a database is and how to enter it. The zero value is no address.
type Address struct {
	Host     string
	Port     uint16
	User     string
	Password secret.Text
	Database string
	// Params are connection parameters such as sslmode, by their libpq names.
	Params map[string]string
}

// ParseAddress reads a URL such as postgresql://user:password@host:5432/database?sslmode=require.
// The schemes postgres, postgresql and SQLAlchemy's postgresql+driver are taken. Errors never
// repeat the address.
func ParseAddress(raw secret.Text) (Address, error) {
	u, err := url.Parse(strings.TrimSpace(raw.Reveal()))
	if err != nil {
		// The parser's own words quote the address, password included.
		return Address{}, notAnAddress("it is not a URL")
	}
	scheme, _, _ := strings.Cut(u.Scheme, "+")
	if scheme != "postgres" && scheme != "postgresql" {
		return Address{}, notAnAddress("it does not begin with postgresql://")
	}
	port, err := parsePort(u.Port())
	if err != nil {
		return Address{}, notAnAddress("its port is not a number from 1 to 65535")
	}
	password, _ := u.User.Password()
	a := Address{
		Host: u.Hostname(), Port: port, User: u.User.Username(), Password: secret.Text(password),
		Database: strings.TrimPrefix(u.Path, "/"), Params: map[string]string{},
	}
	for name, values := range u.Query() {
		a.Params[name] = values[len(values)-1]
	}
	if a.Host == "" {
		a.Host = a.Params["host"] // libpq's way to name a socket directory in a URL
		delete(a.Params, "host")
	}
	return a, nil
}

func notAnAddress(why string) error {
	return fault.Usage("reading a database address", why,
		"give it as postgresql://user:password@host:5432/database")
}

func parsePort(s string) (uint16, error) {
	if s == "" {
		return defaultPort, nil
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err == nil && n == 0 {
		err = strconv.ErrRange
	}
	return uint16(n), err
}

// URL gives the address as libpq, pgx and SQLAlchemy read it, password included.
func (a Address) URL() secret.Text {
	u := url.URL{Scheme: "postgresql", Path: "/" + a.Database}
	query := url.Values{}
	for name, value := range a.Params {
		query.Set(name, value)
	}
	if strings.HasPrefix(a.Host, "/") {
		query.Set("host", a.Host)
		query.Set("port", strconv.Itoa(int(a.Port)))
	} else {
		u.Host = a.hostPort()
	}
	if a.User != "" {
		u.User = url.User(a.User)
	}
	if a.Password != "" {
		u.User = url.UserPassword(a.User, a.Password.Reveal())
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // libpq takes a plus for a plus
	return secret.Text(u.String())
}

// String shows where the database is and nothing of how to enter it.
func (a Address) String() string { return a.hostPort() + "/" + a.Database }

func (a Address) hostPort() string { return net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port))) }

// With returns a copy of a with one connection parameter set; an empty value removes it.
func (a Address) With(param, value string) Address {
	params := maps.Clone(a.Params)
	if params == nil {
		params = map[string]string{}
	}
	if value == "" {
		delete(params, param)
	} else {
		params[param] = value
	}
	a.Params = params
	return a
}

// Pooled tells whether the address leads through Neon's connection pooler, which keeps no
// session state: the first label of its host ends in "-pooler" (Neon's documentation,
// "Connection pooling").
func (a Address) Pooled() bool {
	label, _, _ := strings.Cut(a.Host, ".")
	return strings.HasSuffix(label, "-pooler")
}

// QuoteIdentifier quotes a name for use in SQL, as quote_ident does for names that need it.
func QuoteIdentifier(name string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(name, "\x00", ""), `"`, `""`) + `"`
}

// QuoteLiteral quotes a string for use in SQL; it is safe for every setting of
// standard_conforming_strings.
func QuoteLiteral(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `'`, `''`)
	if strings.Contains(s, `\`) {
		return fmt.Sprintf(` E'%s'`, strings.ReplaceAll(s, `\`, `\\`))
	}
	return "'" + s + "'"
}
