"""Tables of the home's whole day: shifts, rules, clearances, certificates, trips, queue, temperatures, outbox."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

duty = Table(
    "duty",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("staff_no", Text, primary_key=True),
    Column("on_at", Moment, primary_key=True),
    Column("off_at", Moment),
    ForeignKeyConstraint(["home_id", "staff_no"], ["staff.home_id", "staff.staff_no"]),
    Index(
        "duty_open",
        "home_id",
        "staff_no",
        unique=True,
        postgresql_where=text("off_at IS NULL"),
        sqlite_where=text("off_at IS NULL"),
    ),
)

policy = Table(
    "policy",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("valid_from", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("second", Text, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

clearance = Table(
    "clearance",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("step", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
)

certificate = Table(
    "certificate",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("case_no", Text),
    Column("disc", Text),
    Column("drawn_at", Moment),
    Column("drawn_by", Text),
    Column("void_at", Moment),
    Column("void_why", Text),
    Column("held_by", Text),
    Column("void_by", Text),
    Column("void_second", Text),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index(
        "certificate_of_case",
        "home_id",
        "case_no",
        unique=True,
        postgresql_where=text("state = 'drawn'"),
        sqlite_where=text("state = 'drawn'"),
    ),
    Index("certificate_by_state", "home_id", "state", "number"),
)

certificate_count = Table(
    "certificate_count",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

trip = Table(
    "trip",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("vehicle", Text, nullable=False),
    Column("driver", Text, nullable=False),
    Column("mate", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("kilometres", BigInteger),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index(
        "trip_vehicle",
        "home_id",
        "vehicle",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index(
        "trip_driver",
        "home_id",
        "driver",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index(
        "trip_mate",
        "home_id",
        "mate",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
)

queue_place = Table(
    "queue_place",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("case_no", Text, nullable=False),
)

temperature = Table(
    "temperature",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("tenths", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("staff_no", Text),
)

body_count = Table(
    "body_count",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

collection_code = Table(
    "collection_code",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("code_hash", Text, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

outbox = Table(
    "outbox",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("entry_no", BigInteger, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("case_no", Text),
    Column("to_sealed", LargeBinary),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", BigInteger, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("error", Text),
    Index(
        "outbox_waiting",
        "home_id",
        "next_at",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)

reconciliation = Table(
    "reconciliation",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

drill = Table(
    "drill",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text, nullable=False),
    Column("body", Text, nullable=False),
)
