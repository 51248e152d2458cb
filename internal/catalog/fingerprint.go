package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Fingerprint is a hash of everything that [Compare] looks at, as "sha256:hex". It does not
// depend on OIDs, the order in which objects were made, rows, statistics, the server's
// version or the database's name. Version tables of migration tools are left out.
func (s *Snapshot) Fingerprint() string {
	const enough = 64 << 10 // a hash is quickest with long pieces
	all, piece := sha256.New(), make([]byte, 0, enough+4<<10)
	counts := counting(s)
	for i := range s.Objects {
		o := &s.Objects[i]
		if !counts(o) {
			continue
		}
		if piece = o.appendTo(piece); len(piece) >= enough {
			all.Write(piece)
			piece = piece[:0]
		}
	}
	all.Write(piece)
	return "sha256:" + hex.EncodeToString(all.Sum(nil))
}

// counting tells which objects count: all but the version tables of migration tools with
// what belongs to them.
func counting(s *Snapshot) func(*Object) bool {
	left := map[[2]string]bool{}
	for i := range s.Objects {
		if o := &s.Objects[i]; o.Tool != "" {
			left[[2]string{o.Schema, o.Name}] = true
		}
	}
	return func(o *Object) bool {
		belongs := o.Parent
		if o.Kind == Sequence {
			belongs = o.Get("owned_by_table")
		}
		return o.Tool == "" && (belongs == "" || len(left) == 0 || !left[[2]string{o.Schema, belongs}])
	}
}

// appendTo appends the object's identity and fields so that no two objects, and no two lists
// of objects, give the same bytes: each string after its length, the fields after their number.
func (o *Object) appendTo(b []byte) []byte {
	for _, s := range [...]string{string(o.Kind), o.Schema, o.Parent, o.Name} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(o.Fields)))
	for _, f := range o.Fields {
		b = appendString(appendString(b, f.Name), f.Value)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
