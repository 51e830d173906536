"""What stood on a day: since when each change of a row holds; and rows that were withdrawn."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0008"
down_revision = "0007"
SQL = Path(__file__).with_name("v0008_stood.sql")


def upgrade() -> None:
    """What is new in the eighth version, filled for what is there."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
