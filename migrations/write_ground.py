"""Write the first version's statements for both engines; only until version 0.1 is released."""

from pathlib import Path

import suite.model  # noqa: F401 - every table
from suite.model.schema import schema_statements

HERE = Path(__file__).parent / "ground"

for dialect in ("sqlite", "postgresql"):
    statements = "\n-- next\n".join(schema_statements(dialect))
    (HERE / f"{dialect}.sql").write_text(statements + "\n", encoding="utf-8")
