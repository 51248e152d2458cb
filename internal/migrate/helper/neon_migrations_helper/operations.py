"""Walking over the operations of a comparison."""


def flat(container):
    """All operations with the list that holds each, whatever containers they lie in."""
    found = []
    for op in list(container.ops):
        if hasattr(op, "ops"):
            found += flat(op)
        else:
            found.append((op, container))
    return found


def prune(container):
    """Drop containers that became empty."""
    for op in list(container.ops):
        if hasattr(op, "ops"):
            prune(op)
            if not op.ops:
                container.ops.remove(op)


def kind(op):
    """The class name of an operation."""
    return type(op).__name__


def table_name(op):
    """The name of the table that an operation is about, without its schema."""
    return getattr(op, "table_name", None) or getattr(op, "source_table", None) or ""


def metadatas(metadata):
    """target_metadata may be a list."""
    return list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]
