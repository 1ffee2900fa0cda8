"""Writes docs/data-model.md from the tables: `python -m tests.data_model`."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Table

import suite.model as model
from suite.base.db import Model
from suite.base.frozen import GUARDS

PAGE = Path(__file__).parent.parent / "docs" / "data-model.md"
# The heart of it: what the diagram shows.
DIAGRAM = """record party contact product price lead opportunity document document_line chain_link record_link line_progress
reservation stock_level stock_move journal_entry journal_line vat_entry open_item allocation payment event
archived_file record_file datev_batch""".split()


def data_model() -> str:
    """The page: a diagram of the heart, then every table with its columns, in the order of suite/model."""
    return (
        "\n".join([*_head(), *_diagram(), *(line for table in _tables() for line in _of_table(table))]) + "\n"
    )


def _head() -> Iterator[str]:
    yield "# The data model"
    yield ""
    yield "Generated from `suite/model`; `python -m tests.data_model` writes this page, a test keeps it true."
    yield ""
    yield "Amounts are whole numbers in the database: cents for money, millionths for prices and quantities, ten"
    yield "thousandths for percentages. *Final* tables are kept by triggers once their row is frozen, sealed or written."
    yield ""


def _diagram() -> Iterator[str]:
    yield "```mermaid"
    yield "erDiagram"
    for name in DIAGRAM:
        for key in sorted(Model.metadata.tables[name].foreign_keys, key=lambda key: key.parent.name):
            other = key.column.table.name
            if other in DIAGRAM:
                yield f"    {other} ||--o{{ {name} : {key.parent.name}"
    yield "```"
    yield ""


def _tables() -> list[Table]:
    return sorted(Model.metadata.tables.values(), key=lambda table: table.name)


def _of_table(table: Table) -> Iterator[str]:
    mapped = {each.__tablename__: each for each in vars(model).values() if hasattr(each, "__tablename__")}
    yield f"## {table.name}"
    yield ""
    sentence = (mapped[table.name].__doc__ or "").strip().split("\n")[0] if table.name in mapped else ""
    if _single(table.name):
        sentence = "What every document has; its kinds are classes over this one table."
    yield sentence + (" *Final.*" if table.name in GUARDS.by_table else "")
    yield ""
    yield "| column | type | |"
    yield "| --- | --- | --- |"
    for column in table.columns:
        notes = ["key"] if column.primary_key else []
        notes += [f"→ {key.column.table.name}" for key in column.foreign_keys]
        notes += [] if column.nullable or column.primary_key else ["required"]
        kind = type(column.type).__name__
        yield f"| `{column.name}` | {kind} | {', '.join(dict.fromkeys(notes))} |"
    yield ""


def _single(name: str) -> bool:
    return name == "document"


if __name__ == "__main__":
    PAGE.write_text(data_model(), encoding="utf-8")
