"""The bureau's other work: grants, history, links, uploads and what is said of figures."""

from pathlib import Path

from alembic import op

from cardsvc.store.engine import statements

revision = "0006"
down_revision = "0005"
SQL = Path(__file__).with_name("v0006_modules.sql")


def upgrade() -> None:
    """Tables of the sixth version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
