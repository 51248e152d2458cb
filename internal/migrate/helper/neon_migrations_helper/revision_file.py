"""The missing operations as a whole revision file, by the project's own template and names."""

import ast
import datetime
import hashlib
import os
import tempfile

MESSAGE = "what the models say"


def make(project, context, missing, answer):
    """Path and content, or nothing where the project's template wants more than we know."""
    try:
        return written(project, context, *missing)
    except Exception as failure:
        answer["warnings"].append("the revision file could not be written by the project's template (%s)" % type(failure).__name__)
        return None


def written(project, context, script, metadata, imports):
    """The file as alembic revision --autogenerate would write it."""
    from alembic import util
    from alembic.autogenerate import render
    from alembic.autogenerate.api import AutogenContext

    variables = {"config": project.config_of_all("revision", "--autogenerate")}
    up, down = context.opts.get("upgrade_token", "upgrades"), context.opts.get("downgrade_token", "downgrades")
    script.upgrade_ops.upgrade_token, script.downgrade_ops.downgrade_token = up, down
    autogen = AutogenContext(context, metadata=metadata)
    render._render_python_into_templatevars(autogen, script, variables)
    heads = tuple(sorted(project.script.get_heads()))
    revision = identity(heads, variables[up], variables[down])
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    folder = os.path.dirname(project.script.get_revision(heads[0]).path) if heads else project.script.versions
    path = project.script._rev_path(folder, revision, MESSAGE, today)
    variables.update(
        up_revision=revision, down_revision=heads[0] if len(heads) == 1 else heads or None, branch_labels=None,
        depends_on=None, create_date=today, comma=util.format_as_comma, message=MESSAGE,
    )
    return {"path": shown(path, project.job["dir"]), "content": with_imports(rendered(project.script, variables), imports)}


def identity(heads, up, down):
    """An id that the same operations have every time, so that a report stays the same."""
    text = repr((heads, up, down))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def rendered(script, variables):
    """The template's text; Alembic renders into files alone."""
    from alembic import util

    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "revision.py")
        util.template_to_file(os.path.join(script.dir, "script.py.mako"), path, script.output_encoding, **variables)
        with open(path, encoding="utf-8") as file:
            return file.read()


def with_imports(content, imports):
    """Add what the code needs and the template forgets, such as import sqlmodel, behind the docstring."""
    tree = ast.parse(content)
    there = {name for node in tree.body for name in bound(node)}
    lacking = [line for line in imports if not set(n for node in ast.parse(line).body for n in bound(node)) <= there]
    if not lacking:
        return content
    after = tree.body[0].end_lineno if ast.get_docstring(tree) is not None else 0
    lines = content.splitlines()
    return "\n".join(lines[:after] + [""] * bool(after) + lacking + lines[after:]) + "\n"


def bound(node):
    """The names that an import statement binds."""
    if not isinstance(node, (ast.Import, ast.ImportFrom)):
        return []
    return [alias.asname or alias.name.split(".")[0] for alias in node.names]


def shown(path, root):
    """The path below the project, with slashes."""
    return os.path.relpath(os.path.realpath(str(path)), os.path.realpath(root)).replace(os.sep, "/")
