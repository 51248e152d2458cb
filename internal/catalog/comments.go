package catalog

// finishComment leaves out what a dump does: the comment of an inherited check, and what initdb
// says of the schema public.
func finishComment(r *reading, c *row) bool {
	switch {
	case c.attached.class == classConstraint && r.inherited[c.attached.oid]:
		return false
	case c.attached == r.public():
		r.publicCommented = true
		return c.object.Get("comment") != "standard public schema"
	}
	return true
}

// endComments tells of the schema public that initdb's comment is not there: an empty one is.
func endComments(r *reading) {
	if !r.publicCommented {
		r.attach(row{attached: r.public(), object: Object{Fields: []Field{{Name: "comment"}}}})
	}
}

// public is the address of the schema public; of none if somebody dropped it.
func (r *reading) public() address {
	for oid, n := range r.namespaces {
		if n.name == "public" {
			return address{classNamespace, oid, 0}
		}
	}
	return address{}
}
