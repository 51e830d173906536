"""The home, its people, its log, and the families' links."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text, text

from cardsvc.store.tables.kinds import Moment, metadata

home = Table(
    "home",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("setup_version", BigInteger, nullable=False),
    Column("hot_version", BigInteger, nullable=False, server_default=text("1")),
    Column("limits", Text, nullable=False, server_default=text("'{}'")),
)

log_head = Table(
    "log_head",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("log_no", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("day", Text, nullable=False, server_default=text("''")),
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
    Column("qualified_until", Text),
    Column("added_at", Moment),
    Column("first_by", Text),
    Column("first_at", Moment),
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
    Index(
        "audit_link_of_certificates",
        "home_id",
        "log_no",
        postgresql_where=text("substr(what, 1, 13) = 'certificates '"),
        sqlite_where=text("substr(what, 1, 13) = 'certificates '"),
    ),
    Index(
        "audit_link_of_receipts",
        "home_id",
        "log_no",
        postgresql_where=text("substr(what, 1, 9) = 'receipts '"),
        sqlite_where=text("substr(what, 1, 9) = 'receipts '"),
    ),
    Index(
        "audit_link_of_cards",
        "home_id",
        "subject",
        postgresql_where=text("substr(what, 1, 5) = 'card '"),
        sqlite_where=text("substr(what, 1, 5) = 'card '"),
    ),
    Index(
        "audit_link_of_prints",
        "home_id",
        "subject",
        postgresql_where=text("substr(what, 1, 8) = 'printed '"),
        sqlite_where=text("substr(what, 1, 8) = 'printed '"),
    ),
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
