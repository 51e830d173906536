"""What is shown: screens on the walls, and whatever else the whole day needed to be seen."""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, select, update

from cardsvc.core.board import live
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, Transfer, owed_by
from cardsvc.store import tables as t
from cardsvc.store.engine import statements
from cardsvc.store.working import CASE

revision = "0004"
down_revision = "0003"
SQL = Path(__file__).with_name("v0004_shown.sql")


def upgrade() -> None:
    """Columns and a table of the fourth version."""
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, SQL.read_text(encoding="utf-8")):
        connection.exec_driver_sql(statement)
    _fill(connection)


def _fill(connection: Connection) -> None:
    """What boards show of the cases that are there already."""
    c, moved = t.funeral_case.c, t.transfer.c
    owed: dict[tuple[str, CaseNo], int] = {}
    for row in connection.execute(select(moved.home_id, moved.case_no, moved.debit, moved.credit, moved.amount_fen)):
        one = Transfer(debit=Account(row.debit), credit=Account(row.credit), amount_fen=row.amount_fen, memo="")
        for number, fen in owed_by([(CaseNo(row.case_no), one)]).items():
            owed[row.home_id, number] = owed.get((row.home_id, number), 0) + fen
    for home_id, case_no, body in connection.execute(select(c.home_id, c.case_no, c.body)).all():
        shown = live(CASE.validate_json(body)).model_dump_json(exclude_defaults=True)
        where = (c.home_id == home_id, c.case_no == case_no)
        values = {"live": shown, "owed_fen": owed.get((home_id, CaseNo(case_no)), 0)}
        connection.execute(update(t.funeral_case).where(*where).values(values))
