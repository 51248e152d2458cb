"""Flask-Migrate's shape: its env.py asks the application for everything, and only "flask db" has one."""

import contextlib
import os


def folder(job):
    """The directory of an ini file with env.py beside it: where script_location is when none is given.

    Flask-Migrate writes alembic.ini without it and sets it in its commands.
    """
    here = os.path.dirname(job.get("ini") or "")
    return here if here and os.path.isfile(os.path.join(here, "env.py")) else None


def wanted(env_text):
    """Tell whether env.py takes the current application and does not make its context itself."""
    return "current_app" in env_text and "app_context" not in env_text


@contextlib.contextmanager
def context(env_text):
    """While this lasts, there is an application if env.py wants one: the one that flask itself would load."""
    if not wanted(env_text):
        yield
        return
    from flask import cli

    cli.load_dotenv()  # .flaskenv commonly holds FLASK_APP; what is set already stays
    with cli.ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app().app_context():
        yield
