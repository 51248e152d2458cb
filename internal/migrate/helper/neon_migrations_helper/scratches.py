"""What is done in the empty databases, and on the way down and up again.

None of it can fail the run: what could not be done is part of the answer.
"""

import time

from . import errors, models

IRREVERSIBLE = (NotImplementedError, RuntimeError)


class Scratches:
    """The passes after the upgrade, each with a pause behind it."""

    def __init__(self, runner):
        self.runner = runner
        self.job = runner.job
        self.answer = runner.answer

    def run_models(self):
        """The models, once the upgrade has been looked at."""
        self.pause("upgraded", heads=self.answer["after"])
        if self.job.get("models"):
            self.aside("models", self.job["models"], self.create_models)

    def run(self):
        """The other passes that the job asks for."""
        if self.job.get("history") and self.answer["before"]:
            self.aside("history", self.job["history"], self.replay)
        if self.job.get("stairway"):
            self.stairway()

    def pause(self, kind, **facts):
        """Let whoever started us look at the databases."""
        self.runner.sink.pause(kind=kind, **facts)

    def aside(self, name, address, work):
        """Do work in another database, and come back."""
        started, scratch = time.time(), {"heads": [], "error": None}
        self.answer[name] = scratch
        self.runner.lead_to(address)
        try:
            scratch["error"] = self.attempt(name, lambda: work(scratch))
        finally:
            self.runner.lead_to(self.job["address"])
        scratch["seconds"] = time.time() - started
        self.pause(name, heads=scratch["heads"], error=scratch["error"])

    def attempt(self, phase, work):
        """Do work and describe its failure."""
        place = self.runner.place
        kept = (place.phase, place.revision)
        try:
            work()
            return None
        except (Exception, SystemExit) as failure:
            described = errors.describe(failure, place)
            errors.print_trace(failure, place)
            return dict(described, phase=phase)
        finally:
            place.phase, place.revision = kept

    def create_models(self, scratch):
        """The models in a database of their own."""

        def work(heads, context):
            models.create(context)
            return []

        self.runner.one_pass("models", work, ("upgrade", "heads"), dont_mutate=True)

    def replay(self, scratch):
        """The revisions from base to where the database was before."""
        target = tuple(self.answer["before"])

        def work(heads, context):
            steps = self.runner.project.script._upgrade_revs(target, heads)
            return [self.runner.measured(step, []) for step in steps]

        self.runner.one_pass("history", work, ("upgrade", "heads"), destination_rev=target)
        scratch["heads"] = list(target)

    # --- down and up again ----------------------------------------------------------------

    def stairway(self):
        """Down over the revisions that the upgrade applied, then up over those that went down."""
        self.answer["stairs"] = []
        applied = [step["revision"] for step in self.answer["applied"] if step["done"]]
        gone = []
        for revision in reversed(applied):
            if not self.stair(revision, "downgrade"):
                break
            gone.append(revision)
        for revision in reversed(gone):
            if not self.stair(revision, "upgrade"):
                return

    def stair(self, revision, direction):
        """One step; tells whether it could be taken."""
        started = time.time()
        stair = {"revision": revision, "direction": direction, "irreversible": False}

        def work():
            try:
                self.runner.one_pass(direction, lambda heads, context: [self.step(revision, direction)],
                                     (direction, revision), destination_rev=revision)
            except IRREVERSIBLE as failure:
                stair["irreversible"] = type(failure) in IRREVERSIBLE and direction == "downgrade"
                raise
            except AttributeError:
                stair["irreversible"] = not hasattr(self.revision(revision).module, "downgrade")
                raise

        stair["error"] = self.attempt(direction, work)
        stair["seconds"] = time.time() - started
        self.answer["stairs"].append(stair)
        self.pause("stair", revision=revision, direction=direction, error=stair["error"])
        return stair["error"] is None

    def revision(self, revision):
        """A revision of the project."""
        return self.runner.project.script.get_revision(revision)

    def step(self, revision, direction):
        """One step of Alembic's, whatever its plan would be."""
        from alembic.runtime.migration import MigrationStep

        make = MigrationStep.downgrade_from_script if direction == "downgrade" else MigrationStep.upgrade_from_script
        return self.runner.measured(make(self.runner.project.script.revision_map, self.revision(revision)), [])
