"""The numbered stock of receipts, and its counts by hand."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_ISSUED, _STOCK = text("case_no IS NOT NULL"), text("state = 'stock'")

receipt = Table(
    "receipt",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("family", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("held_by", Text),
    Column("case_no", Text),
    Column("drawn_at", Moment),
    Column("drawn_by", Text),
    Column("amount_fen", BigInteger),
    Column("body", Text),
    Column("void_at", Moment),
    Column("void_why", Text),
    Column("void_by", Text),
    Column("void_second", Text),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("state IN ('stock', 'drawn', 'void')", name="state_is_known"),
    CheckConstraint(
        "(case_no IS NULL) = (body IS NULL) AND (case_no IS NULL) = (drawn_at IS NULL)"
        " AND (case_no IS NULL) = (amount_fen IS NULL)"
        " AND (state <> 'drawn' OR case_no IS NOT NULL) AND (state <> 'stock' OR case_no IS NULL)"
        " AND (amount_fen IS NULL OR amount_fen > 0)",
        name="drawn_is_told",
    ),
    CheckConstraint(
        "(state = 'void') = (void_at IS NOT NULL)"
        " AND (state <> 'void' OR (void_why IS NOT NULL AND void_by IS NOT NULL AND void_second IS NOT NULL"
        " AND void_by <> void_second))",
        name="void_is_explained",
    ),
    Index("receipt_of_case", "home_id", "case_no", "family", "number", postgresql_where=_ISSUED, sqlite_where=_ISSUED),
    Index("receipt_by_state", "home_id", "family", "state", "number"),
    Index("receipt_kept", "home_id", "family", "held_by", "number", postgresql_where=_STOCK, sqlite_where=_STOCK),
)

receipt_count = Table(
    "receipt_count",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("family", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
