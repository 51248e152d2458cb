"""Model drift: what Alembic's autogenerate would put into a revision now."""

import ast
import sys

from . import defaults, errors, false_alarms, filters, revision_file
from .operations import flat, kind, metadatas, table_name

# Above this share of tables "to be removed", models are missing and not tables too many.
MAX_REMOVED_SHARE = 0.3
MIN_REMOVED = 2


def look(project, context, heads, answer):
    """Compare models and database in env.py's own context; the answer's "drift" grows."""
    found = answer.setdefault("drift", {"operations": [], "body": "", "down": "", "imports": [], "tables": [],
                                        "file": None, "rejected": [], "unjudged": None})
    try:
        compare(project, context, heads, found, answer)
    except Exception as failure:
        place = errors.Place(project.job["dir"])
        place.phase, place.touched = "drift", True
        found["unjudged"] = errors.describe(failure, place)
        errors.print_trace(failure, place)


class Unjudged(Exception):
    """Why models and database cannot be compared."""


class NoMetadata(Unjudged):
    """env.py gives no target_metadata."""


class ModelsNotImported(Unjudged):
    """target_metadata lacks so many tables that the models cannot have been imported."""


class NotUpToDate(Unjudged):
    """The database lacks revisions, so that every comparison would show them too."""


def compare(project, context, heads, found, answer):
    """Produce the operations, leave out what is known to be false, render the rest."""
    metadata = context.opts.get("target_metadata")
    if metadata is None:
        raise NoMetadata("target_metadata is None")
    expected = {r.revision for r in project.script.get_revisions("heads")}
    if expected != {r.revision for r in project.script.get_revisions(tuple(heads))}:
        raise NotUpToDate("the database is not at the head revisions")
    with filters.watched(context, found["rejected"]), defaults.careful(context):
        script = produce(project, context, heads, metadata, answer)
    if script is None:
        return
    false_alarms.leave_out(project, context, script, metadata, answer)
    guard_against_missing_models(flat(script.upgrade_ops), metadata)
    warn_about_types(project, context, answer)
    render(context, script, metadata, found)
    if found["operations"]:
        found["file"] = revision_file.make(project, context, (script, metadata, found["imports"]), answer)


def produce(project, context, heads, metadata, answer):
    """Alembic's own comparison with env.py's filters, its last hook included."""
    from alembic.autogenerate import produce_migrations

    script = produce_migrations(context, metadata)
    hook = context.opts.get("process_revision_directives")
    if hook is None:
        return script
    directives = [script]
    try:
        hook(context, tuple(heads), directives)
    except Exception as failure:
        answer["warnings"].append(
            "process_revision_directives of env.py failed (%s); the comparison is shown as it was before it"
            % type(failure).__name__
        )
        return script
    return directives[0] if directives else None


def guard_against_missing_models(ops, metadata):
    """Models that env.py does not import look like tables to be dropped."""
    removed = [op.table_name for op, _ in ops if kind(op) == "DropTableOp"]
    modelled = sum(len(m.tables) for m in metadatas(metadata))
    added = sum(kind(op) == "CreateTableOp" for op, _ in ops)
    there = max(modelled - added, 0) + len(removed)
    if removed and (modelled == 0 or (len(removed) >= MIN_REMOVED and len(removed) > MAX_REMOVED_SHARE * there)):
        raise ModelsNotImported(
            "%d of the database's %d tables are in no model that env.py imports: %s"
            % (len(removed), there, ", ".join(sorted(removed)[:5]) + (", …" if len(removed) > 5 else ""))
        )


def warn_about_types(project, context, answer):
    """Before 1.12 types are compared only if env.py asks for it."""
    if project.version < (1, 12) and not context.opts.get("compare_type"):
        answer["warnings"].append(
            "Alembic %s compares no column types unless env.py passes compare_type=True"
            % answer["versions"]["alembic"]
        )


# --- rendering --------------------------------------------------------------------------


def render(context, script, metadata, found):
    """The operations as sentences and as the code of a revision."""
    from alembic.autogenerate import render as renderer
    from alembic.autogenerate.api import AutogenContext

    ops = flat(script.upgrade_ops)
    if not ops:
        return
    autogen = AutogenContext(context, metadata=metadata)
    body = bare(renderer._render_cmd_body(script.upgrade_ops, autogen))
    if body in found["body"]:
        return  # the same again, for the next schema of an env.py that migrates several
    down = reverse_body(renderer, script, autogen)
    found["operations"] += [sentence(op) for op, _ in ops]
    found["tables"] = sorted(set(found["tables"]) | {table_of(op) for op, _ in ops if table_of(op)})
    found["body"] += body
    found["down"] = down + found["down"]
    found["imports"] = sorted(set(found["imports"]) | imports(autogen, body + down))


