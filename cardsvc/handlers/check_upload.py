"""Check a file of rows, some at a time: each faulty cell is named, and what is right is put aside as it will be kept.

Any number of processes may: each says in `beat_at` that it is at work, and one that finds another there stops.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from cardsvc.context import Context
from cardsvc.core.ids import uuid7
from cardsvc.core.records import CITY, Fault, Record, Wrong
from cardsvc.core.uploads import KEPT, CellFault, Found, UploadState, in_row
from cardsvc.core.words import LANGUAGES, say
from cardsvc.documents import record_sheet
from cardsvc.documents.record_sheet import COUNTY, Line
from cardsvc.documents.safe_xlsx import RECORDS, Unsafe, UnsafeFile
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import importing, uploads
from cardsvc.rows.counties import CODES, counties_for
from cardsvc.rows.importing import Scope
from cardsvc.rows.keeping import Where, columns_of
from cardsvc.rows.sealed_file import opened
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.store.engine import Connection, transact

CHUNK = 500
"""Rows that are in memory together."""
SHOWN = 20
"""Rows that are put aside of a faulty file, to be looked at."""


@dataclass(slots=True)
class _Work:
    """A file that is being read, and what was found in it so far."""

    context: Context
    module: Module
    where: Where
    upload: Upload
    begun: datetime
    faults: list[CellFault] = field(default_factory=list)
    wrong: int = 0
    done: int = 0
    right: int = 0
    seen: dict[str, set[Any]] = field(default_factory=dict)
    "The unique values that have come, by column or columns."
    places: Counter[str] = field(default_factory=Counter)
    "How many places of each event its rows take."

    def note(self, faults: Iterable[CellFault]) -> None:
        for one in faults:
            self.wrong += 1
            if len(self.faults) < KEPT:
                self.faults.append(one)


def handle(context: Context, module: Module, record: Record, upload: Upload) -> UploadState:
    """Read a file that this process has taken (`upload` as it was changed then). Raises Overtaken."""
    work = _Work(context, module, Where(context.home_id, module.name, record), upload, upload.beat_at)
    with context.engine.connect() as connection:
        content = uploads.content(connection, upload)
    if content is None:
        raise Overtaken
    transact(context.engine, lambda connection: _begin(connection, upload))
    unread: tuple[str, ...] = ()
    try:
        sheet = record_sheet.read(opened(context.vault, upload.place, content), record, RECORDS)
        unread = sheet.unread
        work.note(in_row(sheet.row, sheet.faults))
        if not sheet.faults:
            while lines := list(islice(sheet.lines, CHUNK)):
                _keep(work, _checked(work, lines), sheet.total)
            if not work.done:
                raise UnsafeFile(Unsafe.EMPTY)
    except UnsafeFile as error:
        return _end(work, UploadState.FAULTY, Found(unsafe=error.why.value))
    state = UploadState.FAULTY if work.wrong else UploadState.READY
    return _end(work, state, Found(faults=tuple(work.faults), unread=unread))


def _begin(connection: Connection, upload: Upload) -> None:
    """Forget what an earlier reader put aside, if the file is still this process's: another may have read it whole."""
    uploads.put(connection, upload, beat_at=upload.beat_at)
    uploads.unstage(connection, upload)


def _checked(work: _Work, lines: Sequence[Line]) -> list[tuple[int, str, str]]:
    """The right ones of these rows: number, id, and body."""
    context, where, upload = work.context, work.where, work.upload
    counties, named = counties_for(upload.county), _counties()
    right: list[tuple[int, dict[str, Any]]] = []
    wrong: list[CellFault] = []
    with context.engine.connect() as connection:
        read = []
        for line in lines:
            county = line.texts.get(COUNTY, "").strip() or upload.county or ""
            read.append((line, line.texts | {COUNTY: named.get(county, county)}))
        links = _links(work, connection, [texts for _, texts in read], counties)
        for line, texts in read:
            lost = []
            for name, meant in links.items():
                text = texts.get(name, "").strip()
                found = meant.get((texts[COUNTY], text), text)
                texts[name] = "" if isinstance(found, Wrong) else found
                lost += [Fault(name, found)] if isinstance(found, Wrong) else []
            values, faults = cells.row(where.record, texts, counties)
            unnamed = tuple(Fault(one, Wrong.COLUMN_UNKNOWN) for one in line.nameless)
            names = {one.column for one in lost}
            faults = (*unnamed, *lost, *(one for one in faults if one.column not in names))
            if faults:
                wrong += in_row(line.row, faults)
            else:
                right.append((line.row, values))
        apart = list(importing.disagreed(connection, where, work.module, right, work.places))
        wrong += [CellFault(row, fault) for row, fault in apart]
        bad = {row for row, _ in apart}
        right = [(row, values) for row, values in right if row not in bad]
        doubled = _doubled(work, connection, right)
    work.done += len(lines)
    wrong += [CellFault(row, Fault(name, Wrong.TWICE)) for row, names in doubled.items() for name in names]
    work.note(sorted(wrong, key=lambda one: one.row))
    bits = 12 * len(where.record.columns)
    made = []
    for row, values in right:
        if row not in doubled:
            row_id = _row_id(row, work.begun, context.chance(7))
            columns = {COUNTY: values[COUNTY]} | columns_of(context.vault, where, row_id, values, context.chance(bits))
            made.append((row, row_id, importing.body_of(columns)))
    return made


