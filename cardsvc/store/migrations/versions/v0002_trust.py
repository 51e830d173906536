"""Cards that are lost, stations that two people approve, records that do not come."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0002"
down_revision = "0001"
SQL = Path(__file__).with_name("v0002_trust.sql")


def upgrade() -> None:
    """Columns and a table of the second version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
