"""Price lists, lines and transfers."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

OF_THE_HOME = "substr({}, 1, 5) IN ('till/', 'reven', 'carri')"
"""Says of a side of a transfer that its account is the home's: tills, revenue, what a merge carried over."""
OF_ANOTHER = "payer <> 'family'"
"""Says of a line that its due is not the family's. Both are said as they are here, or no index is used."""

price_book = Table(
    "price_book",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("valid_from", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_by", Text),
    Column("second", Text),
    Column("made_at", Moment),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

price_draft = Table(
    "price_draft",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("version", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_at", Moment),
    Column("ended_by", Text),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index(
        "price_draft_open",
        "home_id",
        "version",
        unique=True,
        sqlite_where=text("state = 'draft'"),
        postgresql_where=text("state = 'draft'"),
    ),
)

waiver_table = Table(
    "waiver_table",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("valid_from", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Moment),
    Column("made_by", Text),
    Column("second", Text),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

bill_line = Table(
    "bill_line",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("line_no", BigInteger, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("waiver_fen", BigInteger, nullable=False),
    Column("due_fen", BigInteger, nullable=False),
    Column("payer", Text, nullable=False),
    Column("waiver_payer", Text),
    Column("legal_basis", Text, nullable=False),
    Column("price_version", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reverses", BigInteger),
    Column("reverses_line", BigInteger),
    Column("waiver_source", Text),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("price_fen = waiver_fen + due_fen", name="line_adds_up"),
    Index("bill_line_by_item", "home_id", "item", "log_no", "line_no"),
    Index("bill_line_by_log", "home_id", "log_no", "line_no"),
    Index(
        "bill_line_reversed_once",
        "home_id",
        "case_no",
        "reverses",
        "reverses_line",
        unique=True,
        postgresql_where=text("reverses_line IS NOT NULL"),
        sqlite_where=text("reverses_line IS NOT NULL"),
    ),
    Index(
        "bill_line_of_payer",
        "home_id",
        "payer",
        "at",
        postgresql_where=text(OF_ANOTHER),
        sqlite_where=text(OF_ANOTHER),
    ),
    Index(
        "bill_line_of_bearer",
        "home_id",
        "waiver_payer",
        "at",
        postgresql_where=text("waiver_payer IS NOT NULL"),
        sqlite_where=text("waiver_payer IS NOT NULL"),
    ),
)

transfer = Table(
    "transfer",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("entry_no", BigInteger, primary_key=True),
    Column("debit", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("memo", Text, nullable=False),
    Column("cause", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("amount_fen > 0", name="amount_is_positive"),
    CheckConstraint("debit <> credit", name="accounts_differ"),
    Index("transfer_by_case", "home_id", "case_no"),
    *(
        Index(
            f"transfer_{side}_of_home",
            "home_id",
            side,
            "log_no",
            postgresql_where=text(OF_THE_HOME.format(side)),
            sqlite_where=text(OF_THE_HOME.format(side)),
        )
        for side in ("debit", "credit")
    ),
)

account = Table(
    "account",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("debit_fen", BigInteger, nullable=False, server_default="0"),
    Column("credit_fen", BigInteger, nullable=False, server_default="0"),
    Column("floor_fen", BigInteger, nullable=False, server_default="0"),
)
