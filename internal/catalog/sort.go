package catalog

import (
	"slices"
	"strings"
)

// family is a run of objects of one kind with one parent, from start up to end.
type family struct{ start, end int32 }

// sort puts the objects in the order of [Identity.Compare]. They come in families, ten columns
// of a table and then those of the next one, so that whole families are put in order first,
// and then the few within each.
func (s *Snapshot) sort() {
	families := s.families()
	first := func(f family) *Object { return &s.Objects[f.start] }
	slices.SortFunc(families, func(a, b family) int { return first(a).compareFamily(first(b).Identity) })
	order := make([]int32, 0, len(s.Objects))
	for i := 0; i < len(families); {
		start := len(order)
		same := first(families[i])
		for ; i < len(families) && same.compareFamily(first(families[i]).Identity) == 0; i++ {
			for at := families[i].start; at < families[i].end; at++ {
				order = append(order, at)
			}
		}
		slices.SortFunc(order[start:], func(a, b int32) int { return strings.Compare(s.Objects[a].Name, s.Objects[b].Name) })
	}
	permute(s.Objects, order)
}

func (s *Snapshot) families() []family {
	var families []family
	for i := range s.Objects {
		if i == 0 || s.Objects[i-1].compareFamily(s.Objects[i].Identity) != 0 {
			families = append(families, family{start: int32(i)})
		}
		families[len(families)-1].end = int32(i + 1) //nolint:gosec // no schema has so many
	}
	return families
}

// permute moves the item at order[i] to i, without a second list of them.
func permute[T any](items []T, order []int32) {
	for start := range order {
		if order[start] < 0 {
			continue
		}
		kept := items[start]
		at := start
		for int(order[at]) != start {
			from := int(order[at])
			items[at] = items[from]
			order[at], at = -1, from
		}
		items[at] = kept
		order[at] = -1
	}
}
