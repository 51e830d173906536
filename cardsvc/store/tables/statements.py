"""Statements to payers outside, the lines on them, and what came for them."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_LIVING, _RETURNED = text("gone IS NULL"), text("gone = 'returned'")
_LINE = ("home_id", "payer", "case_no", "log_no", "line_no")

statement = Table(
    "statement",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("draft_no", BigInteger, primary_key=True, autoincrement=False),
    Column("payer", Text, nullable=False),
    Column("first_day", Text, nullable=False),
    Column("last_day", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_by", Text),
    Column("ended_at", Moment),
    Column("number", BigInteger),
    Column("handed", Text),
    Column("log_no", BigInteger),
    Column("body", Text),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    CheckConstraint(
        "(state = 'sent') = (number IS NOT NULL) AND (state = 'sent') = (body IS NOT NULL)"
        " AND (state = 'draft') = (ended_by IS NULL) AND (state <> 'sent' OR made_by <> ended_by)",
        name="sent_whole",
    ),
    Index("statement_number", "home_id", "number", unique=True),
    Index("statement_of_state", "home_id", "state", "draft_no"),
)

statement_line = Table(
    "statement_line",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("draft_no", BigInteger, primary_key=True, autoincrement=False),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("line_no", BigInteger, primary_key=True),
    Column("payer", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("gone", Text),
    Column("gone_at", Moment),
    Column("gone_by", Text),
    Column("why", Text),
    Column("told_in", BigInteger),
    ForeignKeyConstraint(["home_id", "draft_no"], ["statement.home_id", "statement.draft_no"]),
    ForeignKeyConstraint(
        ["home_id", "case_no", "log_no", "line_no"],
        ["bill_line.home_id", "bill_line.case_no", "bill_line.log_no", "bill_line.line_no"],
    ),
    CheckConstraint("amount_fen > 0", name="asks_something"),
    CheckConstraint(
        "gone IS NULL OR gone_by IS NOT NULL AND (gone = 'returned') = (why IS NOT NULL)", name="returned_with_reason"
    ),
    Index("statement_line_living", *_LINE, unique=True, postgresql_where=_LIVING, sqlite_where=_LIVING),
    Index("statement_line_returned", *_LINE, postgresql_where=_RETURNED, sqlite_where=_RETURNED),
)

statement_payment = Table(
    "statement_payment",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True, autoincrement=False),
    Column("draft_no", BigInteger, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("received_on", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
    ForeignKeyConstraint(["home_id", "draft_no"], ["statement.home_id", "statement.draft_no"]),
    CheckConstraint("amount_fen > 0", name="something_came"),
    Index("statement_payment_once", "home_id", "reference", unique=True),
    Index("statement_payment_of", "home_id", "draft_no", "log_no"),
)
