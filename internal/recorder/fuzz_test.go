package recorder

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/neon-migrations/neon-migrations-action/internal/postgres"
)

// played is a connection that says what it is told to, and hears nothing.
type played struct{ io.Reader }

func (played) Write(p []byte) (int, error)      { return len(p), nil }
func (played) Close() error                     { return nil }
func (played) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (played) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (played) SetDeadline(time.Time) error      { return nil }
func (played) SetReadDeadline(time.Time) error  { return nil }
func (played) SetWriteDeadline(time.Time) error { return nil }

// message writes one message of the protocol.
func message(kind byte, body string) []byte {
	m := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4))
	return append(m, body...)
}

// blindSession is one whose questions are never answered.
func blindSession() *session {
	g := &Gateway{ctx: context.Background(), tape: newTape(RevisionTable{}), observer: &observer{failed: maxFailures}}
	return g.newSession(&pgconn.HijackedConn{TxStatus: 'I'}, map[string]string{"search_path": "public"})
}

// exchange plays what both sides say, one message in turn.
func exchange(s *session, tool, server []byte) {
	from := newWire(played{bytes.NewReader(tool)}, played{})
	back := newWire(played{bytes.NewReader(server)}, played{})
	for {
		asked := one(from, func(f frame, body []byte) { s.sent(f, body) })
		told := one(back, func(f frame, body []byte) {
			s.received(f.kind, body)
			if f.kind == 'Z' {
				s.open()
			}
		})
		if !asked && !told {
			break
		}
	}
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.leave()
	s.tape.recordingOf(nil)
}

func one(w *wire, look func(frame, []byte)) bool {
	f, err := w.next()
	if err != nil {
		return false
	}
	body, err := w.body(f)
	if err != nil {
		return false
	}
	look(f, body)
	return w.pass(f) == nil
}

func FuzzWire(f *testing.F) {
	join := func(all ...[]byte) []byte { return bytes.Join(all, nil) }
	ready := func(status string) []byte { return message('Z', status) }
	f.Add(join(message('Q', "BEGIN\x00"), message('Q', "ALTER TABLE t ADD COLUMN x int\x00"), message('Q', "COMMIT\x00")),
		join(message('C', "BEGIN\x00"), ready("T"), message('C', "ALTER TABLE\x00"), ready("T"), message('C', "COMMIT\x00"), ready("I")))
	f.Add(join(message('P', "a\x00UPDATE alembic_version SET version_num = $1\x00\x00\x00"), message('B', "p\x00a\x00\x00\x00\x00\x01\x00\x00\x00\x02r1\x00\x00"),
		message('E', "p\x00\x00\x00\x00\x00"), message('C', "Sa\x00"), message('S', "")),
		join(message('1', ""), message('2', ""), message('C', "UPDATE 1\x00"), message('3', ""), ready("I")))
	f.Add(join(message('Q', "COPY t FROM STDIN\x00"), message('d', "1\n"), message('c', "")), join(message('G', "\x00\x00\x00"), message('C', "COPY 1\x00"), ready("I")))
	f.Add(join(message('Q', "SELECT 1/0\x00")), join(message('E', "SERROR\x00C22012\x00Mdivision by zero\x00\x00"), ready("E")))
	f.Add([]byte("Q\x7f\xff\xff\xffSELECT"), []byte("C\x7f\xff\xff\xffINSERT 0 99999999999999999999"))
	f.Add([]byte("Q\x00\x00\x00\x00"), []byte("Z\xff\xff\xff\xff"))
	f.Add(join(message('B', ""), message('P', ""), message('C', ""), message('E', ""), message('F', ""), message('Q', "")), join(message('S', "x"), message('E', ""), message('Z', "")))
	f.Fuzz(func(_ *testing.T, tool, server []byte) { exchange(blindSession(), tool, server) })
}

