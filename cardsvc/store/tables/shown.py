"""Tables of what is shown on walls: screens, and the names that families approved for them."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, LargeBinary, Table, Text

from cardsvc.store.tables.kinds import Moment, metadata

screen = Table(
    "screen",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("token_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("hall", Text),
    Column("title", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("revoked_at", Moment),
    Column("seen_at", Moment),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

hall_name = Table(
    "hall_name",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("name_sealed", LargeBinary),
    Column("log_no", BigInteger, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
)
