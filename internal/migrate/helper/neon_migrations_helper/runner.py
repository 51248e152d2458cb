"""Upgrade, drift and downgrade: passes over the user's env.py in one process.

Alembic hands its work to env.py as a function that is given the current revisions and
answers with the steps to run. Each pass swaps that function, so that connection,
transaction and filters are env.py's own (also async ones, and those for several schemas).
"""

import contextlib
import functools
import os
import time

from . import address, drift, flask_app, fresh, scratches, spans
from .guard import Guard
from .project import names

TO_BEFORE = "@before"


class NeverRan(Exception):
    """env.py was read, and asked for no migration."""


class NothingCommitted(Exception):
    """The steps ran, and a new connection sees nothing of them."""


class NotPostgres(Exception):
    """env.py migrates a database that is not PostgreSQL."""


class SeveralDatabases(Exception):
    """env.py migrates more than one database; there is one address."""


class Runner:
    """One run. Its answer grows as the passes go, so that a failure leaves what was known."""

    def __init__(self, job, project, answer, sink, place):
        self.job = job
        self.project = project
        self.answer = answer
        self.sink = sink
        self.place = place
        self.databases = set()
        self.schemas = set()
        self.guard = Guard(job["address"])
        self.models = fresh.Models()
        self.spans = spans.Spans(project.script, job["dir"])
        answer.update(before=[], after=[], applied=[], reverted=[], spans=self.spans.found)

    def run(self):
        """All passes that the job asks for."""
        self.prepare()
        with flask_app.context(self.env_text()):
            self.passes()

    def passes(self):
        """The passes one after another; the address is known and the guard is up."""
        if self.job.get("upgrade"):
            self.upgrade(self.job["upgrade"])
            self.sink.pause(kind="migrated", spans=self.spans.found)
        aside = scratches.Scratches(self)
        if self.models.touched() and (self.job.get("drift") or self.job.get("models")):
            self.look(False)
            fresh.compare(self.job, self.sink, self.answer)
        else:
            self.look(bool(self.job.get("drift")))
            aside.run_models()
        aside.run()
        if self.job.get("downgrade"):
            self.downgrade(self.job["downgrade"])

    def prepare(self):
        """Export the address and put up the guard, before any of the project's code runs."""
        scheme = address.choose_scheme(self.job.get("scheme"), self.configured_url(), self.env_text())
        self.answer.update(scheme=scheme, other_scheme=address.other_scheme(scheme))
        address.export(self.job["address"], self.job["url_variables"], scheme)
        self.guard.install()
        self.spans.install()
        spans.note_batches()

    def lead_to(self, place):
        """Work in another database from now on."""
        address.export(place, self.job["url_variables"], self.answer["scheme"])
        self.guard.lead_to(place)
        self.databases = set()

    def configured_url(self):
        """sqlalchemy.url of the configuration; it may hold what cannot be interpolated."""
        try:
            return self.project.config("upgrade", "heads").get_main_option("sqlalchemy.url")
        except Exception:
            return None

    def env_text(self):
        """The source of env.py; without one, Alembic complains in its own words later."""
        try:
            with open(os.path.join(self.project.script.dir, "env.py"), encoding="utf-8") as file:
                return file.read()
        except OSError:
            return ""

    def one_pass(self, phase, work, command, **options):
        """Run env.py once with work(heads, context) as what Alembic is to do."""
        from alembic.runtime.environment import EnvironmentContext

        self.place.phase = phase
        self.sink.send(event="phase", phase=phase)
        started, calls = time.time(), []

        def called(heads, context):
            calls.append(1)
            self.admit(context)
            return work(heads, context)

        config = self.project.config(*command)
        with EnvironmentContext(config, self.project.script, fn=called, as_sql=False, **options):
            self.project.script.run_env()
        self.answer["timings"][phase] = time.time() - started
        if not calls:
            raise NeverRan("env.py ran to its end and never called context.run_migrations()")

    def admit(self, context):
        """Look at what env.py is about to migrate, before the first step."""
        self.place.touched = True
        self.see_version_table(context)
        if context.dialect.name != "postgresql":
            raise NotPostgres("env.py connects to %s" % context.dialect.name)
        url = context.connection.engine.url
        self.databases.add((url.host, url.port, url.database))
        if len(self.databases) > 1:
            raise SeveralDatabases("env.py migrates %d databases" % len(self.databases))

    def see_version_table(self, context):
        """Tell where Alembic keeps the revision: projects may choose its name and schema."""
        schema = context.version_table_schema or context.dialect.default_schema_name
        table = {"schema": schema or "public", "name": context.version_table}
        tables = self.answer.setdefault("version_tables", [])
        if table not in tables:
            tables.append(table)

    # --- upgrade and downgrade ----------------------------------------------------------

    def upgrade(self, target):
        """Run the pending revisions; each one is measured."""

        def work(heads, context):
            self.see_before(heads, context)
            self.models.remember(context)
            steps = self.project.script._upgrade_revs(target, heads)
            self.sink.send(event="pending", revisions=[step.revision.revision for step in steps])
            return [self.measured(step, self.answer["applied"]) for step in steps]

        try:
            self.one_pass("upgrade", work, ("upgrade", target), destination_rev=target)
        except BaseException as failure:
            self.after_failure(failure)
            raise

    def see_before(self, heads, context):
        """Remember where the database stands, for each schema with a version table of its own.

        An env.py that calls twice for one schema shows the second time what we have just done.
        """
        schema = context.version_table_schema
        if schema in self.schemas:
            return
        self.schemas.add(schema)
        self.answer["before"] = merged(self.answer["before"], heads)

    def after_failure(self, failure):
        """Say what a failed upgrade left behind; its own failure must not hide the first."""
        if not self.place.touched or isinstance(failure, KeyboardInterrupt):
            return
        kept = (self.place.phase, self.place.revision)
        try:
            self.look(False)
        except Exception:
            self.answer["after"] = None
        finally:
            self.place.phase, self.place.revision = kept

    def look(self, with_drift):
        """Read the revisions over a new connection, and compare the models if asked."""
        self.answer["after"] = []

        def work(heads, context):
            self.answer["after"] = merged(self.answer["after"], heads)
            if with_drift:
                started = time.time()
                drift.look(self.project, context, heads, self.answer)
                self.answer["timings"]["compare"] = time.time() - started
            return []

        command = ("revision", "--autogenerate") if with_drift else ("current",)
        self.one_pass("drift" if with_drift else "current", work, command, dont_mutate=True)
        if not self.schemas:  # no upgrade came first
            self.answer["before"] = list(self.answer["after"])
        self.check_committed()

    def check_committed(self):
        """An env.py that starts a transaction of its own and leaves it loses everything."""
        applied = [step for step in self.answer["applied"] if step["done"]]
        failed = len(applied) < len(self.answer["applied"])
        if applied and not failed and self.answer["after"] == self.answer["before"]:
            raise NothingCommitted("%d revisions ran and none was committed" % len(applied))

    def downgrade(self, target):
        """Go back to a revision, to base, or to where the database was before."""

        def work(heads, context):
            steps = self.steps_down(target, heads)
            return [self.measured(step, self.answer["reverted"]) for step in steps]

        shown = "base" if target == TO_BEFORE else target
        self.one_pass("downgrade", work, ("downgrade", shown), destination_rev=shown)
        self.answer["after_downgrade"] = []

        def read(heads, context):
            self.answer["after_downgrade"] = merged(self.answer["after_downgrade"], heads)
            return []

        self.one_pass("downgraded", read, ("current",), dont_mutate=True)

    def steps_down(self, target, heads):
        """The steps down. Back to several revisions, or below a merge, Alembic's own
        "downgrade REVISION" stops at another place: it leaves the merged side applied."""
        script = self.project.script
        if target != TO_BEFORE and "," not in target:
            return script._downgrade_revs(target, heads)
        from alembic.runtime.migration import MigrationStep

        goal = self.answer["before"] if target == TO_BEFORE else target.split(",")
        ups = script._upgrade_revs(tuple(heads), tuple(goal)) if heads else []
        return [MigrationStep.downgrade_from_script(script.revision_map, up.revision) for up in reversed(ups)]

    def measured(self, step, done):
        """Wrap a step: which revision, how long, how many statements, how it ended."""
        original, revision = step.migration_fn, step.revision.revision
        direction = "upgrade" if step.is_upgrade else "downgrade"

        @functools.wraps(original)  # Alembic logs the function's name
        def measured_fn(*args, **kwargs):
            entry = {"revision": revision, "seconds": 0.0, "statements": 0, "done": False}
            done.append(entry)
            self.place.revision = revision
            self.sink.send(event="started", revision=revision, direction=direction)
            started, before = time.time(), self.guard.statements
            try:
                with self.spans.during(step.revision) if done is self.answer["applied"] else contextlib.nullcontext():
                    original(*args, **kwargs)
                entry["done"] = True
            finally:
                entry["seconds"] = time.time() - started
                entry["statements"] = self.guard.statements - before
                self.sink.send(event="finished" if entry["done"] else "failed", revision=revision,
                               direction=direction, seconds=entry["seconds"], statements=entry["statements"])
            self.place.revision = ""

        step.migration_fn = measured_fn
        return step


def merged(known, heads):
    """The revisions of several calls (one for each schema) as one sorted list."""
    return sorted(set(known) | set(names(heads)))
