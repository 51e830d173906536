"""Business days, and what the database itself sums up by them."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text

from cardsvc.store.tables.kinds import metadata


def _sums(name: str, keys: str, sums: str) -> Table:
    return Table(
        name,
        metadata,
        *(Column(key, Text, primary_key=True) for key in ("home_id", *keys.split())),
        *(Column(one, BigInteger, nullable=False) for one in sums.split()),
    )


business_day = Table(
    "business_day",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("from_log_no", BigInteger, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index("business_day_begins", "home_id", "from_log_no", unique=True),
)
revenue_day = _sums(
    "revenue_day",
    "day item payer station price_version waiver_payer waiver_for",
    "entries price_fen waiver_fen due_fen",
)
money_day = _sums("money_day", "day means cashier memo", "entries in_fen out_fen")
standing_day = _sums("standing_day", "day kind since", "debit_fen credit_fen")
standing_month = _sums("standing_month", "month kind since", "fen")

tap_day = Table(
    "tap_day",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("station", Text, primary_key=True),
    Column("observed", BigInteger, primary_key=True),
    Column("entries", BigInteger, nullable=False),
)

account_spell = Table(
    "account_spell",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("since", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("until", Text, nullable=False),
    Index("account_spell_stands", "home_id", "kind", "until", "since", "account"),
)
