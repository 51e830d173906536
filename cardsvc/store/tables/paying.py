"""Payment orders, what came for them, and days held against the provider's list or closed."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_LIVE, _WAITING = text("state IN ('asked', 'shown')"), text("closed_at IS NULL")
_OPEN = text("why IS NOT NULL AND settled IS NULL")

payment_order = Table(
    "payment_order",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("order_no", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("qr", Text, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("provider_ref", Text),
    Column("paid_log_no", BigInteger),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("amount_fen > 0", name="order_is_positive"),
    Index("payment_order_live", "home_id", "case_no", "payer", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
    Index("payment_order_ref", "home_id", "provider_ref", unique=True),
    Index("payment_order_waiting", "home_id", "next_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    Index("payment_order_of_case", "home_id", "case_no"),
)

payment_arrival = Table(
    "payment_arrival",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("provider_ref", Text, primary_key=True),
    Column("order_no", Text, nullable=False),
    Column("case_no", Text),
    Column("amount_fen", BigInteger, nullable=False),
    Column("paid_at", Moment, nullable=False),
    Column("heard_at", Moment, nullable=False),
    Column("log_no", BigInteger, nullable=False),
    Column("why", Text),
    Column("settled", Text),
    Column("settled_at", Moment),
    Column("settled_log_no", BigInteger),
    Column("settled_by", Text),
    Column("settled_second", Text),
    CheckConstraint("amount_fen > 0", name="arrival_is_positive"),
    Index("payment_arrival_open", "home_id", "heard_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
    Index("payment_arrival_of_order", "home_id", "order_no"),
    Index("payment_arrival_of_day", "home_id", "paid_at"),
)

payment_day = Table(
    "payment_day",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

day_close = Table(
    "day_close",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("log_no", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)
