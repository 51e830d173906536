"""When the modules' registers were asked about the person of a case."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_WAITING, _LOST = text("answered_at IS NULL"), text("lost IS NOT NULL")

register_ask = Table(
    "register_ask",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("turns", BigInteger, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("faults", Text, nullable=False),
    Column("lost", Text),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index("register_ask_waiting", "home_id", "next_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    Index("register_ask_lost", "home_id", "case_no", postgresql_where=_LOST, sqlite_where=_LOST),
)
