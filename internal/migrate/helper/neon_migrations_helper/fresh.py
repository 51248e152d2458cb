"""Compares in a process of its own where a revision has changed the models' metadata.

Some revisions reflect tables into the project's own metadata. In the process that ran them the
models then say what the database says, which no other process would find.
"""

import json
import os
import subprocess
import sys
import tempfile

from .drift import metadatas

DOOR = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "main.py")


class Models:
    """What the metadata looked like before the revisions ran."""

    def __init__(self):
        self.metadata = []
        self.before = None

    def remember(self, context):
        """Look at the models that env.py has imported."""
        metadata = context.opts.get("target_metadata")
        if metadata is not None:
            self.metadata = metadatas(metadata)
            self.before = self.shape()

    def touched(self):
        """Tell whether anything was added or taken away since."""
        return self.before is not None and self.before != self.shape()

    def shape(self):
        """Tables with their columns, and how much belongs to each."""
        return [
            (key, tuple(table.columns.keys()), len(table.constraints), len(table.indexes))
            for one in self.metadata
            for key, table in sorted(one.tables.items())
        ]


def compare(job, sink, answer):
    """Do Alembic's comparison and create the models, in another process; the answer takes both in."""
    other = dict(job, upgrade="", downgrade="", history=None, stairway=False)
    with tempfile.TemporaryDirectory() as place:
        names = [os.path.join(place, name) for name in ("job.json", "answer.json")]
        with open(names[0], "w", encoding="utf-8") as file:
            json.dump(other, file)
        fds = [fd for fd in (sink.fd, sink.resume_fd) if fd is not None]
        subprocess.run([sys.executable, DOOR] + names + [str(sink.fd)], pass_fds=fds, check=False)
        with open(names[1], encoding="utf-8") as file:
            found = json.load(file)
    if found.get("interrupted"):
        raise KeyboardInterrupt
    for part in ("drift", "models"):
        if part in found:
            answer[part] = found[part]
    if found.get("error") and job.get("drift"):
        answer["drift"] = dict(answer.get("drift") or {}, unjudged=found["error"])
    answer["warnings"] += [one for one in found["warnings"] if one not in answer["warnings"]]
    answer["warnings"].append("a revision changes the models' metadata; they were compared in a process of its own")
