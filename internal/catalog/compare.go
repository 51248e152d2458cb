package catalog

// Options widen what [CompareWith] looks at. The zero value is what [Compare] uses.
type Options struct {
	// VersionTables compares the version tables of migration tools as well.
	VersionTables bool
}

// Compare tells what changed from before to after: one [Change] for each object that stands
// alone, most important first, the same for the same snapshots. Version tables of migration
// tools, notes, facts and the environment are not compared.
func Compare(before, after *Snapshot) []Change { return CompareWith(before, after, Options{}) }

// CompareWith is [Compare] with options.
func CompareWith(before, after *Snapshot, options Options) []Change {
	return nil
}

// compared gives the objects that count, in their order.
func compared(s *Snapshot, options Options) []Object {
	if options.VersionTables {
		return s.Objects
	}
	left := map[Identity]bool{}
	for _, o := range s.Objects {
		if o.Tool != "" {
			left[Identity{Schema: o.Schema, Name: o.Name}] = true
		}
	}
	var counting []Object
	for _, o := range s.Objects {
		if o.Tool == "" && !left[Identity{Schema: o.Schema, Name: o.Parent}] {
			counting = append(counting, o)
		}
	}
	return counting
}
