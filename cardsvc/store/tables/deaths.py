"""What deaths stopped in the modules that pay, and what was told of which case."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_DUE = text("next_at IS NOT NULL")

module_death = Table(
    "module_death",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("module", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("case_no", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("telling", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("told_at", Moment, nullable=False),
    Column("undone_at", Moment),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index("module_death_of", "home_id", "case_no"),
)
module_death_told = Table(
    "module_death_told",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("person", Text),
    Column("telling", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("next_at", Moment),
    Column("faults", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index("module_death_told_of", "home_id", "person"),
    Index("module_death_told_due", "home_id", "next_at", postgresql_where=_DUE, sqlite_where=_DUE),
)
module_death_place = Table(
    "module_death_place",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, nullable=False),
    Column("case_no", Text, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)
