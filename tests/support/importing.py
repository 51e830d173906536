"""Handing in files of rows of the sample module, and what came of them."""

import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Refusal
from cardsvc.core.records import Wrong
from cardsvc.handlers import import_rows
from cardsvc.rows import paging, uploads
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.rows.uploads import Upload
from cardsvc.store import tables as t
from tests.support.home import ID_NO, Service
from tests.support.sample_module import THING

CLERK = StaffNo("1052")
HEADS = ["county", "name", "样Kind [kind]", "Count", "fen", "样Day", "Moment [at]", "good", "place", "id_no", "phone"]
NAMES = ["county", "name", "kind", "count", "fen", "day", "at", "good", "place", "id_no", "phone"]
"""The columns of HEADS."""


def things(count: int, first: int = 1) -> Iterator[list[str | int]]:
    """Rows that are right."""
    for n in range(first, first + count):
        yield [
            *("鹿城区" if n % 2 else "330303", f"第{n}件", "样A", n % 900, f"{n % 9_000}.50", "2026-06-30"),
            *("2026-06-30 09:30", "是" if n % 3 else "no", "27.99412,120.65513", ID_NO if n % 50 == 0 else ""),
            "" if n % 7 else "13800000000",
        ]


def where(bureau: Service, record: Any = THING) -> Where:
    return Where(bureau.context.home_id, "sample", record)


def hand_in(
    bureau: Service,
    raw: bytes,
    record: Any = THING,
    by: StaffNo = CLERK,
    county: str | None = None,
    name: str = "表.xlsx",
) -> Upload:
    """A file that waits to be checked."""
    file = io.BytesIO(raw)
    found = import_rows.hand_in(bureau.context, where(bureau, record), file, name, county, by, bureau.clock.now)
    assert isinstance(found, str), found
    return look(bureau, found)


def look(bureau: Service, upload_id: str) -> Upload:
    with bureau.context.engine.connect() as connection:
        found = uploads.one(connection, bureau.context.home_id, upload_id)
    assert found is not None
    return found


def checked(bureau: Service, raw: bytes, **more: Any) -> Upload:
    """A file that was checked."""
    upload = hand_in(bureau, raw, **more)
    work_due(bureau.context)
    return look(bureau, upload.id)


def commit(
    bureau: Service,
    upload: Upload,
    by: StaffNo = CLERK,
    county: str | None = None,
    again: bool = False,
    second: StaffNo | None = None,
) -> Upload | Refusal:
    """A file that was let be kept, and whatever came of it."""
    found = import_rows.commit(bureau.context, upload.id, county, by, bureau.clock.now, again, second)
    if isinstance(found, Refusal):
        return found
    work_due(bureau.context)
    return look(bureau, upload.id)


def committed(bureau: Service, upload: Upload, **more: Any) -> Upload:
    found = commit(bureau, upload, **more)
    assert isinstance(found, Upload), found
    return found


def faults(upload: Upload) -> list[tuple[int, str, Wrong]]:
    return [(one.row, one.fault.column, one.fault.why) for one in upload.found.faults]


def kept(bureau: Service, record: Any = THING) -> list[Kept]:
    """The rows of the table, in the order of their ids."""
    with bureau.context.engine.connect() as connection:
        return list(paging.every(connection, bureau.context.vault, where(bureau, record), Wanted(), 500))


def left(bureau: Service, upload: Upload) -> tuple[bool, int]:
    """Whether the content is still there, and how many rows are put aside."""
    with bureau.context.engine.connect() as connection:
        rows = select(func.count()).select_from(t.module_upload_row).where(t.module_upload_row.c.upload_id == upload.id)
        return uploads.content(connection, upload) is not None, connection.execute(rows).scalar_one()
