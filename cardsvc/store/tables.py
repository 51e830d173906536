"""The tables of schema.sql as SQLAlchemy sees them; a test holds both, and the migrations, against each other."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: TIMESTAMPTZ on PostgreSQL, ISO 8601 text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text on SQLite, whose own type forgets the zone."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC, to the microsecond, so that text sorts as time. Raises ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to a moment in UTC."""
        if value is None:
            return None
        moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


metadata = MetaData()

home = Table(
    "home",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("setup_version", BigInteger, nullable=False),
)

log_head = Table(
    "log_head",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

staff = Table(
    "staff",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("staff_no", Text, primary_key=True),
    Column("shown_name", Text, nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("roles", Text, nullable=False),
    Column("county", Text),
    Column("password_hash", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("disabled_at", Moment),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("token_hash", Text, primary_key=True),
    Column("staff_no", Text, nullable=False),
    Column("form_token", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("closed_at", Moment),
    ForeignKeyConstraint(["home_id", "staff_no"], ["staff.home_id", "staff.staff_no"]),
)

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

funeral_case = Table(
    "funeral_case",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("county", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_log_no", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("shown_name", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("deceased_name_sealed", LargeBinary, nullable=False),
    Column("id_no_sealed", LargeBinary),
    Column("applicant_name_sealed", LargeBinary, nullable=False),
    Column("applicant_phone_sealed", LargeBinary, nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("id_no_blind", Text),
    Column("phone_blind", Text, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index("case_by_stage", "home_id", "stage", "case_no"),
    Index("case_by_change", "home_id", "changed_log_no"),
    Index("case_by_id_no", "home_id", "id_no_blind"),
)

case_word = Table(
    "case_word",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("word_blind", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
)

case_alias = Table(
    "case_alias",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("provisional_no", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
)

fact = Table(
    "fact",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    Index("fact_by_cause", "home_id", "cause", unique=True),
)

card = Table(
    "card",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("card_no", Text, primary_key=True),
    Column("uid", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("issue_no", BigInteger, nullable=False),
    Column("key_version", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("case_no", Text),
    Column("counter", BigInteger, nullable=False),
    Column("last_journal", Text),
    Column("last_seq", BigInteger),
    Column("changed_log_no", BigInteger, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index("card_by_uid", "home_id", "uid", unique=True),
    Index("card_by_change", "home_id", "changed_log_no"),
)

card_write = Table(
    "card_write",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("card_no", Text, primary_key=True),
    Column("counter", BigInteger, primary_key=True),
    Column("journal_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    ForeignKeyConstraint(["home_id", "card_no"], ["card.home_id", "card.card_no"]),
)

price_book = Table(
    "price_book",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("valid_from", Text, nullable=False),
    Column("body", Text, nullable=False),
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
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
    CheckConstraint("price_fen = waiver_fen + due_fen", name="line_adds_up"),
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
)

resource = Table(
    "resource",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
)

occupancy = Table(
    "occupancy",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "kind", "code"], ["resource.home_id", "resource.kind", "resource.code"]),
)

hall_booking = Table(
    "hall_booking",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("hall", Text, primary_key=True),
    Column("starts", Moment, primary_key=True),
    Column("case_no", Text, nullable=False),
)

mark = Table(
    "mark",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
)

permit = Table(
    "permit",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("permit", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
    Column("furnace", Text, nullable=False),
    Column("disc", Text, nullable=False),
    Column("journal_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Index(
        "permit_live_case",
        "home_id",
        "case_no",
        unique=True,
        postgresql_where=text("state = 'live'"),
        sqlite_where=text("state = 'live'"),
    ),
    Index(
        "permit_live_furnace",
        "home_id",
        "furnace",
        unique=True,
        postgresql_where=text("state = 'live'"),
        sqlite_where=text("state = 'live'"),
    ),
)

audit_link = Table(
    "audit_link",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("staff_no", Text),
    Column("digest", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

family_link = Table(
    "family_link",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("token_hash", Text, primary_key=True),
    Column("case_no", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    ForeignKeyConstraint(["home_id", "case_no"], ["funeral_case.home_id", "funeral_case.case_no"]),
)

family_view = Table(
    "family_view",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("cookie_hash", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    ForeignKeyConstraint(["home_id", "token_hash"], ["family_link.home_id", "family_link.token_hash"]),
)
