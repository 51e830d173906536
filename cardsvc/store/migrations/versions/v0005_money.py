"""Money explained: price lists in draft, payment orders, accounts with floors, receipts, review, day close."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0005"
down_revision = "0004"
SQL = Path(__file__).with_name("v0005_money.sql")


def upgrade() -> None:
    """Columns and a table of the fifth version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
