"""The user's Alembic project: its configuration and its revisions."""

import hashlib
import inspect
import os
import re
import sys
import time
import warnings

from . import flask_app


class Project:
    """An Alembic project that is loaded: its script directory and how to configure it."""

    def __init__(self, job, script, version):
        self.job = job
        self.script = script
        self.version = version

    def config(self, *command):
        """A Config as Alembic's own command line would build it for a command."""
        return make_config(self.job, command)

    def config_of_all(self, *command):
        """The same, with all databases of an env.py for several: a revision file is for all of them."""
        return whole_config(self.job, command)[0]


def load(job, answer):
    """Import Alembic, read the configuration, import the revisions."""
    started = time.time()
    import alembic
    import sqlalchemy
    from alembic.script import ScriptDirectory

    version = parse_version(alembic.__version__)
    answer["versions"] = {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "alembic": alembic.__version__,
        "sqlalchemy": sqlalchemy.__version__,
    }
    # Behind the installed packages, and after the import of Alembic: a directory
    # ./alembic of the project must not hide the library.
    sys.path.extend(path for path in job.get("extra_path", []) if path not in sys.path)
    answer["timings"]["import"] = time.time() - started

    started = time.time()
    script = ScriptDirectory.from_config(make_config(job, ("upgrade", "heads")))
    answer["problems"] = read_revisions(script)
    answer["timings"]["revisions"] = time.time() - started
    return Project(job, script, version)


class MissingParent(Exception):
    """A revision's down_revision is in no file."""


def read_revisions(script):
    """Read every revision file, and return what Alembic warned of on the way.

    Alembic tells of a missing or doubled revision as a warning alone; the failure that may
    follow is a bare KeyError.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            script.revision_map.heads
        except KeyError as failure:
            missing = [text for text in texts(caught) if "is not present" in text]
            raise MissingParent(missing[0] if missing else str(failure)) from failure
    for one in caught:
        sys.stderr.write("%s: %s\n" % (one.category.__name__, one.message))
    return [text for text in texts(caught) if text.startswith("Revision ")]


def texts(caught):
    """The texts of recorded warnings."""
    return [str(one.message) for one in caught]


def parse_version(text):
    """The first three numbers of a version."""
    numbers = []
    for part in text.split(".")[:3]:
        digits = "".join(c for c in part if c.isdigit())
        numbers.append(int(digits) if digits else 0)
    return tuple(numbers)


def make_config(job, command):
    """A Config for the one database that the job is about.

    An env.py made by "alembic init -t multidb" migrates all sections that the option "databases" names.
    The job's section is one of them then, and the other ones are left out.
    """
    config, several = whole_config(job, command)
    if several:
        config.set_main_option("databases", job["section"])
    return config


def whole_config(job, command):
    """The Config of the command line, and whether it is one for several databases."""
    config = alembic_config(job, job["section"], command)
    if job["section"] == "alembic" or config.get_main_option("script_location"):
        return config, False
    whole = alembic_config(job, "alembic", command)
    several = job["section"] in re.split(r",\s*", whole.get_main_option("databases") or "")
    return (whole, True) if several else (config, False)


def alembic_config(job, section, command):
    """Build Config through Alembic's own parser: -x, -n and cmd_opts as env.py expects them."""
    from alembic.config import CommandLine, Config

    arguments = ["-n", section]
    for name in ini_and_toml(job):
        arguments += ["-c", name]
    for value in job.get("x") or []:
        arguments += ["-x", value]
    options = CommandLine(prog="alembic").parser.parse_args(arguments + list(command))
    keywords = {"ini_section": section, "cmd_opts": options}
    if job.get("scripts"):  # a program that gives Alembic its configuration in code
        config = Config(**keywords)
        config.set_main_option("script_location", job["scripts"].replace("%", "%%"))
        return config
    # A Config without any file would read none at all; Alembic's command line names one always.
    keywords["file_"] = job.get("ini") or os.path.join(job["dir"], "alembic.ini")
    if "toml_file" in inspect.signature(Config.__init__).parameters:  # Alembic 1.16
        keywords["toml_file"] = job.get("toml") or os.path.join(job["dir"], "pyproject.toml")
    config = Config(**keywords)
    beside = flask_app.folder(job)
    if beside and not config.get_main_option("script_location"):
        config.set_main_option("script_location", beside.replace("%", "%%"))
    return config


def ini_and_toml(job):
    """The configuration files that were named or found, the ini first."""
    return [name for name in (job.get("ini"), job.get("toml")) if name][:1]


def graph(script, root):
    """The revision graph as plain values, newest first as Alembic walks it."""
    revisions = [describe(revision, root) for revision in script.walk_revisions()]
    return {"revisions": revisions, "heads": sorted(script.get_heads())}


def describe(revision, root):
    """One revision as plain values."""
    labels = getattr(revision, "_orig_branch_labels", None) or ()
    return {
        "id": revision.revision,
        "down": names(revision.down_revision),
        "depends_on": names(revision.dependencies),
        "labels": sorted(labels),
        "doc": (revision.doc or "").strip(),
        "path": shown_path(revision.path, root),
        "sha256": sha256(revision.path),
        "reversible": hasattr(revision.module, "downgrade"),
    }


def names(value):
    """Alembic's str | tuple | None as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def shown_path(path, root):
    """The path below the project, with slashes; the absolute one when it is elsewhere."""
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    if relative.startswith(os.pardir + os.sep):
        return path
    return relative.replace(os.sep, "/")


def sha256(path):
    """The hash of a file's bytes; empty when only its compiled form is there."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""
