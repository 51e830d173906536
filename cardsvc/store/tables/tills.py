"""Till shifts, which cash belongs to which, and money of no case that they hold."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

_OPEN, _NOWHERE, _UNDECIDED = text("closed_at IS NULL"), text("shift_no IS NULL"), text("settled IS NULL")

till_shift = Table(
    "till_shift",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("shift_no", BigInteger, primary_key=True, autoincrement=False),
    Column("staff_no", Text, nullable=False),
    Column("drawer", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("float_fen", BigInteger, nullable=False),
    Column("opened_counts", Text, nullable=False),
    Column("closed_at", Moment),
    Column("closed_counts", Text),
    Column("counted_fen", BigInteger),
    Column("expected_fen", BigInteger),
    Column("why", Text),
    Column("closed_by", Text),
    Column("second", Text),
    Column("slip_fen", BigInteger),
    Column("slip_expected_fen", BigInteger),
    Column("slip_why", Text),
    ForeignKeyConstraint(["home_id", "staff_no"], ["staff.home_id", "staff.staff_no"]),
    CheckConstraint("float_fen >= 0", name="float_is_counted"),
    CheckConstraint(
        "(closed_at IS NULL) = (counted_fen IS NULL) AND (closed_at IS NULL) = (expected_fen IS NULL)"
        " AND (closed_at IS NULL OR counted_fen = expected_fen OR why IS NOT NULL)",
        name="close_is_counted",
    ),
    CheckConstraint(
        "(slip_fen IS NULL) = (slip_expected_fen IS NULL) AND (slip_fen IS NULL OR closed_at IS NOT NULL)"
        " AND (slip_fen IS NULL OR slip_fen = slip_expected_fen OR slip_why IS NOT NULL)",
        name="slip_is_told",
    ),
    Index("till_shift_of_cashier", "home_id", "staff_no", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    Index("till_shift_of_drawer", "home_id", "drawer", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    Index("till_shift_by_cashier", "home_id", "staff_no", "shift_no"),
)

till_taking = Table(
    "till_taking",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("staff_no", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("shift_no", BigInteger),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    ForeignKeyConstraint(["home_id", "shift_no"], ["till_shift.home_id", "till_shift.shift_no"]),
    Index("till_taking_of_shift", "home_id", "shift_no", "log_no"),
    Index("till_taking_since", "home_id", "log_no"),
    Index("till_taking_nowhere", "home_id", "log_no", postgresql_where=_NOWHERE, sqlite_where=_NOWHERE),
)

stray_money = Table(
    "stray_money",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False),
    Column("said_case_no", Text),
    Column("step", Text, nullable=False),
    Column("payer", Text),
    Column("means", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("station_id", Text, nullable=False),
    Column("slip", Text),
    Column("shift_no", BigInteger),
    Column("settled", Text),
    Column("settled_at", Moment),
    Column("settled_log_no", BigInteger),
    Column("settled_by", Text),
    Column("settled_second", Text),
    Column("settled_case_no", Text),
    Column("settled_shift_no", BigInteger),
    Column("reference", Text),
    ForeignKeyConstraint(["home_id", "shift_no"], ["till_shift.home_id", "till_shift.shift_no"]),
    ForeignKeyConstraint(["home_id", "settled_case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("amount_fen > 0", name="stray_is_positive"),
    CheckConstraint(
        "(settled IS NULL) = (settled_log_no IS NULL) AND (settled IS NULL) = (settled_by IS NULL)",
        name="stray_is_decided",
    ),
    Index("stray_money_once", "home_id", "cause", unique=True),
    Index("stray_money_open", "home_id", "log_no", postgresql_where=_UNDECIDED, sqlite_where=_UNDECIDED),
    Index("stray_money_of_shift", "home_id", "shift_no"),
    Index("stray_money_from_shift", "home_id", "settled_shift_no"),
)
