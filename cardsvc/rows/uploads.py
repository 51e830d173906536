"""Files of rows that were handed in, and their rows as they were checked, until they are committed or dropped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.uploads import STANDING, WAITING, WORKING, Found, UploadState, found_in
from cardsvc.naming.cells import UNHELD
from cardsvc.store import tables as t

U, R = t.module_upload, t.module_upload_row
ABOUT = tuple(one for one in U.c if one.name != "content")
SHOWN = 50
"""The most files of a record's list."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file. `county` is whose rows it may bring, None for all; `beat_at` when its reader was last heard of,
    `takes` how often it was taken up for what is being done with it now. `digest`: of its content, keyed. `back_*`: by
    whom its rows are or were taken back, with whom, why; `restored_*`: so they are or were restored since.
    `known_on`: the local day of which it tells, YYYY-MM-DD; none: that on which its rows are kept.
    """

    home_id: HomeId
    id: str
    module: str
    record: str
    file_name: str
    county: str | None
    made_at: datetime
    made_by: StaffNo
    state: UploadState
    total: int
    done: int
    wrong: int
    found: Found
    beat_at: datetime
    takes: int
    digest: str = ""
    back_why: str | None = None
    back_by: StaffNo | None = None
    back_second: StaffNo | None = None
    back_at: datetime | None = None
    restored_why: str | None = None
    restored_by: StaffNo | None = None
    restored_second: StaffNo | None = None
    restored_at: datetime | None = None
    known_on: str | None = None

    @property
    def place(self) -> str:
        """What its content is bound to."""
        return f"module_upload/{self.id}"


class Overtaken(Exception):
    """Somebody else has taken a file, or dropped it: there is nothing left to do with it here."""


def _upload(row: Row[Any]) -> Upload:
    about = row._asdict()
    return Upload(**about | {"state": UploadState(about.pop("state")), "found": found_in(about.pop("faults"))})


def add(connection: Connection, upload: Upload, content: bytes) -> None:
    """A file that was handed in, encrypted."""
    row = {one.name: getattr(upload, one.name) for one in ABOUT if one.name != "faults"}
    connection.execute(U.insert().values(**row, faults=upload.found.as_text(), content=content))


def one(connection: Connection, home_id: HomeId, upload_id: str) -> Upload | None:
    """A file by its id."""
    if UNHELD.search(upload_id):
        return None
    row = connection.execute(select(*ABOUT).where(U.c.home_id == home_id, U.c.id == upload_id)).first()
    return _upload(row) if row is not None else None


def listed(connection: Connection, home_id: HomeId, module: str, record: str, county: str | None) -> list[Upload]:
    """The newest files of a record; of a county's people where somebody sees only theirs."""
    mine = (U.c.home_id == home_id, U.c.module == module, U.c.record == record)
    only = (U.c.county == county,) if county is not None else ()
    asked = select(*ABOUT).where(*mine, *only).order_by(U.c.made_at.desc(), U.c.id.desc()).limit(SHOWN)
    return [_upload(row) for row in connection.execute(asked)]


def same(connection: Connection, upload: Upload) -> Upload | None:
    """The newest file of the same record and content whose rows are kept, or may be: none that was taken back."""
    mine = (U.c.home_id == upload.home_id, U.c.module == upload.module, U.c.record == upload.record)
    stands = U.c.state.in_([one.value for one in STANDING])
    alike = (U.c.digest == upload.digest, U.c.digest != "", stands, U.c.id != upload.id)
    row = connection.execute(select(*ABOUT).where(*mine, *alike).order_by(U.c.made_at.desc()).limit(1)).first()
    return _upload(row) if row is not None else None


