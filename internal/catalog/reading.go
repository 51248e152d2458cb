package catalog

import (
	"slices"

	"github.com/jackc/pgx/v5/pgtype"
)

// reading is a snapshot in the making.
type reading struct {
	major  int
	result Snapshot
	// databaseOID is the database's row in pg_database; moved names a catalog that others
	// changed during the reading.
	databaseOID, moved string
	// rare are the sources for rare kinds that have something.
	rare   []string
	types  *pgtype.Map
	texts  texts
	fields []Field // room for the fields of the next objects
	lists  lists
	// expected is about how many objects the tables read so far have with them.
	expected   int
	namespaces map[uint32]namespace
	members    map[address]bool     // what belongs to extensions, without functions
	inherited  map[uint32]bool      // pg_constraint OIDs of inherited checks
	parents    map[uint32][]string  // qualified names of what a relation inherits from
	relations  map[uint32]*relation // by pg_class OID
	// columnPrivileges wait for their turn (see endPrivileges).
	columnPrivileges []row
	// publicCommented tells that the schema public has a comment.
	publicCommented bool
	domains         map[uint32]int // pg_type OID -> place in result.Objects
	addresses       map[address]target
}

// target is where an attachment goes. The prefix tells what part of the object it is about:
// "index_" for the index behind a constraint.
type target struct {
	place  int
	prefix string
}

func newReading(major int) *reading {
	return &reading{
		major:      major,
		result:     Snapshot{Version: Version},
		types:      pgtype.NewMap(),
		namespaces: map[uint32]namespace{},
		members:    map[address]bool{},
		inherited:  map[uint32]bool{},
		parents:    map[uint32][]string{},
		relations:  map[uint32]*relation{},
		domains:    map[uint32]int{},
		addresses:  map[address]target{},
	}
}

// takeSource reads the rows of one source.
func (r *reading) takeSource(s source, from *rows) error {
	l := r.layout(s.kind, from.columns)
	var read row
	for from.next() {
		if err := l.read(from.values, &read); err != nil {
			return err
		}
		switch {
		case s.finish != nil && !s.finish(r, &read): // it is no object of its own
		case read.attached.class != 0:
			r.attach(read)
		default:
			r.add(read)
		}
	}
	if s.end != nil {
		s.end(r)
	}
	return nil
}

// keep copies the fields of a row to where they stay. Objects with equal fields may share them:
// what adds to them makes a list of its own, and nothing else changes them.
func (r *reading) keep(fields []Field) []Field {
	const room = 8192
	if len(fields) == 0 {
		return nil
	}
	kept := r.lists.slot(fields)
	if slices.Equal(*kept, fields) {
		return *kept
	}
	if len(fields) > cap(r.fields)-len(r.fields) {
		r.fields = make([]Field, 0, max(room, len(fields)))
	}
	start := len(r.fields)
	r.fields = append(r.fields, fields...)
	*kept = r.fields[start:len(r.fields):len(r.fields)]
	return *kept
}

// attach adds fields to an object. What belongs to no object of the snapshot is the system's or
// an extension's, and dropped unless it can stand for itself.
func (r *reading) attach(read row) {
	to, found := r.find(read.attached)
	if read.object.Name == "" && (!found || r.result.Objects[to.place].Kind == ExtensionMember) {
		return
	}
	if !found {
		to = r.standIn(read)
	}
	o := &r.result.Objects[to.place]
	for _, f := range read.object.Fields {
		o.Fields = append(o.Fields, Field{Name: to.prefix + f.Name, Value: f.Value})
	}
}

// find gives the object, or the column, with that address.
func (r *reading) find(a address) (target, bool) {
	t := r.relations[a.oid]
	if a.sub == 0 || a.class != classRelation || t == nil || t.place < 0 {
		to, found := r.addresses[a]
		return to, found
	}
	c := t.column(int(a.sub))
	return target{place: c.place}, c.name != ""
}

func (r *reading) add(read row) {
	o, place := read.object, len(r.result.Objects)
	if read.of != 0 || read.ofType != 0 {
		at, found := r.parent(read)
		if !found {
			return
		}
		parent := &r.result.Objects[at]
		o.Schema, o.Parent = parent.Schema, parent.Name
	} else if !r.belongs(read) {
		return
	}
	if read.namespace != 0 {
		o.Schema = r.namespaces[read.namespace].name
	}
	o.Fields = r.keep(o.Fields)
	r.result.Objects = append(r.result.Objects, o)
	if read.relation != 0 {
		r.relations[read.relation] = &relation{place: place, schema: o.Schema, name: o.Name}
	}
	switch o.Kind {
	case Column: // is known by its number
	case Domain:
		r.domains[o.Facts.OID] = place
		fallthrough
	default:
		r.addresses[address{o.Kind.class(), o.Facts.OID, 0}] = target{place: place}
	}
	if read.index != 0 {
		r.addresses[address{classRelation, read.index, 0}] = target{place, "index_"}
	}
	if read.constraint != 0 {
		r.addresses[address{classConstraint, read.constraint, 0}] = target{place, notNullPrefix}
	}
}

// parent finds the table, view or type that a row is a part of.
func (r *reading) parent(read row) (place int, found bool) {
	if read.of == 0 {
		place, found = r.domains[read.ofType]
		return place, found
	}
	t := r.relations[read.of]
	if t == nil || t.place < 0 {
		return 0, false
	}
	return t.place, true
}

// snapshot finishes the reading: what several rows say together, and the order.
func (r *reading) snapshot(options ReadOptions) *Snapshot {
	r.result.Sizes = options.Sizes
	r.orderColumns()
	objects := r.result.Objects
	for i := range objects {
		objects[i].Tool = versionTable(objects[i])
		if !options.Sizes {
			objects[i].Facts.Rows, objects[i].Facts.Bytes = 0, 0
		}
	}
	// A view's columns are in its definition; only those with a default or a comment stay.
	r.result.Objects = slices.DeleteFunc(objects, func(o Object) bool {
		return o.Kind == Column && len(o.Fields) == 0
	})
	slices.Sort(r.result.NotModelled)
	r.result.NotModelled = slices.Compact(r.result.NotModelled)
	r.result.sort()
	result := r.result // lets go of everything else that the reading holds
	return &result
}

// versionTable names the migration tool whose table this is, by the table's name and by a
// column that no other table of that name is likely to have.
func versionTable(o Object) string {
	if o.Kind != Table {
		return ""
	}
	tool, column := versionMark(o.Name)
	if tool == "" || !slices.Contains(o.List(columnList), column) {
		return ""
	}
	return tool
}

func versionMark(table string) (tool, column string) {
	switch table {
	case "alembic_version":
		return "alembic", "version_num"
	case "migrate_version":
		return "sqlalchemy-migrate", "repository_id"
	case "django_migrations":
		return "django", "applied"
	case "flyway_schema_history":
		return "flyway", "installed_rank"
	case "databasechangelog":
		return "liquibase", "md5sum"
	case "databasechangeloglock":
		return "liquibase", "lockgranted"
	case "goose_db_version":
		return "goose", "version_id"
	case "_prisma_migrations":
		return "prisma", "migration_name"
	case "__drizzle_migrations":
		return "drizzle", "hash"
	case "knex_migrations":
		return "knex", "migration_time"
	}
	return "", ""
}
