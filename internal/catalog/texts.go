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
func hashOf[T string | []byte](value T) uint32 {
	h := uint32(2166136261)
	for i := range len(value) {
		h = (h ^ uint32(value[i])) * 16777619
	}
	return h
}

// lists gives the same fields for equal ones that come soon after each other: most columns of a
// schema have the fields of many others.
type lists struct {
	slots [4096][]Field
}

// slot is where a list like this one was kept, if any was.
func (l *lists) slot(fields []Field) *[]Field {
	h := uint32(0)
	for _, f := range fields {
		h = h*31 + hashOf(f.Name)
		h = h*31 + hashOf(f.Value)
	}
	return &l.slots[h%uint32(len(l.slots))]
}
