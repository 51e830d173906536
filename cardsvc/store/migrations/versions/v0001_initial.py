"""The first schema."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0001"
down_revision = None
SQL = Path(__file__).with_name("v0001_initial.sql")


def upgrade() -> None:
    """Every table of the first version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
