"""Shifts, rules as data, clearances, certificates, trips, the furnace queue, temperatures, outbox."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0003"
down_revision = "0002"
SQL = Path(__file__).with_name("v0003_whole_day.sql")


def upgrade() -> None:
    """Columns and a table of the third version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
