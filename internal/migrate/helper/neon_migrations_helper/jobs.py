"""The jobs that the helper can do, and the frame around each of them."""

import os
import sys
import time

from . import errors, events, exercise, probe, project, runner, static


def do(job, events_fd):
    """Do one job. Returns the answer and the exit status; a failure is an answer too."""
    started = time.time()
    answer = {"warnings": [], "timings": {}}
    sink = events.Sink(events_fd, events_fd + 1 if job.get("pauses") else None)
    where = errors.Place(job["dir"])
    try:
        os.chdir(job["dir"])
        JOBS[job["mode"]](job, answer, sink, where)
        status = 0
    except KeyboardInterrupt:
        answer["interrupted"] = True
        status = 130
    except BaseException as failure:  # SystemExit too: env.py may call sys.exit
        answer["error"] = errors.describe(failure, where)
        errors.print_trace(failure, where)
        status = 1
    answer["timings"]["total"] = time.time() - started
    return answer, status


def graph(job, answer, sink, where):
    """The revision graph by Alembic itself: imports every revision, needs no database."""
    where.phase = "load"
    loaded = project.load(job, answer)
    answer["graph"] = dict(project.graph(loaded.script, job["dir"]), problems=answer.pop("problems"))


def run(job, answer, sink, where):
    """Upgrade, drift and downgrade, as far as the job asks."""
    where.phase = "load"
    loaded = project.load(job, answer)
    answer["graph"] = dict(project.graph(loaded.script, job["dir"]), problems=answer.pop("problems"))
    runner.Runner(job, loaded, answer, sink, where).run()


def try_out(job, answer, sink, where):
    """What the models can do with the database."""
    where.phase = "load"
    loaded = project.load(job, answer)
    answer.pop("problems")
    exercise.Exercise(runner.Runner(job, loaded, answer, sink, where)).run()


JOBS = {
    "probe": lambda job, answer, sink, where: answer.update(probe.facts()),
    "static": lambda job, answer, sink, where: answer.update(graph=static.graph(job)),
    "graph": graph,
    "run": run,
    "exercise": try_out,
}
