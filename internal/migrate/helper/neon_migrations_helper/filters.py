"""What the filters of env.py leave out of a comparison, taken down as they are asked."""

import contextlib


@contextlib.contextmanager
def watched(context, rejected):
    """While this lasts, include_object and include_name of env.py tell what they turn down."""
    kept = {key: context.opts.get(key) for key in ("include_object", "include_name")}
    default = context.dialect.default_schema_name or "public"
    if kept["include_object"] is not None:
        context.opts["include_object"] = object_filter(kept["include_object"], default, rejected)
    if kept["include_name"] is not None:
        context.opts["include_name"] = name_filter(kept["include_name"], default, rejected)
    try:
        yield
    finally:
        context.opts.update(kept)


def object_filter(include, default, rejected):
    """include_object of env.py, with a witness."""

    def include_object(item, name, kind, reflected, compare_to):
        """As Alembic calls it."""
        keep = include(item, name, kind, reflected, compare_to)
        if not keep:
            table = item if kind == "table" else getattr(item, "table", None)
            schema = getattr(table, "schema", None) or default
            note(rejected, kind, schema, getattr(table, "name", "") or "", name)
        return keep

    return include_object


def name_filter(include, default, rejected):
    """include_name of env.py, with a witness."""

    def include_name(name, kind, parents):
        """As Alembic calls it."""
        keep = include(name, kind, parents)
        if not keep:
            schema = (name if kind == "schema" else parents.get("schema_name")) or default
            note(rejected, kind, schema, name if kind == "table" else parents.get("table_name") or "", name)
        return keep

    return include_name


def note(rejected, kind, schema, table, name):
    """Take one down, once."""
    one = {"kind": kind, "schema": str(schema), "table": str(table), "name": str(name or "")}
    if one not in rejected:
        rejected.append(one)
