"""A copy of a company's database and the way back to it, on both engines."""

import shutil
from pathlib import Path

from sqlalchemy import create_engine

from suite.base.db import Database


class CompanyCopy:
    """What a company was like when the copy was made; nobody else may be connected then."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.file = folder / "company.db"
        self.name = f"copy_of_{database.url.database}"
        if database.is_sqlite:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        if database.is_sqlite:
            shutil.copy(database.url.database or "", self.file)
        else:
            self._administer(f"CREATE DATABASE {self.name} TEMPLATE {database.url.database}")

    def put_back(self) -> None:
        """Make the company what it was."""
        self.database.dispose()
        if self.database.is_sqlite:
            place = self.database.url.database or ""
            for leftover in (f"{place}-wal", f"{place}-shm"):
                Path(leftover).unlink(missing_ok=True)
            shutil.copy(self.file, place)
            return
        name = self.database.url.database
        self._administer(f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {self.name}")

    def drop(self) -> None:
        """Leave no second database behind."""
        if not self.database.is_sqlite:
            self._administer(f"DROP DATABASE {self.name}")

    def _administer(self, *statements: str) -> None:
        url = self.database.url.set(database="postgres", drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()
