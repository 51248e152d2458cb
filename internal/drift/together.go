package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/neon-migrations/neon-migrations-action/internal/catalog"
)

// together makes one item of several that are one difference to a reader.
func (c *comparison) together() {
	c.numbering()
	c.keys()
	c.partitions()
	c.privileges()
}

// join adds the cure of one item to another.
func (it *item) join(other item) {
	it.parts = append(it.parts, other.parts...)
	it.back = append(it.back, other.back...)
}

// numbering tells how a column gets its numbers as one difference: default, identity and the sequence that it owns.
func (c *comparison) numbering() {
	about := func(it item) bool {
		switch {
		case it.column.Name == "":
			return false
		case it.Object.Kind == catalog.Sequence:
			return it.action != catalog.Renamed
		}
		return it.attribute == "identity" || it.attribute == "default" && (numbers(it.Wanted) || numbers(it.Found))
	}
	first := map[catalog.Identity]int{}
	var kept []item
	for _, it := range c.items {
		at, seen := first[it.column]
		switch _, onBoth := c.wanted.Find(it.column); {
		case !about(it) || !onBoth || !c.changed(it.column):
			kept = append(kept, it)
		case seen:
			kept[at].join(it)
		default:
			first[it.column] = len(kept)
			kept = append(kept, c.numbered(it))
		}
	}
	c.items = kept
}

// changed tells that a column itself differs, and not only the properties of its sequence.
func (c *comparison) changed(column catalog.Identity) bool {
	return slices.ContainsFunc(c.items, func(it item) bool { return it.Object == column && it.action == catalog.Changed })
}

// numbered makes an item about a column's numbers of the first of them.
func (c *comparison) numbered(it item) item {
	if typed := slices.IndexFunc(c.items, func(other item) bool { return other.Object == it.column && other.attribute == "type" }); typed >= 0 &&
		it.Object.Kind == catalog.Sequence && it.action == catalog.Changed {
		// A bigserial column has a bigint sequence: told with the column's type.
		it.Object, it.Tier, it.What = it.column, Contradiction, "The sequence of "+name(it.column)+" has another type in "+c.sides.found+"."
		return it
	}
	wanted, _ := c.wanted.Find(it.column)
	found, _ := c.found.Find(it.column)
	it.Object, it.attribute, it.action = it.column, "default", catalog.Changed
	it.Wanted, it.Found = source(wanted), source(found)
	of := upper(name(it.column))
	switch {
	case it.Found == "":
		it.Tier, it.What = c.onlyWanted, of+" numbers itself in "+c.sides.wanted+" alone."
	case it.Wanted == "":
		it.Tier, it.What = c.onlyFound, of+" numbers itself in "+c.sides.found+" alone."
	default:
		it.Tier, it.What = Contradiction, of+" gets its values otherwise in "+c.sides.found+"."
	}
	return it
}

// source is where a column's values come from when nobody gives one.
func source(o catalog.Object) string {
	if kind := o.Get("identity"); kind != "" {
		return "GENERATED " + kind + " AS IDENTITY"
	}
	return o.Get("default")
}

// keys pairs constraints and unique indexes that are on one side each and about the same columns: they contradict each
// other whatever their names.
func (c *comparison) keys() {
	gone := make([]bool, len(c.items))
	for i := range c.items {
		for j := range c.items {
			a, b := &c.items[i], &c.items[j]
			if gone[i] || gone[j] || a.action != catalog.Added || b.action != catalog.Removed || !c.sameKey(a.Object, b.Object) {
				continue
			}
			a.Tier, a.Found, a.action = Contradiction, b.Found, catalog.Changed
			a.What = upper(name(a.Object)) + " is defined otherwise in " + c.sides.found + "."
			if o, _ := c.wanted.Find(a.Object); o.Get("type") == "primary key" {
				a.What = "Table " + tableName(a.Object) + " has another primary key in " + c.sides.found + "."
			}
			a.join(*b)
			gone[j] = true
		}
	}
	var kept []item
	for i, it := range c.items {
		if !gone[i] {
			kept = append(kept, it)
		}
	}
	c.items = kept
}

