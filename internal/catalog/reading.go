package catalog

import (
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// The catalogs in which objects that can be commented on live. Their OIDs are fixed for all
// versions (src/include/catalog/pg_*.h).
const (
	classType       = 1247
	classProc       = 1255
	classRelation   = 1259
	classConstraint = 2606
	classNamespace  = 2615
	classRewrite    = 2618
	classTrigger    = 2620
	classExtension  = 3079
	classPolicy     = 3256
)

// reading is a snapshot in the making.
type reading struct {
	major     int
	result    Snapshot
	types     *pgtype.Map
	relations map[uint32]int // pg_class OID -> place in result.Objects
	domains   map[uint32]int // pg_type OID -> place
	addresses map[address]target
}

// target is where an attachment goes. The prefix tells what part of the object it is about:
// "index_" for the index behind a constraint.
type target struct {
	place  int
	prefix string
}

func newReading(major int) *reading {
	return &reading{
		major:     major,
		result:    Snapshot{Version: Version},
		types:     pgtype.NewMap(),
		relations: map[uint32]int{},
		domains:   map[uint32]int{},
		addresses: map[address]target{},
	}
}

// takeSource reads the rows of one source.
func (r *reading) takeSource(s source, rows *pgconn.ResultReader) error {
	l := layout{kind: s.kind, columns: slices.Clone(rows.FieldDescriptions()), types: r.types}
	for rows.NextRow() {
		read, err := l.read(rows.Values())
		if err != nil {
			return err
		}
		if read.attached.class != 0 {
			r.attach(read)
		} else {
			r.add(read)
		}
	}
	return nil
}

// attach adds fields to an object. What belongs to no object of the snapshot is the system's,
// an extension's, or of a kind that is named in NotModelled.
func (r *reading) attach(read row) {
	to, found := r.addresses[read.attached]
	if !found {
		return
	}
	o := &r.result.Objects[to.place]
	for _, f := range read.object.Fields {
		o.Fields = append(o.Fields, Field{Name: to.prefix + f.Name, Value: f.Value})
	}
}

func (r *reading) add(read row) {
	o, place := read.object, len(r.result.Objects)
	if read.of != 0 || read.ofType != 0 {
		at, found := r.relations[read.of]
		if read.of == 0 {
			at, found = r.domains[read.ofType]
		}
		if !found {
			return
		}
		parent := r.result.Objects[at]
		o.Schema, o.Parent = parent.Schema, parent.Name
	}
	r.result.Objects = append(r.result.Objects, o)
	r.addresses[address{o.Kind.class(), o.Facts.OID, o.Facts.Number}] = target{place: place}
	if read.relation != 0 {
		r.relations[read.relation] = place
	}
	if o.Kind == Domain {
		r.domains[o.Facts.OID] = place
	}
	if read.index != 0 {
		r.addresses[address{classRelation, read.index, 0}] = target{place, "index_"}
	}
	if read.constraint != 0 {
		r.addresses[address{classConstraint, read.constraint, 0}] = target{place, "not_null_"}
	}
}

// class is the catalog that an object of this kind lives in.
func (k Kind) class() uint32 {
	switch k {
	case Schema:
		return classNamespace
	case Extension:
		return classExtension
	case Enum, Domain, Composite, Range:
		return classType
	case Function, Procedure, Aggregate:
		return classProc
	case Constraint:
		return classConstraint
	case Trigger:
		return classTrigger
	case Policy:
		return classPolicy
	case Rule:
		return classRewrite
	default: // tables, views, sequences, indexes, columns
		return classRelation
	}
}

// snapshot finishes the reading: what several rows say together, and the order.
func (r *reading) snapshot() *Snapshot {
	r.orderColumns()
	objects := r.result.Objects
	for i := range objects {
		objects[i].Tool = versionTable(objects[i])
	}
	// A view's columns are in its definition; only those with a default or a comment stay.
	r.result.Objects = slices.DeleteFunc(objects, func(o Object) bool {
		return o.Kind == Column && len(o.Fields) == 0
	})
	slices.SortFunc(r.result.Objects, func(a, b Object) int { return a.Identity.Compare(b.Identity) })
	return &r.result
}

// orderColumns gives tables and composite types their columns in order, as a list: one
// column's place is no attribute of it, else every drop would change all that follow.
// Columns that come from a parent have no place of their own, but in partitions, which a
// dump makes as tables first.
func (r *reading) orderColumns() {
	for _, o := range r.result.Objects {
		if o.Kind != Column || o.Has("inherited") || !o.Has("type") {
			continue
		}
		at, found := r.relations[o.Facts.OID]
		if !found {
			continue
		}
		parent := &r.result.Objects[at]
		parent.Fields = append(parent.Fields, Field{Name: columnList, Value: o.Name})
	}
}

// columnList is the field with the names of a table's columns, in their order.
const columnList = "column_order"

// versionTable names the migration tool whose table this is, by the table's name and by a
// column that no other table of that name is likely to have.
func versionTable(o Object) string {
	if o.Kind != Table {
		return ""
	}
	marks := map[string]struct{ tool, column string }{
		"alembic_version":       {"alembic", "version_num"},
		"migrate_version":       {"sqlalchemy-migrate", "repository_id"},
		"django_migrations":     {"django", "applied"},
		"flyway_schema_history": {"flyway", "installed_rank"},
		"databasechangelog":     {"liquibase", "md5sum"},
		"databasechangeloglock": {"liquibase", "lockgranted"},
		"goose_db_version":      {"goose", "version_id"},
		"_prisma_migrations":    {"prisma", "migration_name"},
		"__drizzle_migrations":  {"drizzle", "hash"},
		"knex_migrations":       {"knex", "migration_time"},
	}
	mark, found := marks[o.Name]
	if !found || !slices.Contains(o.List(columnList), mark.column) {
		return ""
	}
	return mark.tool
}
