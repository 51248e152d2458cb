"""The door of the helper: one job from a file, one answer into a file.

    python main.py JOB.json ANSWER.json EVENTS_FD

The answer never goes to standard output, because env.py and the models may print
there. Python 3.8 and newer.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def import_helper():
    """Import all of the helper, then take its directory off sys.path again.

    The user's code must see sys.path as the alembic command would leave it.
    """
    added = [entry for entry in sys.path if entry and os.path.abspath(entry) == HERE]
    for entry in added:
        sys.path.remove(entry)
    sys.path.insert(0, HERE)
    try:
        from neon_migrations_helper import jobs
    finally:
        sys.path.remove(HERE)
    return jobs


def read_job(path):
    """Read the job and remove it at once: it holds the address of the database."""
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    os.unlink(path)
    return job


def write_answer(path, answer):
    """Write the answer beside its place and move it there: whole or not at all."""
    with open(path + ".part", "w", encoding="utf-8") as file:
        json.dump(answer, file, default=str)
    os.replace(path + ".part", path)


def main():
    """Do the job; the exit status tells good (0), failed (1) or interrupted (130)."""
    jobs = import_helper()
    job_path, answer_path, events_fd = sys.argv[1], sys.argv[2], int(sys.argv[3])
    job = read_job(job_path)
    sys.argv = ["alembic"]  # what env.py expects to find there
    answer, status = jobs.do(job, events_fd)
    write_answer(answer_path, answer)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the user's modules left running must not keep us: what matters is done.
    os._exit(status)


if __name__ == "__main__":
    main()
