"""The revision graph without importing anything: for code that must not run.

Reads the assignments of revision, down_revision, depends_on and branch_labels from the
syntax tree of each file in the versions directories.
"""

import ast
import configparser
import os
import re

from . import flask_app
from .project import names, sha256, shown_path

FIELDS = ("revision", "down_revision", "depends_on", "branch_labels")
SKIPPED = {"__pycache__", "env.py", "__init__.py"}


class NoScripts(Exception):
    """The configuration names no directory of revisions that is there."""


def graph(job):
    """The graph as project.graph gives it; "problems" lists files that could not be read."""
    settings = read_settings(job)
    revisions, problems = [], []
    for path in files(settings, job["dir"]):
        try:
            one = read(path, job["dir"])
        except (SyntaxError, ValueError, OSError) as failure:
            problems.append("%s: %s" % (shown_path(path, job["dir"]), failure))
            continue
        if one and any(one["id"] == other["id"] for other in revisions):
            problems.append("Revision %s is present more than once" % one["id"])
        elif one:
            revisions.append(one)
    taken = {down for one in revisions for down in one["down"]}
    heads = sorted({one["id"] for one in revisions} - taken)
    return {"revisions": sorted(revisions, key=lambda one: one["id"]), "heads": heads, "problems": problems}


def read_settings(job):
    """script_location and its kin, from the ini file or from pyproject.toml."""
    if job.get("scripts"):
        return {"script_location": job["scripts"]}
    if job.get("ini"):
        parser = configparser.ConfigParser({"here": os.path.dirname(os.path.abspath(job["ini"]))})
        parser.read(job["ini"], encoding="utf-8")
        found = {}
        for name in (job["section"], "alembic"):  # the sections of an env.py for several databases name no scripts
            section = parser[name] if parser.has_section(name) and not found.get("script_location") else {}
            found.update((key, section.get(key)) for key in KEYS if section.get(key))
        beside = flask_app.folder(job)
        return dict({"script_location": beside}, **found) if beside else found
    return read_toml(job["toml"])


KEYS = ("script_location", "version_locations", "path_separator", "version_path_separator", "recursive_version_locations")


def read_toml(path):
    """[tool.alembic]; before Python 3.11 without a parser, the one line that matters."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        import tomllib
    except ImportError:
        found = re.search(r'^script_location\s*=\s*["\'](.+?)["\']', data.decode("utf-8"), re.M)
        table = {"script_location": found.group(1)} if found else {}
    else:
        table = tomllib.loads(data.decode("utf-8")).get("tool", {}).get("alembic", {})
    here = os.path.dirname(os.path.abspath(path))
    return {k: [replace_here(p, here) for p in v] if isinstance(v, list) else replace_here(v, here) for k, v in table.items()}


def replace_here(value, here):
    """%(here)s, which TOML has no notion of."""
    return value.replace("%(here)s", here) if isinstance(value, str) else value


def files(settings, root):
    """The revision files of all versions directories, sorted."""
    found = []
    deep = str(settings.get("recursive_version_locations", "")).lower() in ("true", "1", "yes", "on")
    for place in version_places(settings, root):
        for folder, folders, entries in os.walk(place):
            folders[:] = sorted(f for f in folders if f not in SKIPPED) if deep else []
            found += [os.path.join(folder, e) for e in sorted(entries) if e.endswith(".py") and e not in SKIPPED]
    return found


def version_places(settings, root):
    """The versions directories that the settings name and that are there."""
    script = located(settings.get("script_location") or "", root)
    named = settings.get("version_locations") or os.path.join(script, "versions")
    places = named if isinstance(named, list) else split(named, settings)
    there = [p for p in (located(place, root) for place in places) if os.path.isdir(p)]
    if not there:
        raise NoScripts("no directory of revisions: script_location is %r" % settings.get("script_location"))
    return there


def split(value, settings):
    """version_locations by its separator: Alembic's old default is space, comma or colon."""
    separator = settings.get("path_separator") or settings.get("version_path_separator")
    known = {"space": r"\s+", "newline": r"\n", "os": re.escape(os.pathsep), ":": ":", ";": ";"}
    return [part.strip() for part in re.split(known.get(separator, r"[\s,]+"), value) if part.strip()]


def located(place, root):
    """A path from the root of the project; "package:path" as Alembic reads it, unimported."""
    package, colon, inner = place.partition(":")
    if colon and not os.path.isabs(place):
        place = os.path.join(*(package.split(".") + [inner]))
        for base in (root, os.path.join(root, "src")):
            if os.path.isdir(os.path.join(base, place)):
                return os.path.join(base, place)
    return os.path.join(root, place)


def read(path, root):
    """One revision file as plain values; None when it defines no revision."""
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), filename=os.path.basename(path))
    values = dict(assignments(tree))
    if not isinstance(values.get("revision"), str):
        return None
    return {
        "id": values["revision"],
        "down": names(values.get("down_revision")),
        "depends_on": names(values.get("depends_on")),
        "labels": sorted(names(values.get("branch_labels"))),
        "doc": (ast.get_docstring(tree) or "").split("\n\n")[0].strip(),
        "path": shown_path(path, root),
        "sha256": sha256(path),
        "reversible": any(isinstance(n, ast.FunctionDef) and n.name == "downgrade" for n in tree.body),
    }


def assignments(tree):
    """The literals given to the four names at the top of a module, with or without types."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in FIELDS:
                yield target.id, ast.literal_eval(node.value)