def reverse_body(renderer, script, autogen):
    """The code of downgrade(); operations of extensions may not know their reverse."""
    try:
        return bare(renderer._render_cmd_body(script.upgrade_ops.reverse(), autogen))
    except Exception:
        return "raise NotImplementedError\n"


def bare(body):
    """The code without Alembic's own comments around it."""
    lines = [line for line in body.splitlines() if not line.strip().startswith("# ### ")]
    return "\n".join(lines).strip() + "\n"


def imports(autogen, code):
    """What the code needs: the two of every revision, Alembic's list, and modules named in it."""
    needed = {"from alembic import op", "import sqlalchemy as sa"} | set(autogen.imports)
    bound = {line.split()[-1] for line in needed}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute):
            path = dotted(node)
            if path and path.split(".")[0] not in bound:
                module = longest_module(path)
                if module:
                    needed.add("import " + module)
    return needed - {line for line in needed if shadowed(line, needed)}


def dotted(node):
    """a.b.c as text, or None for any other expression."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id] + parts[::-1]) if isinstance(node, ast.Name) else None


def longest_module(path):
    """The longest beginning of a dotted path that is an imported module."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in sys.modules:
            return ".".join(parts[:length])
    return None


def shadowed(line, needed):
    """"import a" beside "import a.b" says nothing more."""
    return line.startswith("import ") and " as " not in line and any(other.startswith(line + ".") for other in needed)


def table_of(op):
    """The table that an operation is about."""
    name, schema = table_name(op), getattr(op, "schema", None)
    return "%s.%s" % (schema, name) if name and schema else name


def sentence(op):
    """An operation in words."""
    table, what = table_of(op), kind(op)
    if what in SENTENCES:
        return SENTENCES[what](op, table)
    words = "".join(" " + c.lower() if c.isupper() else c for c in what.replace("Op", ""))
    return (words.strip() + " " + table).strip()


def named(op, attribute):
    """A name of an operation; the database chooses one where there is none."""
    return getattr(op, attribute, None) or "(unnamed)"


def alter(op, table):
    """What an alter column changes, in words."""
    changes = []
    if getattr(op, "modify_type", None) is not None:
        changes.append("type %r to %r" % (op.existing_type, op.modify_type))
    if getattr(op, "modify_nullable", None) is not None:
        changes.append("nullable" if op.modify_nullable else "not nullable")
    if getattr(op, "modify_server_default", False) is not False:
        changes.append("server default")
    if getattr(op, "modify_comment", False) is not False:
        changes.append("comment")
    return "alter column %s.%s: %s" % (table, op.column_name, ", ".join(changes) or "changed")


SENTENCES = {
    "CreateTableOp": lambda op, table: "add table " + table,
    "DropTableOp": lambda op, table: "remove table " + table,
    "AddColumnOp": lambda op, table: "add column %s.%s %r" % (table, op.column.name, op.column.type),
    "DropColumnOp": lambda op, table: "remove column %s.%s" % (table, op.column_name),
    "AlterColumnOp": alter,
    "CreateIndexOp": lambda op, table: "add index %s on %s" % (named(op, "index_name"), table),
    "DropIndexOp": lambda op, table: "remove index %s on %s" % (named(op, "index_name"), table),
    "CreateUniqueConstraintOp": lambda op, table: "add unique constraint %s on %s" % (named(op, "constraint_name"), table),
    "CreateForeignKeyOp": lambda op, table: "add foreign key %s on %s to %s" % (named(op, "constraint_name"), table, op.referent_table),
    "CreateCheckConstraintOp": lambda op, table: "add check constraint %s on %s" % (named(op, "constraint_name"), table),
    "DropConstraintOp": lambda op, table: "remove %s constraint %s on %s" % (op.constraint_type or "", named(op, "constraint_name"), table),
    "CreateTableCommentOp": lambda op, table: "change the comment of table " + table,
    "DropTableCommentOp": lambda op, table: "remove the comment of table " + table,
}
