package catalog

// Size is how large something was before a change, as far as PostgreSQL's statistics say.
type Size struct {
	Object Identity `json:"object"`
	// Rows is the planner's estimate, -1 where it is not known.
	Rows int64 `json:"rows"`
	// Bytes is the size on disk without indexes and TOAST, 0 where it is not known.
	Bytes int64 `json:"bytes,omitempty"`
}

// SizesOf gives the sizes of the tables and materialized views that changes are about, in
// their order, and of the indexes that were rewritten. Objects have their names of after the
// changes. Empty if before was read without [ReadOptions.Sizes].
func SizesOf(before *Snapshot, changes []Change) []Size {
	if !before.Sizes {
		return nil
	}
	var sizes []Size
	add := func(was, is Identity) {
		if o, found := before.Find(was); found {
			sizes = append(sizes, Size{Object: is, Rows: max(o.Facts.Rows, -1), Bytes: max(o.Facts.Bytes, 0)})
		}
	}
	for _, c := range changes {
		was := c.Object
		if c.Was != nil {
			was = *c.Was
		}
		if c.Object.Kind == Table || c.Object.Kind == MaterializedView {
			add(was, c.Object)
		}
		for _, d := range c.Details {
			if d.Action != Rewritten || d.Object.Kind != Index {
				continue
			}
			was := d.Object
			if d.Was != nil {
				was = *d.Was
			}
			add(was, d.Object)
		}
	}
	return sizes
}
