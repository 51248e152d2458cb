"""The one database that may be reached, in the words of each driver."""

import importlib.util
import os
import re
import ssl
from urllib.parse import quote, urlencode

# What libpq calls the name that a plain postgresql:// stands for is up to SQLAlchemy:
# psycopg2 until 2.0, psycopg from 2.1 on.
SYNC = ["psycopg", "psycopg2", "pg8000"]
ASYNC = ["asyncpg", "psycopg"]

ASYNC_ENV = re.compile(r"\b(async_engine_from_config|create_async_engine|AsyncEngine|run_sync|asyncio\.run)\b")

# Ways to name a server, a database or a person besides the plain five; every one of them
# would compete with the address that we give.
RIVALS = [
    "dsn", "conninfo", "hostaddr", "service", "passfile", "dbname", "database", "unix_sock",
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "channel_binding",
    "target_session_attrs", "load_balance_hosts", "gssencmode", "direct_tls", "ssl", "ssl_context",
]


def installed(driver):
    """Tell whether a driver can be imported, without importing it."""
    return importlib.util.find_spec(driver) is not None


def default_driver():
    """The driver that SQLAlchemy takes for postgresql:// without a driver's name."""
    from sqlalchemy.dialects import postgresql

    return getattr(postgresql.dialect, "driver", "psycopg2")


def choose_scheme(wanted, configured_url, env_text):
    """Choose the scheme that env.py most likely needs, of what is installed.

    In this order: the caller's word; the driver that the configuration's own URL names;
    an async driver for an async env.py; postgresql:// itself where its driver is
    installed, because projects that rewrite the scheme start from it; any driver at all.
    """
    if wanted:
        return wanted
    named = re.match(r"postgres(?:ql)?\+(\w+)://", configured_url or "")
    if named and installed(named.group(1).replace("psycopg_async", "psycopg")):
        return "postgresql+" + named.group(1)
    if ASYNC_ENV.search(env_text or ""):
        for driver in ASYNC:
            if installed(driver):
                return "postgresql+" + driver
    if installed(default_driver()):
        return "postgresql"
    for driver in SYNC + ASYNC:
        if installed(driver):
            return "postgresql+" + driver
    return "postgresql"


def other_scheme(scheme):
    """What to try when env.py turns out to be of the other kind: sync for async and back."""
    driver = scheme.partition("+")[2] or default_driver()
    if driver == "asyncpg":
        return next(("postgresql+" + d for d in SYNC if installed(d)), "")
    return next(("postgresql+" + d for d in ASYNC if installed(d) and d != driver), "")


def url(address, scheme):
    """The address as a URL for SQLAlchemy with the given scheme."""
    driver = scheme.partition("+")[2]
    params = url_params(address.get("params") or {}, driver)
    who = quote(address["user"], safe="")
    if address.get("password"):
        who += ":" + quote(address["password"], safe="")
    place = "%s:%d" % (bracketed(address["host"]), address["port"])
    if address["host"].startswith("/"):
        place, params = "", dict(params, host=address["host"], port=address["port"])
    query = "?" + urlencode(params) if params else ""
    return "%s://%s@%s/%s%s" % (scheme, who, place, quote(address["database"], safe=""), query)


def bracketed(host):
    """An IPv6 address as URLs want it."""
    return "[%s]" % host if ":" in host else host


def url_params(params, driver):
    """libpq's parameters in the driver's words: asyncpg knows ssl alone, pg8000 none."""
    if driver == "asyncpg":
        return {"ssl": params["sslmode"]} if params.get("sslmode") else {}
    if driver == "pg8000":
        return {}
    return dict(params)


def export(address, variables, scheme):
    """Put the address into the environment under every name that code commonly reads."""
    for name in variables:
        os.environ[name] = url(address, scheme)
    plain = {
        "HOST": address["host"],
        "PORT": str(address["port"]),
        "USER": address["user"],
        "PASSWORD": address.get("password") or "",
    }
    for key, value in plain.items():
        os.environ["PG" + key] = value
        os.environ.setdefault("POSTGRES_" + key, value)  # the names of the postgres image
    os.environ["PGDATABASE"] = address["database"]
    os.environ.setdefault("POSTGRES_SERVER", address["host"])
    os.environ.setdefault("POSTGRES_DB", address["database"])
    if (address.get("params") or {}).get("sslmode"):
        os.environ["PGSSLMODE"] = address["params"]["sslmode"]


def forget_rivals():
    """Remove what libpq would put before the address: a .env file may have set it meanwhile."""
    for name in ("PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE"):
        os.environ.pop(name, None)


def arguments(address, driver, given):
    """The driver's connect arguments: what the project gave, led to our address."""
    kept = {key: value for key, value in given.items() if key not in RIVALS}
    kept.update(host=address["host"], port=address["port"], user=address["user"])
    kept["password"] = address.get("password") or None
    params = address.get("params") or {}
    if driver.startswith("psycopg"):
        return libpq_arguments(kept, address, params)
    kept["database"] = address["database"]
    kept.pop("options", None)  # libpq's alone
    if driver == "asyncpg" and params.get("sslmode"):
        kept["ssl"] = params["sslmode"]
    if driver == "pg8000":
        pg8000_arguments(kept, address, params)
    return kept


def libpq_arguments(kept, address, params):
    """psycopg2 and psycopg speak libpq's words; Neon's endpoint option would lead elsewhere."""
    kept["dbname"] = address["database"]
    options = " ".join(
        word for word in str(kept.get("options") or "").split() if not re.match(r"(endpoint|project)(=|%3D)", word)
    )
    kept.pop("options", None)
    kept.update(params)
    if options and "options" not in params:
        kept["options"] = options
    return kept


def pg8000_arguments(kept, address, params):
    """pg8000 takes a TLS context and names a socket apart."""
    if address["host"].startswith("/"):
        kept.pop("host")
        kept["unix_sock"] = "%s/.s.PGSQL.%d" % (address["host"], address["port"])
    mode = params.get("sslmode", "")
    if mode in ("require", "verify-ca", "verify-full"):
        context = ssl.create_default_context()
        context.check_hostname = mode == "verify-full"
        if mode == "require":
            context.verify_mode = ssl.CERT_NONE
        kept["ssl_context"] = context
