"""Cases, what happened to them, their cards, places and marks."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

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
    Column("second_contact_sealed", LargeBinary),
    Column("second_name_sealed", LargeBinary),
    Column("place_blind", Text),
    Column("live", Text, nullable=False, server_default=text("'{}'")),
    Column("owed_fen", BigInteger, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index("case_by_stage", "home_id", "stage", "case_no"),
    Index("case_by_change", "home_id", "changed_log_no"),
    Index("case_by_place", "home_id", "place_blind"),
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

earlier_value = Table(
    "earlier_value",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("case_no", Text, primary_key=True),
    Column("log_no", BigInteger, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
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
    Index("fact_by_log", "home_id", "log_no"),
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
    Column("kind", Text, nullable=False, server_default=text("'family'")),
    Column("staff_no", Text),
    Column("hot_reason", Text),
    Column("hot_at", Moment),
    ForeignKeyConstraint(["home_id"], ["home.home_id"]),
    Index(
        "card_by_uid",
        "home_id",
        "uid",
        unique=True,
        postgresql_where=text("state <> 'wiped'"),
        sqlite_where=text("state <> 'wiped'"),
    ),
    Index("card_by_change", "home_id", "changed_log_no"),
)

missing_record = Table(
    "missing_record",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("journal_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("card_no", Text, primary_key=True),
    Column("case_no", Text),
    Column("opened_log_no", BigInteger, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("resolved_at", Moment),
    ForeignKeyConstraint(["home_id", "card_no"], ["card.home_id", "card.card_no"]),
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

resource = Table(
    "resource",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("traits", Text, nullable=False, server_default=text("'{}'")),
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
    Index(
        "permit_live_disc",
        "home_id",
        "disc",
        unique=True,
        postgresql_where=text("state = 'live'"),
        sqlite_where=text("state = 'live'"),
    ),
)
