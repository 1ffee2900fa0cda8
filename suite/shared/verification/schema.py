"""Whether tables, CHECKs, indexes and triggers are exactly the ones this version made."""

from collections.abc import Iterator

from suite.base.db import database, session
from suite.model.schema import schema_differences
from suite.shared.verification.finding import check


@check("schema")
def schema_is_complete() -> Iterator[tuple[str, str]]:
    """Name every dropped or changed trigger, constraint, index and table."""
    for difference in schema_differences(session().connection()):
        yield difference.split(" ", 2)[1], difference


@check("engine")
def engine_is_sound() -> Iterator[tuple[str, str]]:
    """SQLite's own integrity and foreign key checks."""
    if database().is_sqlite:
        for row in session().connection().exec_driver_sql("PRAGMA integrity_check(20)"):
            if row[0] != "ok":
                yield "file", str(row[0])
        for row in session().connection().exec_driver_sql("PRAGMA foreign_key_check"):
            yield str(row[0]), f"row {row[1]} points to a missing row of {row[2]}"
