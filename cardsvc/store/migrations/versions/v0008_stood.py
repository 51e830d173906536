"""What stood on a day: since when each change of a row holds; rows that were withdrawn; no number in a file's name."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

from cardsvc.naming.cells import unnumbered
from cardsvc.store.engine import statements

revision = "0008"
down_revision = "0007"
SQL = Path(__file__).with_name("v0008_stood.sql")


def upgrade() -> None:
    """What is new in the eighth version, filled for what is there."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
    named = connection.execute(text("SELECT home_id, id, file_name FROM module_upload")).all()
    masked = [{"home": one.home_id, "id": one.id, "name": unnumbered(one.file_name)} for one in named]
    if masked:
        connection.execute(
            text("UPDATE module_upload SET file_name = :name WHERE home_id = :home AND id = :id"), masked
        )
