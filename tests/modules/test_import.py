"""Files of rows: every faulty cell is named, all rows are kept or none, whoever is killed or comes in between."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Wrong
from cardsvc.core.uploads import UploadState
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.handlers import commit_upload, import_rows, keep_row
from cardsvc.rows import keeping, paging, uploads
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.paging import Wanted
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.store import tables as t
from tests.modules.conftest import CLERK, COUNTY
from tests.support.home import ID_NO, Service
from tests.support.sample_module import MODULE, PART, THING
from tests.support.sheets import sheet

HEADS = ["county", "name", "样Kind [kind]", "Count", "fen", "样Day", "Moment [at]", "good", "place", "id_no", "phone"]
DAYS = date(2026, 6, 30)
LUCHENG = "330302"


def things(count: int, first: int = 1) -> Iterator[list[str | int]]:
    for n in range(first, first + count):
        yield [
            *("鹿城区" if n % 2 else "330303", f"第{n}件", "样A", n % 900, f"{n}.50", "2026-06-30", "2026-06-30 09:30"),
            *("是" if n % 3 else "no", "27.99412,120.65513", ID_NO if n % 50 == 0 else "", "" if n % 7 else "13800000000"),
        ]


def where(bureau: Service, record: Any = THING) -> Where:
    return Where(bureau.context.home_id, "sample", record)


def hand_in(
    bureau: Service, raw: bytes, record: Any = THING, by: StaffNo = CLERK, county: str | None = None
) -> Upload:
    found = import_rows.hand_in(
        bureau.context, where(bureau, record), io.BytesIO(raw), "表.xlsx", county, by, bureau.clock.now
    )
    assert isinstance(found, str), found
    return look(bureau, found)


def look(bureau: Service, upload_id: str) -> Upload:
    with bureau.context.engine.connect() as connection:
        found = uploads.one(connection, bureau.context.home_id, upload_id)
    assert found is not None
    return found


def checked(bureau: Service, raw: bytes, **more: Any) -> Upload:
    upload = hand_in(bureau, raw, **more)
    work_due(bureau.context)
    return look(bureau, upload.id)


def commit(bureau: Service, upload: Upload, by: StaffNo = CLERK, county: str | None = None) -> Upload | Refusal:
    found = import_rows.commit(bureau.context, upload.id, county, by, bureau.clock.now)
    if isinstance(found, Refusal):
        return found
    work_due(bureau.context)
    return look(bureau, upload.id)


def faults(upload: Upload) -> list[tuple[int, str, Wrong]]:
    return [(one.row, one.fault.column, one.fault.why) for one in upload.found.faults]


def kept(bureau: Service, record: Any = THING) -> list[Kept]:
    with bureau.context.engine.connect() as connection:
        return list(paging.every(connection, bureau.context.vault, where(bureau, record), Wanted(), 500))


def left(bureau: Service, upload: Upload) -> tuple[bool, int]:
    """Whether the content is still there, and how many rows are put aside."""
    with bureau.context.engine.connect() as connection:
        rows = select(func.count()).select_from(t.module_upload_row).where(t.module_upload_row.c.upload_id == upload.id)
        return uploads.content(connection, upload) is not None, connection.execute(rows).scalar_one()


def test_rows_of_a_file_are_checked_then_kept_in_its_order_with_their_secrets_sealed(bureau: Service) -> None:
    upload = checked(bureau, sheet([HEADS, *things(60)]))

    assert faults(upload) == []
    assert (upload.state, upload.total, upload.wrong) == (UploadState.READY, 60, 0)
    assert kept(bureau) == []
    assert left(bureau, upload) == (True, 60)
    done = commit(bureau, upload)
    assert isinstance(done, Upload)
    assert (done.state, done.done, left(bureau, done)) == (UploadState.DONE, 60, (False, 0))

    rows = kept(bureau)
    assert [one.values["name"] for one in rows] == [f"第{n}件" for n in range(1, 61)]
    one = rows[49]
    assert (one.county, one.made_by, one.version) == ("330303", CLERK, 1)
    assert (one.values["fen"], one.values["count"], one.values["twice"]) == (5050, 50, 100)
    assert (one.values["day"], one.values["at"]) == (DAYS, datetime(2026, 6, 30, 1, 30, tzinfo=UTC))
    assert (one.values["kind"], one.values["good"], one.values["state"]) == ("a", True, "draft")
    assert keeping.clear(bureau.context.vault, where(bureau), one, "id_no") == ID_NO
    assert ID_NO not in str(one.values["id_no"])
    with bureau.context.engine.connect() as connection:
        said = [(one.what, one.staff_no) for one in connection.execute(t.audit_link.select()) if one.subject == done.id]
    assert said == [("file handed in: sample/thing", CLERK), ("60 rows imported: sample/thing", CLERK)]


BAD: dict[str, Sequence[tuple[str, Wrong]]] = {
    "county": (("没有这个区", Wrong.COUNTY), ("", Wrong.COUNTY)),
    "name": (("", Wrong.MISSING), ("名" * 201, Wrong.TOO_LONG), ("第1件", Wrong.TWICE), ("a\tb\x85\x1fc", Wrong.UNPRINTABLE)),
    "样Kind [kind]": (("丙", Wrong.NOT_A_CHOICE),),
    "Count": (("1.5", Wrong.NOT_A_NUMBER), ("1001", Wrong.TOO_LARGE), ("-1", Wrong.TOO_SMALL)),
    "fen": (("1.005", Wrong.NOT_AN_AMOUNT),),
    "样Day": (("2026-02-30", Wrong.NOT_A_DATE),),
    "Moment [at]": (("明天", Wrong.NOT_A_MOMENT),),
    "good": (("也许", Wrong.NOT_YES_OR_NO),),
    "place": (("温州", Wrong.NOT_A_POINT),),
    "id_no": (("330302194001010011", Wrong.ID_NO),),
    "phone": (("电话", Wrong.PHONE),),
}
NAMES = ["county", "name", "kind", "count", "fen", "day", "at", "good", "place", "id_no", "phone"]


def spoilt(rows: list[list[str | int]], many: int) -> list[tuple[int, str, Wrong]]:
    """Put a bad cell in so many rows, of every kind in turn; what must be found."""
    kinds = [(column, text, why) for column in BAD for text, why in BAD[column] if "\x1f" not in text]
    expected = []
    for n in range(many):
        column, text, why = kinds[n % len(kinds)]
        row = 5 + n * (len(rows) - 5) // many
        at = HEADS.index(column)
        rows[row][at] = text
        expected.append((row + 2, NAMES[at], why))
    return expected


def test_every_bad_cell_is_named_and_nothing_is_kept_then_the_mended_file_is_kept_whole(
    bureau: Service, night: bool
) -> None:
    count = 50_000 if night else 2_000
    rows = list(things(count))
    expected = spoilt(rows, 500)

    upload = checked(bureau, sheet([HEADS, *rows]))

    assert (upload.state, upload.wrong) == (UploadState.FAULTY, 500)
    assert faults(upload) == expected
    assert left(bureau, upload)[1] <= 20
    assert commit(bureau, upload) == Refusal(Problem.UPLOAD_NOT_READY)
    assert kept(bureau) == []

    mended = checked(bureau, sheet([HEADS, *things(count)]))
    assert (mended.state, mended.wrong) == (UploadState.READY, 0)
    done = commit(bureau, mended)
    assert isinstance(done, Upload)
    assert (done.state, done.done) == (UploadState.DONE, count)
    assert len(kept(bureau)) == count
