"""Lay the ground: all tables, constraints, code rows and triggers of the first version."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

GROUND = Path(__file__).parent.parent / "ground"


def upgrade() -> None:
    """Run the statements written down for this engine."""
    connection = op.get_bind()
    content = (GROUND / f"{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in content.split("\n-- next\n"):
        connection.exec_driver_sql(statement)
