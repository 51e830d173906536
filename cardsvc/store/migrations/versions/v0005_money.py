"""Money explained: price lists in draft, payment orders, accounts with floors, receipts, review, day close."""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, select

from cardsvc.core.ids import HomeId
from cardsvc.store import summing
from cardsvc.store import tables as t
from cardsvc.store.engine import statements

revision = "0005"
down_revision = "0004"
SQL = Path(__file__).with_name("v0005_money.sql")


def upgrade() -> None:
    """Columns and a table of the fifth version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
    _fill(connection)


def _fill(connection: Connection) -> None:
    """The summaries of what was posted before there were any."""
    guarded = ("revenue_day", "money_day", "tap_day", "account_spell", "standing_day", "standing_month")
    postgresql = connection.dialect.name == "postgresql"
    for word in ("DISABLE", "ENABLE"):
        if word == "ENABLE":
            for home_id in connection.execute(select(t.home.c.home_id)).scalars().all():
                summing.fill(connection, HomeId(home_id))
        for name in guarded if postgresql else ():
            connection.exec_driver_sql(f"ALTER TABLE {name} {word} TRIGGER USER")
