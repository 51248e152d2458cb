"""What autogenerate reports although models and database agree.

Every one of these comes back after the revision that it asks for, so that the comparison
would never be clean.
"""

from .operations import flat, kind, metadatas, prune, table_name

# Tables that hosts put beside the project's own; their removal is never meant.
FOREIGN_TABLES = {"playing_with_neon", "spatial_ref_sys"}

UNNAMED_CHECKS_REPORTED = ((1, 19, 0), (1, 19, 1))  # alembic issue 1859

# Partitions belong to their parents, and what an extension brought belongs to that; no
# model has either.
NOT_MODELLED = """
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND (c.relispartition OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'))
"""


def leave_out(project, context, script, metadata, answer):
    """Take out the operations that are not meant, and say so where a person can do something."""
    alarms = Alarms(context, script)
    alarms.version_table()
    alarms.not_modelled()
    for table in alarms.hosts_tables():
        warn(answer, "table %s is not the project's; its removal is left out" % table)
    for table in alarms.unseen_schemas():
        warn(answer, "table %s is there, but Alembic does not look into its schema and would add it again; "
                     "pass include_schemas=True in env.py" % table)
    alarms.default_schema()
    doubtful = alarms.checks(unnamed_checks(metadata, context)) if project.version in UNNAMED_CHECKS_REPORTED else 0
    if doubtful:
        warn(answer, "Alembic %s reports check constraints without a name in the model as removed; %d of them left out. "
                     "Give the constraints names, or use Alembic 1.20" % (answer["versions"]["alembic"], doubtful))
    prune(script.upgrade_ops)


def warn(answer, text):
    """Say it once, also when env.py migrates several schemas."""
    if text not in answer["warnings"]:
        answer["warnings"].append(text)


class Alarms:
    """The operations of one comparison, fewer with each method."""

    def __init__(self, context, script):
        self.context = context
        self.default = context.dialect.default_schema_name or "public"
        self.script = script

    def schema(self, name):
        """The schema that is meant where none is named."""
        return name or self.default

    def ops(self, *kinds):
        """The operations that are still there, of these classes or all."""
        return [(op, where) for op, where in flat(self.script.upgrade_ops) if not kinds or kind(op) in kinds]

    def remove_tables(self, op_kind, false):
        """Leave out operations of a class about whole tables, and all others on the same tables."""
        tables = {(op.schema, op.table_name) for op, _ in self.ops(op_kind) if false(op)}
        for op, where in self.ops():
            if (getattr(op, "schema", None), table_name(op)) in tables:
                where.ops.remove(op)
        return sorted("%s.%s" % pair if pair[0] else pair[1] for pair in tables)

    def version_table(self):
        """Alembic does not know its own table when env.py names its schema and is in it."""
        self.remove_tables("DropTableOp", lambda op: op.table_name == self.context.version_table)

    def hosts_tables(self):
        """Tables of the database's host."""
        return self.remove_tables("DropTableOp", lambda op: op.table_name in FOREIGN_TABLES)

    def not_modelled(self):
        """Partitions, and tables of extensions."""
        if not self.ops("DropTableOp"):
            return
        rows = self.context.connection.exec_driver_sql(NOT_MODELLED)
        known = {tuple(row) for row in rows}
        self.remove_tables("DropTableOp", lambda op: (self.schema(op.schema), op.table_name) in known)

    def unseen_schemas(self):
        """Tables that are "to be added" only because Alembic does not look where they are."""
        if self.context.opts.get("include_schemas"):
            return []
        has_table, connection = self.context.dialect.has_table, self.context.connection
        return self.remove_tables(
            "CreateTableOp", lambda op: bool(op.schema) and has_table(connection, op.table_name, schema=op.schema)
        )

    def default_schema(self):
        """A foreign key to public.x that goes and comes as one to x."""
        added = {self.foreign_key(op): (op, where) for op, where in self.ops("CreateForeignKeyOp")}
        for op, where in self.ops("DropConstraintOp"):
            reverse = getattr(op, "_reverse", None)
            if op.constraint_type != "foreignkey" or reverse is None:
                continue
            pair = added.pop(self.foreign_key(reverse), None)
            if pair:
                where.ops.remove(op)
                pair[1].ops.remove(pair[0])

    def foreign_key(self, op):
        """What makes a foreign key; two that have it in common are the same."""
        options = op.kw
        return (
            self.schema(options.get("source_schema")), op.source_table, tuple(op.local_cols),
            self.schema(options.get("referent_schema")), op.referent_table, tuple(op.remote_cols),
            rule(options.get("onupdate")), rule(options.get("ondelete")),
            bool(options.get("deferrable")), str(options.get("initially") or "immediate").lower(),
        )

    def checks(self, unnamed):
        """Checks without a name, which PostgreSQL has named; tells how many."""
        left_out = 0
        for op, where in self.ops("DropConstraintOp"):
            table = (self.schema(op.schema), op.table_name)
            if op.constraint_type == "check" and unnamed.get(table, 0) > 0:
                where.ops.remove(op)
                unnamed[table] -= 1
                left_out += 1
        return left_out


def rule(text):
    """What happens to the rows that refer."""
    return (text or "no action").lower()


def unnamed_checks(metadata, context):
    """How many check constraints without a name each table's model has."""
    from sqlalchemy import CheckConstraint

    default = context.dialect.default_schema_name or "public"
    counts = {}
    for one in metadatas(metadata):
        for table in one.tables.values():
            checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
            nameless = [c for c in checks if not isinstance(c.name, str) or getattr(c, "_type_bound", False)]
            counts[(table.schema or default, table.name)] = len(nameless)
    return counts
