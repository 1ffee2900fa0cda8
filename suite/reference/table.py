"""Reading the tables of this folder."""

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of `name`.csv by column name."""
    with files("suite.reference").joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
