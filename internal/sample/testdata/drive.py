"""Runs alembic commands one after another in one process: importing SQLAlchemy once is what makes the tests quick.

usage: drive.py STEPS.json RESULTS.json

Beside alembic's own commands there is "schema", which reads the database's schema as lines of text.
"""

import json
import os
import pathlib
import sys

import psycopg
from alembic.config import CommandLine

SCHEMA = pathlib.Path(__file__).with_name("schema.sql").read_text()


def schema(url):
    with psycopg.connect(url) as connection:
        return {"schema": [line for (line,) in connection.execute(SCHEMA)]}


def run(arguments):
    try:
        CommandLine(prog="alembic").main(argv=arguments)
    except SystemExit as stop:  # what alembic does on its own errors
        return {"status": stop.code & 255}
    except Exception as error:
        cause = getattr(error, "orig", error)
        state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or ""
        return {"status": 1, "sqlstate": state, "error": str(error)}
    return {"status": 0}


steps, results = sys.argv[1:]
done = []
for step in json.load(open(steps)):
    os.environ["DATABASE_URL"] = step["url"]
    done.append(schema(step["url"]) if step["arguments"] == ["schema"] else run(step["arguments"]))
json.dump(done, open(results, "w"))
