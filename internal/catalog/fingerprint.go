package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Fingerprint is a hash of everything that [Compare] looks at, as "sha256:hex". It does not
// depend on OIDs, the order in which objects were made, rows, statistics, the server's
// version or the database's name. Version tables of migration tools are left out.
func (s *Snapshot) Fingerprint() string {
	all := sha256.New()
	for _, o := range compared(s, Options{}) {
		sum := o.Hash()
		all.Write(sum[:])
	}
	return "sha256:" + hex.EncodeToString(all.Sum(nil))
}

// Hash is the SHA-256 of the object's identity and fields; notes and facts do not count.
func (o Object) Hash() [sha256.Size]byte {
	h := sha256.New()
	for _, s := range []string{string(o.Kind), o.Schema, o.Parent, o.Name} {
		writeString(h, s)
	}
	for _, f := range o.Fields {
		writeString(h, f.Name)
		writeString(h, f.Value)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// writeString writes the length first, so that no two lists of strings hash alike.
func writeString(h hash.Hash, s string) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(s)))
	h.Write(length[:])
	h.Write([]byte(s))
}
