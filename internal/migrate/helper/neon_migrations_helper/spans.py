"""Which line of which revision sent something to the database, and when.

SQLAlchemy tells of each statement before and after it; the Python stack of that moment
leads to the revision file. What goes past SQLAlchemy, over a cursor of the driver, lies
within the span of the whole upgrade function alone.
"""

import ast
import contextlib
import os
import sys
import time

from .project import shown_path

# One loop over two lines makes two spans a round; beyond this the last one stands for the rest.
MOST = 10000


class Spans:
    """The spans of an upgrade, each as the answer tells it."""

    def __init__(self, script, root):
        self.script = script
        self.root = root
        self.found = []
        self.running = None  # the revision whose upgrade function runs
        self.sent = None  # the span of the statement that is on its way
        self.paths = {}  # real paths by what code objects call their files
        self.sources = {}
        self.revisions = None

    def install(self):
        """Listen on the class: engines that exist and engines to come, sync and async."""
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "before_cursor_execute", lambda *told: self.begin())
        event.listen(Engine, "after_cursor_execute", lambda *told: self.end())
        event.listen(Engine, "handle_error", lambda context: self.end())

    @contextlib.contextmanager
    def during(self, revision):
        """While this lasts, the revision's upgrade function runs."""
        path = os.path.realpath(revision.path)
        whole = self.add(revision.revision, path, self.source(path).definition("upgrade"), "")
        self.running = (revision.revision, path)
        try:
            yield
        finally:
            self.end()
            whole["end"] = time.time_ns()
            self.running = None

    def begin(self):
        """A statement is about to be sent."""
        if self.running is None:
            return
        revision, own = self.running
        frame, inner = self.of_revision(own)
        if frame is None:
            return
        path = self.path(frame.f_code.co_filename)
        line, name = self.source(path).statement(frame.f_lineno), operation(inner)
        batched = batched_call(inner)
        if batched and self.path(batched[0]) == path:
            line, name = self.source(path).statement(batched[1]), batched[2]
        last = self.found[-1]
        if last["operation"] == name and (last["revision"], last["line"]) == (revision, line) and last["file"] == path:
            self.sent = last
            return
        self.sent = self.add(revision, path, line, name)

    def end(self):
        """The statement has ended, well or not."""
        if self.sent is not None:
            self.sent["end"] = time.time_ns()
            self.sent = None

    def add(self, revision, path, line, name):
        """A span that begins now."""
        now = time.time_ns()
        span = {"start": now, "end": now, "revision": revision, "file": path, "line": line, "operation": name,
                "path": shown_path(path, self.root)}
        if len(self.found) < MOST:
            self.found.append(span)
        else:
            self.found[-1] = span
        return span

    def of_revision(self, own):
        """The innermost frame in the running revision's file, else in that of any revision,
        and the frames that it called, outermost first."""
        passed, other = [], None
        for frame in frames(sys._getframe(2)):
            path = self.path(frame.f_code.co_filename)
            if path == own:
                return frame, passed[::-1]
            if other is None and path in self.known():
                other = (frame, passed[::-1])
            passed.append(frame)
        return other or (None, [])

    def known(self):
        """The files of all revisions."""
        if self.revisions is None:
            self.revisions = {os.path.realpath(one.path) for one in self.script.walk_revisions() if one.path}
        return self.revisions

    def path(self, name):
        """The real path of a code object's file."""
        if name not in self.paths:
            self.paths[name] = os.path.realpath(name)
        return self.paths[name]

    def source(self, path):
        """What is known of a file's text."""
        if path not in self.sources:
            self.sources[path] = Source(path)
        return self.sources[path]


def frames(frame):
    """The stack from a frame outwards. An async engine's work begins a stack of its own."""
    while frame is not None:
        yield frame
        frame = frame.f_back
    greenlet = sys.modules.get("greenlet")
    current = greenlet.getcurrent() if greenlet else None
    while current is not None:
        current = current.parent
        frame = current.gr_frame if current is not None else None
        while frame is not None:
            yield frame
            frame = frame.f_back


def operation(inner):
    """The op.* call that led to the statement: the outermost method of Alembic's Operations."""
    for frame in inner:
        if of_alembic(frame) and not frame.f_code.co_name.startswith("_"):
            return frame.f_code.co_name
        if frame.f_globals.get("__name__", "").startswith("sqlalchemy."):
            return "execute"
    return ""


def of_alembic(frame):
    """Tell whether a frame is one of Alembic's operations."""
    return frame.f_globals.get("__name__", "").startswith("alembic.operations")


def generated(frame):
    """Tell whether a frame's code was made at run time, as Alembic's functions in op are."""
    return frame.f_code.co_filename.startswith("<")


class Source:
    """The text of a revision file, as far as lines are concerned."""

    def __init__(self, path):
        try:
            with open(path, "rb") as file:
                self.tree = ast.parse(file.read())
        except (OSError, SyntaxError, ValueError):  # only its compiled form is there
            self.tree = ast.Module(body=[], type_ignores=[])
        self.first = {}
        for node in ast.walk(self.tree):  # outer ones before inner ones
            if isinstance(node, ast.stmt):
                for line in range(node.lineno, node.end_lineno + 1):
                    self.first[line] = node.lineno

    def statement(self, line):
        """The first line of the innermost statement that the line belongs to."""
        return self.first.get(line, line)

    def definition(self, name):
        """The line of a function's def; 1 where there is none."""
        lines = [n.lineno for n in self.tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        return lines[-1] if lines else 1


# --- batch operations ---------------------------------------------------------------------


class Noted(list):
    """The calls that a batch collects, with the frames that made them."""

    def __init__(self):
        super().__init__()
        self.callers = {}

    def append(self, call):
        """Note the stack of a call such as batch_op.add_column()."""
        frame, name = sys._getframe(1), ""
        while frame is not None and (of_alembic(frame) or generated(frame)):
            name, frame = frame.f_code.co_name, frame.f_back
        if frame is not None:
            self.callers[id(call[1])] = (frame.f_code.co_filename, frame.f_lineno, name)
        super().append(call)


def note_batches():
    """Let Alembic's batches collect their calls so; they are sent at the end of the with block."""
    from alembic.operations.batch import BatchOperationsImpl

    original = BatchOperationsImpl.__init__

    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)
        if type(getattr(self, "batch", None)) is list and not self.batch:
            self.batch = Noted()

    BatchOperationsImpl.__init__ = __init__


def batched_call(inner):
    """Line and name of the batch_op.* call that is being sent; nothing outside a batch."""
    for frame in inner:
        if frame.f_globals.get("__name__") == "alembic.operations.batch" and frame.f_code.co_name == "flush":
            seen = frame.f_locals
            calls = getattr(getattr(seen.get("self"), "batch", None), "callers", {})
            return None if seen.get("should_recreate") else calls.get(id(seen.get("arg")))
    return None