def waiting(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> int:
    """How many files of somebody may still bring rows."""
    open_ = [one.value for one in (*WORKING, UploadState.READY)]
    mine = (U.c.home_id == home_id, U.c.made_by == staff_no, U.c.state.in_(open_))
    return connection.execute(select(func.count()).select_from(U).where(*mine)).scalar_one()


def undecided(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> list[tuple[str, str, UploadState, int]]:
    """How many files of somebody wait for their decision: by module, record and state."""
    mine = (U.c.home_id == home_id, U.c.made_by == staff_no, U.c.state.in_([one.value for one in WAITING]))
    by = (U.c.module, U.c.record, U.c.state)
    asked = select(*by, func.count()).where(*mine).group_by(*by).order_by(*by)
    return [(module, record, UploadState(state), count) for module, record, state, count in connection.execute(asked)]


def due(connection: Connection, home_id: HomeId, silent_since: datetime) -> Upload | None:
    """The file that is to be worked on next: nobody has been heard of that does."""
    working = (U.c.home_id == home_id, U.c.state.in_([one.value for one in WORKING]), U.c.beat_at <= silent_since)
    row = connection.execute(select(*ABOUT).where(*working).order_by(U.c.made_at, U.c.id).limit(1)).first()
    return _upload(row) if row is not None else None


def old(connection: Connection, home_id: HomeId, before: datetime) -> list[Upload]:
    """Files that nobody has decided about since then."""
    left = (U.c.home_id == home_id, U.c.made_at < before, U.c.state.in_([one.value for one in WAITING]))
    return [_upload(row) for row in connection.execute(select(*ABOUT).where(*left))]


def changed(connection: Connection, upload: Upload, **to: Any) -> bool:
    """Change a file that is still as it was seen: its state, and when it was last worked on; False when it is not."""
    if "found" in to:
        to["faults"] = to.pop("found").as_text()
    return connection.execute(update(U).where(*_still(upload)).values(**to)).rowcount == 1


def put(connection: Connection, upload: Upload, **to: Any) -> None:
    """Change a file that is still as it was seen. Raises Overtaken when it is not."""
    if not changed(connection, upload, **to):
        raise Overtaken


def _still(upload: Upload) -> tuple[ColumnElement[bool], ...]:
    """That nobody has done anything with a file since it was seen."""
    same = (U.c.state == upload.state.value, U.c.beat_at == upload.beat_at)
    return (U.c.home_id == upload.home_id, U.c.id == upload.id, *same)


def content(connection: Connection, upload: Upload) -> bytes | None:
    """A file's encrypted content; None once it is wiped."""
    own = (U.c.home_id == upload.home_id, U.c.id == upload.id)
    return connection.execute(select(U.c.content).where(*own)).scalar_one_or_none()


def wipe(connection: Connection, upload: Upload) -> None:
    """Forget a file's content and its checked rows; what is known about it stays."""
    connection.execute(update(U).where(U.c.home_id == upload.home_id, U.c.id == upload.id).values(content=None))
    unstage(connection, upload)


def stage(connection: Connection, upload: Upload, rows: Iterable[tuple[int, str, str]]) -> None:
    """Rows as they will be: number in the file, id, and body."""
    own = {"home_id": upload.home_id, "upload_id": upload.id}
    made = [own | {"row_no": row_no, "row_id": row_id, "body": body} for row_no, row_id, body in rows]
    if made:
        connection.execute(R.insert(), made)


def faulty(connection: Connection, upload: Upload, but: int) -> None:
    """Forget what can no longer be committed: the content, and the checked rows but for the first ones."""
    connection.execute(update(U).where(U.c.home_id == upload.home_id, U.c.id == upload.id).values(content=None))
    unstage(connection, upload, but)


def unstage(connection: Connection, upload: Upload, but: int = 0) -> None:
    """Forget the checked rows, but for the first ones."""
    own = [R.c.home_id == upload.home_id, R.c.upload_id == upload.id]
    if but:
        left = staged(connection, upload, 0, but)
        own.append(R.c.row_no > (left[-1][0] if left else 0))
    connection.execute(delete(R).where(*own))


def staged(connection: Connection, upload: Upload, after: int, most: int) -> list[tuple[int, str, str]]:
    """The checked rows after a number in the file: number, id, body."""
    own = (R.c.home_id == upload.home_id, R.c.upload_id == upload.id, R.c.row_no > after)
    asked = select(R.c.row_no, R.c.row_id, R.c.body).where(*own).order_by(R.c.row_no).limit(most)
    return [(row.row_no, row.row_id, row.body) for row in connection.execute(asked)]