def _counties() -> dict[str, str]:
    """The codes of counties by their names in all languages."""
    names = {say(one, f"county.{code}"): code for one in LANGUAGES for code in CODES}
    return names | {say(one, "records.city"): CITY for one in LANGUAGES}


def _links(
    work: _Work, connection: Connection, rows: Sequence[Mapping[str, str]], counties: Iterable[str]
) -> dict[str, dict[tuple[str, str], str | Wrong]]:
    """What the texts of each LINK mean in rows of each county; nothing in a county whose rows the file cannot bring."""
    found: dict[str, dict[tuple[str, str], str | Wrong]] = {}
    for column in importing.links(work.where):
        to = Where(work.context.home_id, work.module.name, work.module.record(column.of))
        meant = found.setdefault(column.name, {})
        for county in {one[COUNTY] for one in rows} & set(counties):
            texts = (one.get(column.name, "").strip() for one in rows if one[COUNTY] == county)
            scope = Scope(connection, work.context.vault, work.module, county)
            meant |= {(county, text): one for text, one in importing.linked(scope, to, texts).items()}
    return found


def _doubled(work: _Work, connection: Connection, rows: Sequence[tuple[int, dict[str, Any]]]) -> dict[int, list[str]]:
    """Rows with a unique value that an earlier row of the file has, or one of the table: by row, the columns."""
    doubled: dict[int, list[str]] = {}
    for column in work.where.record.columns:
        if not column.unique:
            continue
        keys = {
            row: importing.key(work.context.vault, column, values[column.name])
            for row, values in rows
            if values.get(column.name) is not None
        }
        taken = importing.taken(connection, work.where, column, keys.values())
        seen = work.seen.setdefault(column.name, set())
        for row, key in keys.items():
            if key in taken or key in seen:
                doubled.setdefault(row, []).append(column.name)
            seen.add(key)
    for names in work.where.record.together:
        wholes = {row: tuple(values.get(one) for one in names) for row, values in rows}
        keys = {row: one for row, one in wholes.items() if None not in one}
        taken, seen = (
            importing.alike(connection, work.where, names, keys.values()),
            work.seen.setdefault(str(names), set()),
        )
        for row, key in keys.items():
            if key in taken or key in seen:
                doubled.setdefault(row, []).append(names[-1])
            seen.add(key)
    return doubled


def _row_id(row: int, begun: datetime, chance: bytes) -> str:
    """An id in the order of the file: the row's number stands before what is chance (UUIDv7, RFC 9562 section 6.2)."""
    ordered = (row >> 8 & 0xFFF) << 64 | (row & 0xFF) << 54 | int.from_bytes(chance, "big") >> 2
    return uuid7(int(begun.timestamp() * 1000), ordered.to_bytes(10, "big")).hex


def _keep(work: _Work, right: Sequence[tuple[int, str, str]], total: int) -> None:
    """Put rows aside and say how far it is."""
    now = work.context.clock()
    aside = right if not work.wrong else right[: max(SHOWN - work.right, 0)]

    def act(connection: Connection) -> None:
        at = {"done": work.done, "total": max(total, work.done), "wrong": work.wrong, "beat_at": now}
        uploads.put(connection, work.upload, **at)
        uploads.stage(connection, work.upload, aside)

    transact(work.context.engine, act)
    work.right += len(aside)
    work.upload = replace(work.upload, beat_at=now)


def _end(work: _Work, state: UploadState, found: Found) -> UploadState:
    """What came out. Of a faulty file only the first rows are kept; they are never committed."""

    def act(connection: Connection) -> None:
        to = {"state": state.value, "done": work.done, "total": work.done, "wrong": work.wrong}
        uploads.put(connection, work.upload, **to, found=found)
        if state is UploadState.FAULTY:
            uploads.faulty(connection, work.upload, SHOWN)

    transact(work.context.engine, act)
    return state
