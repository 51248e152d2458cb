package catalog

import (
	"slices"
	"strings"
)

// renames are the names that are other ones on the two sides although the objects are the
// same.
type renames struct {
	// forward gives the identity after of an identity before, back the reverse.
	forward, back translation
	// schemas, names, columns and labels are the same for texts: by the old name.
	schemas map[string]renamed
	names   map[qualified][]renamed // functions may share a name
	columns map[qualified]map[string]renamed
	labels  map[qualified]map[string]renamed
}

// renamed is a new name and the object whose name it is, as it is after.
type renamed struct {
	to qualified // of columns and labels the name alone
	by *Object
}

// translation translates identities one way.
type translation struct {
	schemas map[string]string
	// roots are those objects that stand alone and did more than follow their schema.
	roots map[Identity]Identity
	// parents are the same by name, for their parts.
	parents map[qualified]qualified
}

func newRenames() *renames {
	direct := func() translation {
		return translation{schemas: map[string]string{}, roots: map[Identity]Identity{}, parents: map[qualified]qualified{}}
	}
	return &renames{
		forward: direct(), back: direct(), schemas: map[string]renamed{}, names: map[qualified][]renamed{},
		columns: map[qualified]map[string]renamed{}, labels: map[qualified]map[string]renamed{},
	}
}

// of gives the identity on the other side. A part's own name stays: it is known only where
// the part itself was paired.
func (d translation) of(id Identity) Identity {
	switch {
	case id.Kind == Schema:
		id.Name = d.schema(id.Name)
	case id.Parent == "":
		if to, found := d.roots[id]; found {
			return to
		}
		id.Schema = d.schema(id.Schema)
	default:
		parent := d.parent(qualified{id.Schema, id.Parent})
		id.Schema, id.Parent = parent.schema, parent.name
	}
	return id
}

func (d translation) parent(name qualified) qualified {
	if to, found := d.parents[name]; found {
		return to
	}
	return qualified{d.schema(name.schema), name.name}
}

func (d translation) schema(name string) string {
	if to, found := d.schemas[name]; found {
		return to
	}
	return name
}

func (d translation) add(was, is Identity) {
	d.roots[was] = is
	if slices.Contains(parentKinds, was.Kind) {
		d.parents[qualified{was.Schema, was.Name}] = qualified{is.Schema, is.Name}
	}
}

// learn takes in the pairs that have two identities, and marks those that were renamed
// themselves. Names of parts hold names of tables, and those of functions names of types,
// hence the stages.
func (r *renames) learn(pairs []pair, after *side) {
	for stage := range 4 {
		for i := range pairs {
			if p := &pairs[i]; stageOf(p.after) == stage {
				r.learnPair(p)
			}
		}
	}
	for _, p := range pairs {
		if p.after.Kind == Enum {
			r.learnLabels(p)
		}
	}
}

func stageOf(o *Object) int {
	switch {
	case o.Kind == Schema:
		return 0
	case o.Parent != "":
		return 3
	case o.Kind.spelled():
		return 2
	}
	return 1
}

func (r *renames) learnPair(p *pair) {
	was, is := p.before.Identity, p.after.Identity
	switch {
	case was == is:
	case was.Kind == Schema:
		p.renamed = true
		r.forward.schemas[was.Name], r.back.schemas[is.Name] = is.Name, was.Name
		r.schemas[was.Name] = renamed{qualified{name: is.Name}, p.after}
	case was.Parent != "":
		r.learnPart(p)
	default:
		r.learnRoot(p)
	}
}

func (r *renames) learnRoot(p *pair) {
	was, is := p.before.Identity, p.after.Identity
	expected := r.forward.of(was)
	if expected == is {
		return
	}
	owner := r.forward.parent(qualified{was.Schema, p.before.Get(ownerTable)})
	if owner.name != "" && owner == (qualified{is.Schema, p.after.Get(ownerTable)}) {
		expected.Schema = is.Schema
	} else if _, follows := r.explain(*p, was.Name, is.Name); was.Kind.spelled() && follows {
		expected.Name = is.Name
	}
	p.renamed = expected != is
	r.forward.add(was, is)
	r.back.add(is, was)
	r.addName(p)
}

// learnPart takes in the name of a part. Indexes, also those behind constraints, are named
// elsewhere by schema and name, so that they matter also if only their table moved.
func (r *renames) learnPart(p *pair) {
	was, is := p.before.Identity, p.after.Identity
	p.renamed = was.Name != is.Name
	switch was.Kind {
	case Column:
		if p.renamed {
			add(r.columns, qualified{was.Schema, was.Parent}, was.Name, renamed{qualified{name: is.Name}, p.after})
		}
	case Index, Constraint:
		if p.renamed || r.forward.schema(was.Schema) != is.Schema {
			r.addName(p)
		}
	default: // nobody names a trigger, a policy or a rule
	}
}

func (r *renames) addName(p *pair) {
	was := qualified{p.before.Schema, baseName(p.before.Identity)}
	r.names[was] = append(r.names[was], renamed{qualified{p.after.Schema, baseName(p.after.Identity)}, p.after})
}

// learnLabels pairs the values of an enum by their OIDs.
func (r *renames) learnLabels(p pair) {
	was, is := p.before.List(labelList), p.after.List(labelList)
	if len(was) != len(p.before.Facts.Labels) || len(is) != len(p.after.Facts.Labels) {
		return
	}
	for i, oid := range p.before.Facts.Labels {
		if at := slices.Index(p.after.Facts.Labels, oid); at >= 0 && was[i] != is[at] {
			add(r.labels, qualified{p.before.Schema, p.before.Name}, was[i], renamed{qualified{name: is[at]}, p.after})
		}
	}
}

func add(to map[qualified]map[string]renamed, of qualified, name string, is renamed) {
	if to[of] == nil {
		to[of] = map[string]renamed{}
	}
	to[of][name] = is
}

// none tells that every object kept its name, so that no text can follow another.
func (r *renames) none() bool {
	return len(r.schemas)+len(r.names)+len(r.columns)+len(r.labels) == 0
}

// baseName is the bare name of what is spelled as more, such as a function with the types of
// its arguments.
func baseName(id Identity) string {
	if !id.Kind.spelled() || id.Name == "" {
		return id.Name
	}
	if list := tokens(id.Name); list[0].kind == wordToken {
		return list[0].value
	}
	name, _, _ := strings.Cut(id.Name, " ") // an operator
	return name
}