func (c *comparison) sameKey(wanted, found catalog.Identity) bool {
	if wanted.Schema != found.Schema || wanted.Parent != found.Parent || wanted.Parent == "" {
		return false
	}
	a, _ := c.wanted.Find(wanted)
	b, _ := c.found.Find(found)
	kindA, columnsA := key(a)
	kindB, columnsB := key(b)
	if kindA == "" || kindA != kindB {
		return false
	}
	if kindA == "foreign key" {
		return slices.Equal(columnsA, columnsB)
	}
	return kindA == "primary key" || sameSet(columnsA, columnsB)
}

// key says what a constraint or an index holds, and of which columns; "" for what holds nothing by columns.
func key(o catalog.Object) (kind string, columns []string) {
	if o.Kind == catalog.Index {
		notes := catalog.Object{Fields: o.Notes}
		if notes.Has("unique") && !notes.Has("partial") {
			return "unique", notes.List("column")
		}
		return "", nil
	}
	switch kind := o.Get("type"); kind {
	case "primary key", "unique", "foreign key":
		return kind, o.List("column")
	}
	return "", nil
}

// partitions tells the partitions of one table that one side does not have as one difference: they come with time.
func (c *comparison) partitions() {
	first := map[string]int{}
	count := map[string]int{}
	var kept []item
	for _, it := range c.items {
		o, _ := c.object(it.Object)
		parent := o.Get("partition_of")
		if it.Object.Kind != catalog.Table || parent == "" || it.action != catalog.Added && it.action != catalog.Removed {
			kept = append(kept, it)
			continue
		}
		of := string(it.action) + " " + parent
		count[of]++
		at, seen := first[of]
		if !seen {
			first[of] = len(kept)
			kept = append(kept, it)
			continue
		}
		kept[at].join(it)
		if count[of] > 1 {
			in := c.sides.wanted
			if it.action == catalog.Removed {
				in = c.sides.found
			}
			kept[at].What = fmt.Sprintf("Table %s has %d partitions in %s alone.", parent, count[of], in)
			kept[at].Wanted, kept[at].Found = "", ""
		}
	}
	c.items = kept
}

// fewPrivileges is how many objects with the same difference in privileges are told one by one.
const fewPrivileges = 3

// privileges tells what was granted on many objects alike as one difference.
func (c *comparison) privileges() {
	like := func(it item) string {
		return strings.Join([]string{string(it.Tier), string(it.Object.Kind), it.Wanted, it.Found}, "\x00")
	}
	about := func(it item) bool { return it.attribute == "grant" || it.attribute == "revoke" }
	count, first := map[string]int{}, map[string]int{}
	for _, it := range c.items {
		if about(it) {
			count[like(it)]++
		}
	}
	var kept []item
	for _, it := range c.items {
		if !about(it) || count[like(it)] <= fewPrivileges {
			kept = append(kept, it)
			continue
		}
		of := like(it)
		if at, seen := first[of]; seen {
			kept[at].join(it)
			continue
		}
		first[of] = len(kept)
		it.What = fmt.Sprintf("%d %s have other privileges in %s, %s among them.", count[of], it.Object.Kind.Plural(), c.sides.found, it.Object.QualifiedName())
		kept = append(kept, it)
	}
	c.items = kept
}

// sort puts the most severe first, within a tier new names and the types, which others are made of, and leaves the order of catalog's
// changes else.
func (c *comparison) sort() {
	last := func(it item) int {
		if it.action == catalog.Renamed && it.Object.Parent == "" {
			return -1
		}
		switch it.Object.Kind {
		case catalog.Enum, catalog.Domain, catalog.Composite, catalog.Range:
			return 0
		default:
			return 1
		}
	}
	slices.SortStableFunc(c.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.Tier.rank(), b.Tier.rank()), cmp.Compare(last(a), last(b)))
	})
}