func FuzzStartup(f *testing.F) {
	startup := "\x00\x03\x00\x00user\x00u\x00database\x00d\x00_pq_.x\x00y\x00\x00"
	f.Add(append(binary.BigEndian.AppendUint32(nil, uint32(len(startup)+4)), startup+"p\x00\x00\x00\x08pwd\x00"...))
	f.Add([]byte("\x00\x00\x00\x08\x04\xd2\x16\x2f\x00\x00\x00\x08\x04\xd2\x16\x30"))
	f.Add([]byte("\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x01\x00\x00\x00\x02"))
	f.Add([]byte("\x16\x03\x01\x00\x05hello"))
	f.Add([]byte("\x7f\xff\xff\xff\x00\x03\x00\x00"))
	certificate, err := selfSigned()
	if err != nil {
		f.Fatal(err)
	}
	g := &Gateway{ctx: context.Background(), tls: &tls.Config{Certificates: []tls.Certificate{certificate}}, local: postgres.Address{Database: "d", Password: "the password"}}
	f.Fuzz(func(t *testing.T, said []byte) {
		c := &client{conn: played{bytes.NewReader(said)}, gateway: g}
		if s, err := c.greet(); err == nil && s != nil && !bytes.Contains(said, []byte("the password")) {
			t.Errorf("%q came in without the password", said)
		}
	})
}

// TestAnnouncedLengthsCostNothing: what a message says of its length is no reason to make room for it.
func TestAnnouncedLengthsCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, kind := range "QPBECSFdcf" {
		head := []byte{byte(kind), 0x7f, 0xff, 0xff, 0xff, 'x'}
		exchange(blindSession(), head, nil)
		exchange(blindSession(), nil, head)
		c := &client{conn: played{bytes.NewReader(head[1:])}}
		if _, _, err := c.packet(); err == nil {
			t.Error("a start-up packet of 2 GB was taken")
		}
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 20*6*wireBuffer {
		t.Errorf("%d bytes were taken for messages of which 6 bytes came", grown)
	}
}

// hidden is a value that no recording may show.
const hidden = "hunter2correcthorse"

