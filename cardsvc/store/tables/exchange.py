"""Stations, their journals, and what they said."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

station = Table(
    "station",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("station_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index("station_number", "home_id", "number", unique=True),
)

enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("code_hash", Text, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    ForeignKeyConstraint(["home_id", "station_id"], ["station.home_id", "station.station_id"]),
)

journal = Table(
    "journal",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("journal_id", Text, primary_key=True),
    Column("station_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sealing_key", LargeBinary, nullable=False),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("heard_at", Moment),
    Column("unsent", BigInteger, nullable=False),
    Column("halted", Text),
    Column("revoked_at", Moment),
    Column("approved_at", Moment),
    Column("approved_by", Text),
    Column("revoked_why", Text),
    Column("epoch_seen", BigInteger, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(["home_id", "station_id"], ["station.home_id", "station.station_id"]),
)

record = Table(
    "record",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("journal_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("log_no", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_no", Text),
    Column("raw", LargeBinary, nullable=False),
    Column("sig", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    ForeignKeyConstraint(["home_id", "journal_id"], ["journal.home_id", "journal.journal_id"]),
    Index("record_by_outcome", "home_id", "outcome", "log_no"),
)
