"""What a person has to look at on a bill, and what was decided about it."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text

from cardsvc.store.tables.kinds import Moment, metadata

_KEY = ("log_no", "line_no", "rule")

review_flag = Table(
    "review_flag",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("line_no", BigInteger, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("case_no", Text),
    Column("item", Text),
    Column("payer", Text),
    Column("station", Text),
    Column("caused_by", Text),
    Column("second", Text),
    Column("amount_fen", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("month", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("state", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index("review_flag_newest", "home_id", "state", *_KEY),
    Index("review_flag_by_amount", "home_id", "state", "amount_fen", *_KEY, "month", "item", "payer", "station"),
    Index("review_flag_by_rule", "home_id", "state", "rule", "log_no", "line_no"),
    Index("review_flag_by_item", "home_id", "state", "item", *_KEY),
    Index("review_flag_by_payer", "home_id", "state", "payer", *_KEY),
    Index("review_flag_by_station", "home_id", "state", "station", *_KEY),
    Index("review_flag_by_month", "home_id", "state", "month", *_KEY),
    Index("review_flag_of_case", "home_id", "state", "case_no", *_KEY),
)

review_decision = Table(
    "review_decision",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("flag_log_no", BigInteger, nullable=False),
    Column("flag_line_no", BigInteger, nullable=False),
    Column("rule", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["home_id", "flag_log_no", "flag_line_no", "rule"],
        ["review_flag.home_id", "review_flag.log_no", "review_flag.line_no", "review_flag.rule"],
    ),
    Index("review_decision_of_flag", "home_id", "flag_log_no", "flag_line_no", "rule", "log_no"),
)
