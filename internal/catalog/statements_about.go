package catalog

import (
	"cmp"
	"strings"
)

// described tells the attributes that are said of an object and define nothing of it.
func described(name string) bool {
	switch name {
	case "comment", "index_comment", "not_null_comment", "owner", "grant", "revoke", "security_label",
		"depends_on_extension", "index_depends_on_extension":
		return true
	}
	return false
}

// describe gives an object its owner, comments, labels and privileges. before is nil where it is new.
func (w *writer) describe(before, o *Object) {
	was := &Object{Identity: o.Identity}
	if before != nil {
		was = before
	}
	address := canonicalOf(*o).address()
	p := pair{before: was, after: o}
	if is := ownerOf(o); is != ownerOf(was) && is != "" && (o.Kind != Sequence || !o.Has(ownerTable)) {
		w.add(describe, "ALTER "+address+" OWNER TO "+quote(is))
	}
	w.comments(p, address)
	for _, label := range w.lost(p, "security_label") {
		provider, _, _ := strings.Cut(label, " ")
		w.add(describe, "SECURITY LABEL FOR "+provider+" ON "+address+" IS NULL")
	}
	for _, label := range w.gained(p, "security_label") {
		provider, text, _ := strings.Cut(label, " ")
		w.add(describe, "SECURITY LABEL FOR "+provider+" ON "+address+" IS "+text)
	}
	index := "INDEX " + quote(o.Schema) + "." + quote(o.Name)
	for name, target := range map[string]string{"depends_on_extension": address, "index_depends_on_extension": index} {
		for _, extension := range w.lost(p, name) {
			w.add(describe, "ALTER "+target+" NO DEPENDS ON EXTENSION "+quote(extension))
		}
		for _, extension := range w.gained(p, name) {
			w.add(describe, "ALTER "+target+" DEPENDS ON EXTENSION "+quote(extension))
		}
	}
	w.privileges(o, was)
}

// ownerOf is an object's owner; that of the schema public goes without saying.
func ownerOf(o *Object) string {
	if o.Kind == Schema && o.Name == "public" && !o.Has("owner") {
		return "pg_database_owner"
	}
	return o.Get("owner")
}

func (w *writer) lost(p pair, name string) []string {
	return without(p.before.List(name), p.after.List(name))
}

func (w *writer) gained(p pair, name string) []string {
	return without(p.after.List(name), p.before.List(name))
}

func (w *writer) comments(p pair, address string) {
	o := p.after
	target := map[string]string{
		"comment":       address,
		"index_comment": "INDEX " + quote(o.Schema) + "." + quote(o.Name),
		"not_null_comment": "CONSTRAINT " + quote(cmp.Or(o.Get(notNullField), o.Parent+"_"+o.Name+"_not_null")) +
			" ON " + quote(o.Schema) + "." + quote(o.Parent),
	}
	if o.Kind == Constraint && w.c.after.root(o).Kind == Domain {
		target["comment"] = "CONSTRAINT " + quote(o.Name) + " ON DOMAIN " + w.parentName(o)
	}
	for _, name := range []string{"comment", "index_comment", "not_null_comment"} {
		if p.before.Get(name) == o.Get(name) && p.before.Has(name) == o.Has(name) {
			continue
		}
		text := "NULL"
		switch {
		case o.Has(name) && o.Get(name) != "":
			text = escaped(o.Get(name))
		case o.Kind == Schema && o.Name == "public" && !o.Has(name):
			text = "'standard public schema'" // as initdb makes it
		}
		w.add(describe, "COMMENT ON "+target[name]+" IS "+text)
	}
}

// escaped is a literal that means the same whatever standard_conforming_strings says.
func escaped(s string) string {
	if strings.Contains(s, `\`) {
		return " E" + literal(strings.ReplaceAll(s, `\`, `\\`))
	}
	return literal(s)
}

// privileges grants and revokes what makes the privileges of before those of an object. A field says
// "SELECT TO role", of what is granted beyond the default, or revoked from it.
func (w *writer) privileges(o, before *Object) {
	p := pair{before: before, after: o}
	for _, item := range append(w.lost(p, "grant"), w.gained(p, "revoke")...) {
		w.add(describe, privilegeStatement(o, "REVOKE", item))
	}
	for _, item := range append(w.lost(p, "revoke"), w.gained(p, "grant")...) {
		w.add(describe, privilegeStatement(o, "GRANT", item))
	}
}

func privilegeStatement(o *Object, verb, item string) string {
	privilege, role, _ := strings.Cut(item, " TO ")
	target := canonicalOf(*o).address()
	switch o.Kind {
	case View, MaterializedView, ForeignTable:
		target = "TABLE " + o.QualifiedName()
	case Column:
		privilege += " (" + quote(o.Name) + ")"
		target = "TABLE " + quote(o.Schema) + "." + quote(o.Parent)
	case Enum, Domain, Composite, Range:
		target = "TYPE " + o.QualifiedName()
	case Server, DataWrapper:
		target = "FOREIGN " + strings.TrimPrefix(target, "FOREIGN ")
	case DefaultPrivileges:
		at := strings.LastIndex(o.Name, " ON ")
		verb, target = "ALTER DEFAULT PRIVILEGES "+o.Name[:at]+" "+verb, o.Name[at+len(" ON "):]
	default: // have the same name in GRANT
	}
	if strings.HasSuffix(verb, "REVOKE") {
		for _, end := range []string{" GRANTED BY ", " WITH GRANT OPTION"} {
			role, _, _ = strings.Cut(role, end)
		}
		return verb + " " + privilege + " ON " + target + " FROM " + role
	}
	return verb + " " + privilege + " ON " + target + " TO " + role
}
