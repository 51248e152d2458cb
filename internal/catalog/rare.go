package catalog

import (
	"slices"
	"strings"
)

// firstNormalOID is the first OID that initdb does not use (src/include/access/transam.h).
const firstNormalOID = 16384

// finishOperatorMember names what was added to an operator family of the system's.
func finishOperatorMember(r *reading, m *row) bool {
	if m.attached.oid >= firstNormalOID {
		return true
	}
	for _, f := range m.object.Fields {
		r.result.NotModelled = append(r.result.NotModelled, f.Name+" of a system operator family: "+f.Value)
	}
	return false
}

// finishForeign tells that the options of user mappings are not looked into.
func finishForeign(r *reading, f *row) bool {
	if f.object.Kind != UserMapping {
		return true
	}
	if r.members[address{classServer, f.target, 0}] {
		return false
	}
	r.result.NotModelled = append(r.result.NotModelled, "options of "+f.object.String())
	return true
}

// finishSubscription tells that the connection is not looked into.
func finishSubscription(r *reading, s *row) bool {
	if s.object.Get("owner") != cloudAdmin {
		r.result.NotModelled = append(r.result.NotModelled, "connection of "+s.object.String())
	}
	return true
}

// finishStatistics leaves out those of temporary tables and of tables of extensions.
func finishStatistics(r *reading, s *row) bool {
	t := r.relations[s.target]
	return t != nil && t.place >= 0
}

// finishPublished writes the columns and the condition behind a published table.
func finishPublished(_ *reading, p *row) bool {
	if p.target == 0 {
		return true
	}
	raw := Object{Fields: p.raw}
	columns := raw.List("references_column")
	slices.Sort(columns)
	for i := range p.object.Fields {
		line := []string{p.object.Fields[i].Value}
		if len(columns) > 0 {
			line = append(line, "("+quoteAll(columns)+")")
		}
		if where := raw.Get("where"); where != "" {
			line = append(line, "WHERE ("+where+")")
		}
		p.object.Fields[i].Value = strings.Join(line, " ")
	}
	return true
}
