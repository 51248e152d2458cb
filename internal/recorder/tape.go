package recorder

import (
	"slices"
	"sync"
	"time"
)

// maxEntries bounds what a recording holds; a migration that runs more different statements is
// cut there, and says so.
const maxEntries = 20_000

// maxHolds bounds the locks that it holds: a partitioned table has one for each partition and index.
const maxHolds = 200_000

// entry is a statement on its way into the recording.
type entry struct {
	Statement
	began, ended time.Time
	script       *script
	gained       []*held
	under        []*held
	rewrites     []Rewrite
	walKnown     bool
}

// held is a lock that a session holds or held.
type held struct {
	oid      uint32
	mode     Mode
	relation *Relation // nil until others see it
	created  bool      // it came with the transaction
	session  int
	since    *entry
	until    *entry
	start    time.Time // when it was taken at the earliest
	sure     time.Time // when it was held for certain
	end      time.Time
	evidence Evidence
}

// tape collects what the sessions of a gateway do.
type tape struct {
	mu        sync.Mutex
	began     time.Time
	stopped   bool
	entries   []*entry
	holds     []*held
	missing   []string
	floor     time.Duration
	numbering bool     // see Options.Transactions
	numbers   []uint32 // of transactions that ended
	sessions  int
	server    string
	blocked   *blocking
	revisions revisions
	table     RevisionTable
	wal       int64 // where the log was when last asked
	pids      []uint32
	open      int // sessions that have not ended

	// relations are as the server has them now, by OID; before are those of the start.
	relations map[uint32]seen
	before    map[uint32]seen
	keys      map[uint32]foreignKey
	newest    uint32 // the highest OID or file number that was seen
}

// blocking is a [SelfBlock] on its way.
type blocking struct {
	waiting *entry
	holding *entry
	lock    *Lock
	after   time.Duration
}

func newTape(table RevisionTable) *tape {
	return &tape{began: time.Now(), table: table, relations: map[uint32]seen{}, keys: map[uint32]foreignKey{}}
}

// know takes over what the server said about relations, and drops those that were asked for and are not there
// any more.
func (t *tape) know(a *answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, oid := range a.also {
		delete(t.relations, oid)
	}
	t.forgetNamesakes(a.news)
	for _, r := range a.news {
		t.relations[r.OID] = r
		t.newest = max(t.newest, r.OID, r.Filenode)
	}
	for _, k := range a.keys {
		t.keys[k.OID] = k
		t.newest = max(t.newest, k.OID)
	}
}

// forgetNamesakes drops relations whose name another has now: they are gone, whoever dropped them.
func (t *tape) forgetNamesakes(news []seen) {
	type name struct{ schema, name string }
	now := make(map[name]uint32, len(news))
	for _, r := range news {
		now[name{r.Schema, r.Name}] = r.OID
	}
	for oid, r := range t.relations {
		if other, taken := now[name{r.Schema, r.Name}]; taken && other != oid {
			delete(t.relations, oid)
		}
	}
}

// miss notes once what could not be measured.
func (t *tape) miss(sentence string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.missed(sentence)
}

// missed is miss where the tape is locked already.
func (t *tape) missed(sentence string) {
	if !slices.Contains(t.missing, sentence) {
		t.missing = append(t.missing, sentence)
	}
}

// recording tells whether statements are still taken down.
func (t *tape) recording() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.stopped
}

// trip counts one round trip.
func (t *tape) trip(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.floor == 0 || took < t.floor {
		t.floor = took
	}
}

// add takes one statement down.
func (t *tape) add(e *entry, w *versionWrite) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return
	}
	if len(t.entries) >= maxEntries {
		t.missed("the recording is full: only the first 20,000 different statements are in it")
		return
	}
	t.entries = append(t.entries, e)
	t.revisions.add(e, w)
}

// advance notes where the log is, and gives by how much it grew; -1 if that was unknown before.
func (t *tape) advance(wal int64) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	grown := wal - t.wal
	if t.wal == 0 {
		grown = -1
	}
	t.wal = wal
	return grown
}

// over takes down a lock that is no longer held.
func (t *tape) over(h *held, until *entry, end time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h.until, h.end = until, end
	switch {
	case t.stopped || until == nil:
	case len(t.holds) < maxHolds:
		t.holds = append(t.holds, h)
	default:
		t.missed("the recording is full: how long locks were held is told for the first 200,000 only")
	}
}

// stop ends the recording.
func (t *tape) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
}

// join counts a session in.
func (t *tape) join(pid uint32, server string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions++
	t.server = server
	t.pids = append(t.pids, pid)
	t.open++
	return t.sessions
}

// leave counts a session out.
func (t *tape) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

// shortest is the shortest round trip so far.
func (t *tape) shortest() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.floor
}

// latest is the highest OID or file number so far.
func (t *tape) latest() uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.newest
}
