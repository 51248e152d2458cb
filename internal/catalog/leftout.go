package catalog

import "strings"

// namespace is a schema by its OID; the system's own and temporary ones are known too.
type namespace struct {
	name   string
	system bool
}

// cloudAdmin is the superuser of Neon, whose objects are Neon's own and no part of the schema.
// It also owns the schema public of databases made with PostgreSQL 14, as initdb left it.
const cloudAdmin = "cloud_admin"

// neonRole tells roles that have privileges everywhere by Neon's doing.
func neonRole(role string) bool { return role == cloudAdmin || role == "neon_superuser" }

// finishMember notes what belongs to an extension.
func finishMember(r *reading, member *row) bool {
	r.members[member.attached] = true
	return false
}

// membersOf counts the members of extensions in a class that were not made by initdb.
func (r *reading) membersOf(class uint32) int {
	count := 0
	for member := range r.members {
		if member.class == class && member.oid >= firstNormalOID {
			count++
		}
	}
	return count
}

// finishSchema notes the schema's name for what is in it, and leaves out those of the system
// and of Neon.
func finishSchema(r *reading, s *row) bool {
	o, raw := &s.object, Object{Fields: s.raw}
	r.namespaces[o.Facts.OID] = namespace{name: o.Name, system: raw.Has("system")}
	return len(s.raw) == 0
}

// belongs tells whether a row that has no parent is an object of this schema: no member of an
// extension, none of Neon's or the system's, and none that goes with its session.
func (r *reading) belongs(read row) bool {
	o := &read.object
	if r.members[address{o.Kind.class(), o.Facts.OID, 0}] {
		return false
	}
	if o.Get("owner") == cloudAdmin && o.Identity != (Identity{Kind: Schema, Name: "public"}) {
		return false
	}
	if read.namespace == 0 {
		return true
	}
	n := r.namespaces[read.namespace]
	if n.system && !strings.HasPrefix(n.name, "pg_temp_") && !strings.HasPrefix(n.name, "pg_toast") {
		id := o.Identity
		id.Schema = n.name
		r.result.NotModelled = append(r.result.NotModelled, id.String())
	}
	return !n.system
}

// standIn makes an object of an attachment to something that is left out.
func (r *reading) standIn(read row) target {
	to := target{place: len(r.result.Objects)}
	o := read.object
	o.Fields, o.Facts = nil, Facts{OID: read.attached.oid, Number: read.attached.sub}
	r.result.Objects = append(r.result.Objects, o)
	r.addresses[read.attached] = to
	return to
}
