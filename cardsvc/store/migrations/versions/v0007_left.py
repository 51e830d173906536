"""What the bureau's other work still lacked: files that kill who reads them, notes in two languages."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0007"
down_revision = "0006"
SQL = Path(__file__).with_name("v0007_left.sql")


def upgrade() -> None:
    """Columns of the seventh version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
