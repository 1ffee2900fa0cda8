"""Serving a company on one machine: the demo when asked for, the pages, and the background work beside them."""

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from waitress.server import create_server

from suite.admin.demo import Login, make_demo
from suite.admin.migrate import is_empty
from suite.app import create_app
from suite.base import clock
from suite.base.db import Database
from suite.base.setting import environment
from suite.worker import start_embedded

LOGINS = Path("instance") / "demo_logins.json"
THREADS = 8


def serve(*, host: str, port: int, demo: bool) -> None:
    """Serve until told to stop; with `demo` an empty database first gets the demo company."""
    url = environment("SUITE_DATABASE_URL")
    make_folder(url)
    if demo and is_empty_database(url):
        say("Making the demo company; this takes less than a minute …")
        keep_logins(make_demo(url, as_of=clock.today()))
    app = create_app(url)
    stop_working = start_embedded(app.extensions["kontor"])
    server = create_server(app, host=host, port=port, threads=THREADS)
    say(f"Kontor is on http://{'127.0.0.1' if host == '0.0.0.0' else host}:{server.effective_port}")  # noqa: S104 - compared, not bound
    if demo:
        show_logins()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        server.close()
    finally:
        stop_working()


def make_folder(url: str) -> None:
    """Make the folder a SQLite file is to lie in."""
    database = Database(url)
    if database.is_sqlite and database.url.database:
        os.makedirs(Path(database.url.database).parent, exist_ok=True)


def is_empty_database(url: str) -> bool:
    """Whether the database has no table."""
    database = Database(url)
    found = is_empty(database)
    database.dispose()
    return found


def keep_logins(logins: Sequence[Login]) -> None:
    """Keep the demo's logins for the next start, readable only for whoever runs it."""
    LOGINS.parent.mkdir(exist_ok=True)
    LOGINS.unlink(missing_ok=True)
    descriptor = os.open(LOGINS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(logins_as_json(logins), file, indent=1)


def logins_as_json(logins: Sequence[Login]) -> list[dict[str, object]]:
    """The logins as `suite demo --json` prints them."""
    return [
        {"login": each.login, "password": each.password, "roles": list(each.roles), "role": each.roles[0]}
        for each in logins
    ]


def show_logins() -> None:
    """Print the demo's logins, one a line."""
    if not LOGINS.exists():
        say(f"The logins of this demo are not in {LOGINS}; they were shown when it was made.")
        return
    for row in json.loads(LOGINS.read_text(encoding="utf-8")):
        say(f"  {row['login']:<12} {row['password']:<20} {', '.join(row['roles'])}")


def say(text: str) -> None:
    """A line for whoever started it."""
    print(text, flush=True)
