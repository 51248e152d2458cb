package catalog

// texts gives the same string for equal values that come soon after each other. A schema repeats
// most of its words, names of types and columns and owners, so that this halves the memory of a
// snapshot; and it takes little itself, because a value just takes the place of another one.
type texts struct {
	slots [4096]string
}

// of gives the value as a string that lives as long as anybody holds it.
func (t *texts) of(value []byte) string {
	const longest = 64
	if len(value) > longest {
		return string(value)
	}
	slot := &t.slots[hashOf(value)%uint32(len(t.slots))]
	if *slot != string(value) {
		*slot = string(value)
	}
	return *slot
}

// hashOf is FNV-1a.
func hashOf(value []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range value {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}