// literals write a value in the ways that PostgreSQL knows.
var literals = []func(string) string{
	func(v string) string { return "'" + strings.ReplaceAll(v, "'", "''") + "'" },
	func(v string) string { return "E'" + strings.NewReplacer("'", `\'`, `\`, `\\`).Replace(v) + "'" },
	func(v string) string { return "e'x'\n  '" + strings.NewReplacer("'", `\'`, `\`, `\\`).Replace(v) + "'" },
	func(v string) string {
		return "$tag$" + strings.NewReplacer("$tag$", "").Replace(strings.ReplaceAll(v, "$", "")) + "$tag$"
	},
	func(v string) string { return "$$" + strings.ReplaceAll(v, "$", "") + "$$" },
	func(v string) string {
		return `U&'` + strings.NewReplacer("'", "''", `\`, `\\`).Replace(v) + `' UESCAPE '!'`
	},
	func(v string) string { return "N'" + strings.ReplaceAll(v, "'", "''") + "'" },
	func(v string) string { return "'x' -- more\n '" + strings.ReplaceAll(v, "'", "''") + "'" },
}

// dataStatements have values where the sign § stands.
var dataStatements = []string{
	"INSERT INTO t VALUES (1, §), (2, §)",
	"UPDATE t SET a = § WHERE b IN (§, §)",
	"DELETE FROM t WHERE a = §::text",
	"SELECT f(§, -1.5), ARRAY[§] FROM t /* § */ -- §",
	"WITH x AS (SELECT §) INSERT INTO t SELECT * FROM x",
	"MERGE INTO t USING s ON t.a = § WHEN MATCHED THEN UPDATE SET a = §",
	"COPY (SELECT §) TO STDOUT",
	"DO $body$ BEGIN INSERT INTO t VALUES (§); END $body$",
	"CREATE TABLE x AS SELECT §",
	"EXPLAIN ANALYZE UPDATE t SET a = §",
	"PREPARE p AS INSERT INTO t VALUES (§)",
	"EXECUTE p(§)",
	"CALL f(§)",
	"NOTIFY c, §",
	"SET app.secret = §",
	"SELECT set_config('app.secret', §, false)",
	"CREATE ROLE r PASSWORD §",
	"ALTER USER r WITH PASSWORD §",
	"CREATE SUBSCRIPTION s CONNECTION § PUBLICATION p",
	"BEGIN; INSERT INTO t VALUES (§); COMMIT",
}

// FuzzRedaction holds that values of data never show, however they are written and wherever the text is cut.
func FuzzRedaction(f *testing.F) {
	for i := range dataStatements {
		for j := range literals {
			f.Add(uint(i), uint(j), "it's \\ a \"name\"; $1 -- /*", uint(0))
		}
		f.Add(uint(i), uint(0), "", uint(30))
	}
	f.Fuzz(func(t *testing.T, statement, quoting uint, rest string, cutAt uint) {
		rest = strings.ReplaceAll(rest, "\x00", "")
		template := dataStatements[statement%uint(len(dataStatements))]
		value := hidden + rest + hidden
		if strings.Contains(template, "/*") {
			value = hidden // a value must not end the comment that it stands in
		}
		if strings.Contains(template, "$body$") {
			value = strings.ReplaceAll(value, "$body$", "")
		}
		sql := strings.ReplaceAll(template, "§", literals[quoting%uint(len(literals))](value))
		if strings.Contains(template, "/*") {
			sql = strings.ReplaceAll(sql, "\n", " ")
		}
		cut := cutAt > 0 && cutAt < uint(len(sql))
		if cut {
			sql = sql[:cutAt]
		}
		if shown := readScript(sql, cut, false).shown; strings.Contains(shown, hidden[:6]) {
			t.Errorf("%s\nis shown as\n%s", sql, shown)
		}
	})
}

// FuzzScript reads anything.
func FuzzScript(f *testing.F) {
	f.Add("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END; SELECT '", true, false)
	f.Add("ALTER TABLE a.b ADD FOREIGN KEY (x) REFERENCES", false, true)
	f.Add("DO $", false, false)
	f.Add("DO $$", false, false)
	f.Add("(,", false, false)
	f.Fuzz(func(t *testing.T, sql string, isCut, escape bool) {
		s := readScript(sql, isCut, escape)
		if len(s.shown) > maxTextBytes {
			t.Errorf("%d bytes are shown", len(s.shown))
		}
		infer(s.sentences, blindSession())
		s.outline()
		RevisionTable{}.write(s)
	})
}

// TestDefinitionsKeepTheirLiterals: a default or a label is the schema.
func TestDefinitionsKeepTheirLiterals(t *testing.T) {
	for _, sql := range []string{
		"ALTER TABLE t ADD COLUMN state text DEFAULT 'new' NOT NULL", "CREATE TYPE mood AS ENUM ('sad', 'ok')", "ALTER TYPE mood ADD VALUE 'happy'",
		"ALTER TABLE t ADD CHECK (state IN ('new', 'old'))", "CREATE INDEX i ON t (a) WHERE state = 'new'", "COMMENT ON TABLE t IS 'ours'",
		"SET LOCAL lock_timeout = '3s'",
	} {
		if shown := readScript(sql, false, false).shown; shown != sql {
			t.Errorf("%s\nis shown as\n%s", sql, shown)
		}
	}
}

func TestErrorsShowNoValues(t *testing.T) {
	for code, message := range map[string]string{
		"22P02": `invalid input syntax for type integer: "` + hidden + `"`,
		"42601": `syntax error at or near "` + hidden + `"`,
		"P0001": "customer " + hidden + " has no orders",
		"38000": hidden,
	} {
		if shown := redactMessage(code, message); strings.Contains(shown, hidden) || shown == "" {
			t.Errorf("%s: %s", code, shown)
		}
	}
}
