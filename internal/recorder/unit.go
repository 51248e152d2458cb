package recorder

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	// maxTags and maxSentences bound what one unit keeps of a long string or pipeline.
	maxTags      = 50
	maxSentences = 200
)

// unit is the work between two ReadyForQuery: one Query, or extended messages up to their Sync.
type unit struct {
	began  time.Time
	status byte // of the transaction at its beginning
	entry  *entry
	// script is all that ran in it; runs counts the executions of equal texts, mixed the texts.
	script *script
	runs   int
	mixed  bool
	// expected are the extended messages that the server has not answered, oldest first.
	expected []expected
	failed   *script
	write    *versionWrite
	samples  samples
	// supposed are the locks that statements like it take; inferred says that they are known.
	supposed []seenLock
	inferred bool
}

// expected is an answer that the server owes.
type expected struct {
	kind   byte // of the message from the tool: P, B or E
	script *script
}

// prepared is a statement or a portal that the tool gave a name.
type prepared struct {
	script *script
	write  *versionWrite
}

// ran notes one execution.
func (u *unit) ran(p prepared) {
	u.runs++
	if p.write != nil {
		u.write = p.write
	}
	switch {
	case u.script == nil:
		u.script = p.script
	case u.script != p.script && u.script.shown != p.script.shown:
		u.script = join(u.script, p.script)
		u.mixed = true
	}
}

// join makes one script of two that ran in one unit.
func join(a, b *script) *script {
	joined := &script{shown: a.shown, sentences: slices.Clip(a.sentences), class: max(a.class, b.class), cut: a.cut || b.cut}
	if len(a.sentences) >= maxSentences || len(a.shown) >= maxTextBytes {
		joined.cut = true
		return joined
	}
	joined.sentences = append(joined.sentences, b.sentences...)
	joined.shown = shorten(a.shown+";\n"+b.shown, maxTextBytes)
	return joined
}

// answered takes the oldest answer of some kinds off the list.
func (u *unit) answered(kind byte) {
	if len(u.expected) > 0 && u.expected[0].kind == kind {
		u.expected = u.expected[1:]
	}
}

// tag notes a command tag: INSERT 0 5, UPDATE 5, CREATE TABLE.
func (u *unit) tag(text string) {
	name, rows := text, int64(0)
	if i := strings.LastIndexByte(text, ' '); i > 0 {
		if n, err := strconv.ParseInt(text[i+1:], 10, 64); err == nil {
			name, rows = strings.TrimSuffix(text[:i], " 0"), n // 0 is where INSERT had an OID once
		}
	}
	u.entry.Rows += rows
	e := u.entry
	if len(e.Tags) < maxTags && (!slices.Contains(e.Tags, name) || u.script != nil && u.script.class != data) {
		e.Tags = append(e.Tags, name)
	}
}

// fail notes the error that ended the unit.
func (u *unit) fail(m *pgproto3.ErrorResponse) {
	if u.entry.Error != nil {
		return
	}
	u.entry.Error = statementError(m)
	if len(u.expected) > 0 {
		u.failed = u.expected[0].script
	}
}

// what gives the script that the unit is recorded as; nil if it ran nothing.
func (u *unit) what() *script {
	if u.script == nil {
		return u.failed
	}
	return u.script
}

// uncertain tells that locks were taken somewhere on the unit's way and not at its beginning.
func (u *unit) uncertain(mode Mode) bool {
	if u.mixed {
		return true
	}
	s := u.what()
	if s.plain() {
		return false
	}
	reads := len(s.sentences) == 1 && s.class == data && !s.cut
	return !reads || strength(mode) > strength(RowExclusive)
}

// strengths are the lock modes in their order.
var strengths = []Mode{AccessShare, RowShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive}

// strength ranks a mode.
func strength(m Mode) int { return slices.Index(strengths, m) }

func pidText(pid uint32) string { return strconv.FormatUint(uint64(pid), 10) }
