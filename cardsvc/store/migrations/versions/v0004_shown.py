"""What is shown: screens on the walls, and whatever else the whole day needed to be seen."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0004"
down_revision = "0003"
SQL = Path(__file__).with_name("v0004_shown.sql")


def upgrade() -> None:
    """Columns and a table of the fourth version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
