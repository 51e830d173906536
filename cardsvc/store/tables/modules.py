"""What all civil-affairs modules share; the rows' own tables are made from their declarations (cardsvc/rows)."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Index, LargeBinary, Table, Text

from cardsvc.store.tables.kinds import Moment, metadata

module_grant = Table(
    "module_grant",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("staff_no", Text, primary_key=True),
    Column("module", Text, primary_key=True),
    Column("given_at", Moment, nullable=False),
    Column("given_by", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "staff_no"], ["staff.home_id", "staff.staff_no"]),
)
module_history = Table(
    "module_history",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("module", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("row_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("before", Text),
    Column("after", Text),
    Column("at", Moment, nullable=False),
    Column("staff_no", Text),
    Column("second_no", Text),
    Column("move", Text, nullable=False),
    Column("log_no", BigInteger, nullable=False),
)
module_link = Table(
    "module_link",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("token_hash", Text, primary_key=True),
    Column("module", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("row_id", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("until", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index("module_link_of", "home_id", "module", "record", "row_id"),
)
module_upload = Table(
    "module_upload",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("module", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("county", Text),
    Column("made_at", Moment, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("wrong", BigInteger, nullable=False),
    Column("faults", Text, nullable=False),
    Column("beat_at", Moment, nullable=False),
    Column("content", LargeBinary),
    Column("takes", BigInteger, nullable=False),
    Index("module_upload_of", "home_id", "module", "record", "made_at"),
)
module_upload_row = Table(
    "module_upload_row",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("upload_id", Text, primary_key=True),
    Column("row_no", BigInteger, primary_key=True, autoincrement=False),
    Column("row_id", Text, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["home_id", "upload_id"], ["module_upload.home_id", "module_upload.id"]),
)
module_figure = Table(
    "module_figure",
    metadata,
    Column("home_id", Text, primary_key=True),
    Column("module", Text, primary_key=True),
    Column("indicator", Text, primary_key=True),
    Column("first_day", Text, primary_key=True),
    Column("last_day", Text, primary_key=True),
    Column("target", BigInteger),
    Column("relation", Text, nullable=False),
    Column("bound", BigInteger),
    Column("withheld", Boolean),
    Column("note", Text, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("set_by", Text, nullable=False),
)
