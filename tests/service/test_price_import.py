"""A price list is brought by one person and published by another; what is bad in a file is named, and nothing kept."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cardsvc.core.facts import Quantity, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.price_rules import FOR_REVIEW, DraftState, Wrong
from cardsvc.core.prices import PriceBook, Tier
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.words import LANGUAGES, Language
from cardsvc.documents import price_sheet, safe_xlsx
from cardsvc.documents.price_sheet import Read
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.handlers import import_prices
from cardsvc.store import price_books
from cardsvc.store import tables as t
from cardsvc.store.opening import price_book
from tests.support.accounts import bill, lines
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
FIRST, SECOND, CLERK = StaffNo("1015"), StaffNo("1016"), StaffNo("1004")


def in_force(service: Service, after: timedelta = timedelta(0)) -> PriceBook:
    with service.context.engine.connect() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now + after)
    return book.model_copy(update={"waivers": ()})


def next_list(service: Service, **changes: Any) -> PriceBook:
    later = {"version": "WZ-2027-1", "valid_from": local(service.clock.now).date() + timedelta(days=1)}
    return in_force(service).model_copy(update=later | changes)


def dearer(book: PriceBook, **fen: int) -> PriceBook:
    items = (one.model_copy(update={"price_fen": fen.get(one.item, one.price_fen)}) for one in book.items)
    return book.model_copy(update={"items": tuple(items)})


def bring(service: Service, book: PriceBook | bytes, language: Language = "zh_CN", by: StaffNo = FIRST) -> Any:
    raw = book if isinstance(book, bytes) else price_sheet.write(book, language)
    return import_prices.bring(service.context, raw, by, service.clock.now)


def publish(service: Service, number: int, by: StaffNo = SECOND, seen: str | None = None) -> Any:
    with service.context.engine.connect() as connection:
        draft = price_books.draft(connection, service.context.home_id, number)
    assert draft is not None
    seen = seen if seen is not None else import_prices.digest(draft.book, in_force(service))
    return import_prices.publish(service.context, number, seen, by, service.clock.now)


def kept(service: Service) -> tuple[list[str], list[DraftState]]:
    with service.context.engine.connect() as connection:
        home = service.context.home_id
        versions = [one.book.version for one in price_books.versions(connection, home)]
        return versions, [one.state for one in price_books.drafts(connection, home)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_exported_is_read_back_the_same(service: Service, language: Language) -> None:
    book = next_list(service)
    tiers = tuple(Tier(from_day=day, price_fen=8_001 + day) for day in (2, 8, 31, 90))
    items = (one.model_copy(update={"tiers": tiers if one.item == "cold_storage" else ()}) for one in book.items)
    book = book.model_copy(update={"items": tuple(items), "valid_to": date(2027, 12, 31)})

    number = bring(service, book, language)

    assert isinstance(number, int), number
    with service.context.engine.connect() as connection:
        draft = price_books.draft(connection, service.context.home_id, number)
    assert draft is not None
    assert draft.book == book


def test_one_brings_another_publishes_and_the_versions_stay(service: Service) -> None:
    book = dearer(next_list(service), dressing=35_000)
    number = bring(service, book)
    assert kept(service) == (["WZ-2026-1"], [DraftState.DRAFT])

    assert publish(service, number, FIRST) == Refusal(Problem.FOUR_EYES, "set_rules")
    assert publish(service, number, CLERK) == Refusal(Problem.NOT_ALLOWED, "set_rules")
    assert publish(service, number, seen="0" * 64) == Refusal(Problem.FORM_EXPIRED)
    assert publish(service, number) == book

    assert kept(service) == (["WZ-2027-1", "WZ-2026-1"], [DraftState.PUBLISHED])
    assert publish(service, number) == Refusal(Problem.NOT_FOUND)
    assert in_force(service).version == "WZ-2026-1"
    assert in_force(service, timedelta(days=1)).version == "WZ-2027-1"
    with service.context.engine.connect() as connection:
        said = [one.what for one in connection.execute(t.audit_link.select()) if one.what.startswith("price list")]
        newest = price_books.versions(connection, service.context.home_id)[0]
    assert said == ["price list brought for 2026-11-02", "price list from 2026-11-02 with 1016"]
    assert (newest.made_by, newest.second, newest.made_at) == (FIRST, SECOND, service.clock.now)


def test_a_version_that_is_published_is_never_changed_or_removed(service: Service) -> None:
    for change in ("UPDATE price_book SET body = '{}'", "DELETE FROM price_book"):
        with pytest.raises(DBAPIError, match="append-only"), service.context.engine.begin() as connection:
            connection.execute(text(change))


def test_a_draft_is_withdrawn_and_its_version_is_free_again(service: Service) -> None:
    book = next_list(service)
    number = bring(service, book)
    assert [one.why for one in bring(service, book).faults] == [Wrong.VERSION_TAKEN]
    assert import_prices.withdraw(service.context, number, CLERK, service.clock.now) == Refusal(
        Problem.NOT_ALLOWED, "set_rules"
    )

    assert not isinstance(import_prices.withdraw(service.context, number, FIRST, service.clock.now), Refusal)

    assert publish(service, number) == Refusal(Problem.NOT_FOUND)
    again = bring(service, book)
    assert kept(service) == (["WZ-2026-1"], [DraftState.DRAFT, DraftState.WITHDRAWN])
    assert publish(service, again) == book


def test_who_may_not_set_rules_brings_nothing(service: Service) -> None:
    assert bring(service, next_list(service), by=CLERK) == Refusal(Problem.NOT_ALLOWED, "set_rules")
    assert kept(service) == (["WZ-2026-1"], [])


def test_a_draft_that_waits_past_its_first_day_or_beside_another_list_is_not_published(service: Service) -> None:
    late = bring(service, next_list(service))
    other = bring(service, dearer(next_list(service, version="B", valid_from=date(2026, 11, 1)), urn_basic=19_000))
    with service.context.engine.connect() as connection:
        draft = price_books.draft(connection, service.context.home_id, late)
    assert draft is not None
    seen = import_prices.digest(draft.book, in_force(service))
    assert not isinstance(publish(service, other), Refusal)

    assert publish(service, late, seen=seen) == Refusal(Problem.FORM_EXPIRED), "another list is in force by now"
    service.clock.forward(days=3)
    assert publish(service, late) == Refusal(Problem.PRICES_WRONG, "valid_from")


def test_two_who_publish_at_once_publish_once(service: Service) -> None:
    number = bring(service, next_list(service))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: publish(service, number), range(4)))
    assert sorted(isinstance(one, PriceBook) for one in done) == [False, False, False, True]
    assert kept(service)[0] == ["WZ-2027-1", "WZ-2026-1"]


@pytest.mark.parametrize(("signed", "version", "fen"), [(True, "WZ-2026-1", 30_000), (False, "WZ-2027-1", 35_000)])
def test_the_price_changes_at_local_midnight_and_a_signed_quote_keeps_its_list(
    service: Service, signed: bool, version: str, fen: int
) -> None:
    """Who signed before midnight is charged by the list that was signed; who did not, by the one in force."""
    one = Told.begun(service)
    one.go(*TO_STORAGE)
    if signed:
        one.does(Step.QUOTE, items=(Quantity(item="dressing", count=1),))
        one.does(Step.SIGN_QUOTE)
    day = local(service.clock.now).date() + timedelta(days=1)
    number = bring(service, dearer(next_list(service, valid_from=day), dressing=35_000))
    assert not isinstance(publish(service, number), Refusal)
    midnight = local(service.clock.now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    service.clock.forward(seconds=(midnight - service.clock.now).total_seconds() - 1)
    assert in_force(service).version == "WZ-2026-1", "a second before"
    service.clock.forward(seconds=1)
    assert in_force(service).version == "WZ-2027-1"

    for step in (Step.TAKE_OUT, Step.PREPARE, Step.PREPARED):
        one.does(step)

    with service.context.engine.connect() as connection:
        rows = connection.execute(t.bill_line.select().where(t.bill_line.c.item == "dressing")).all()
    assert [(row.price_version, row.price_fen) for row in rows] == [(version, fen)]
    assert one.case.price_version == ("WZ-2026-1" if signed else None)


def test_stations_learn_the_new_list_when_it_begins_and_in_the_shape_that_they_know(service: Service) -> None:
    station = service.station(StationKind.ARRANGEMENT)
    station.send([])
    number = bring(service, next_list(service))
    assert not isinstance(publish(service, number), Refusal)
    station.send([])
    assert station.known is not None
    assert station.known.setup.prices.version == "WZ-2026-1"

    service.clock.forward(days=1)
    station.send([])

    told = station.known.setup.prices
    assert told.version == "WZ-2027-1"
    assert not {name for one in told.model_dump(mode="json")["items"] for name in one} & set(FOR_REVIEW)
    assert station.send([]).delta is None, "told once"


BASKETS, HALL = Quantity(item="flower_baskets", count=1), Quantity(item="hall_large", count=1)


@pytest.mark.parametrize("items", [(HALL, BASKETS), (BASKETS, HALL)])
def test_a_quote_does_not_charge_what_its_hall_includes(service: Service, items: tuple[Quantity, ...]) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE)

    judgement = one.tries(Step.QUOTE, items=items)

    assert [(why.problem, why.detail.split()[0]) for why in judgement.reasons] == [
        (Problem.ITEM_INCLUDED, "花篮（一对）")
    ]
    assert "告别厅（大厅，含花篮）" in judgement.reasons[0].detail
    one.does(Step.QUOTE, items=(HALL,))


def test_a_hall_that_comes_later_takes_its_baskets_back(service: Service) -> None:
    """The baskets are quoted alone; the default hall, which includes them by a new list, is charged by its tap."""
    book = next_list(service, valid_from=local(service.clock.now).date())
    items = (one.model_copy(update={"includes": ("flower_baskets",) if one.item == "hall_small" else one.includes})
             for one in book.items)  # fmt: skip
    assert not isinstance(publish(service, bring(service, book.model_copy(update={"items": tuple(items)}))), Refusal)
    one = Told.begun(service)
    one.go(*TO_STORAGE)
    one.does(Step.QUOTE, items=(BASKETS,))
    one.does(Step.SIGN_QUOTE)
    one.go(Step.RESERVE, Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER)

    charged = [(item, fen) for item, fen, *_ in lines(service, one.case_no) if item in ("flower_baskets", "hall_small")]

    assert charged == [("flower_baskets", 20_000), ("flower_baskets", -20_000), ("hall_small", 60_000)]
    assert bill(service, one.case_no).due_fen == 60_000

    one.does(Step.VOID, StationKind.FAREWELL)

    again = [(item, fen) for item, fen, *_ in lines(service, one.case_no) if item in ("flower_baskets", "hall_small")]
    assert again == [*charged, ("hall_small", -60_000), ("flower_baskets", 20_000)], (
        "the tap's price pays for them no more"
    )
    assert bill(service, one.case_no).due_fen == 20_000
    one.does(Step.FAREWELL_OVER)
    assert bill(service, one.case_no).due_fen == 60_000, "and it takes them back again"


# What is bad in a file


def sheet(service: Service) -> Any:
    return load_workbook(io.BytesIO(price_sheet.write(next_list(service), "zh_CN")))


def saved(workbook: Any) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def cell(workbook: Any, row: int, name: str) -> Any:
    """A cell of an item (from 0) by its column's code."""
    active = workbook.active
    column = next(one.column for one in active[6] if str(one.value).endswith(f"[{name}]"))
    return active.cell(7 + row, column)


BAD_CELLS: list[tuple[str, object, Wrong]] = [
    ("price_fen", "三百", Wrong.UNREADABLE),
    ("price_fen", 330.005, Wrong.UNREADABLE),
    ("price_fen", -1, Wrong.UNREADABLE),
    ("price_fen", 300.01, Wrong.ABOVE_CAP),
    ("price_fen", None, Wrong.MISSING),
    ("cap_fen", None, Wrong.CAP_MISSING),
    ("low_fen", 1, Wrong.NOT_FOR_REGIME),
    ("regime", "随意", Wrong.UNREADABLE),
    ("trigger", "weekly", Wrong.UNREADABLE),
    ("item", "接运", Wrong.UNREADABLE),
    ("item", "cold_storage", Wrong.TWICE),
    ("legal_basis", None, Wrong.NO_BASIS),
    ("legal_basis", "x" * 201, Wrong.TOO_LONG),
    ("default", "maybe", Wrong.UNREADABLE),
    ("includes", "gold_urn", Wrong.INCLUDES_UNKNOWN),
    ("includes", "transport", Wrong.INCLUDES_IN_CIRCLE),
    ("waiver_units", 1.5, Wrong.UNREADABLE),
    ("tier1_from", 8, Wrong.UNREADABLE),
    ("period_days", 0, Wrong.UNREADABLE),
]


def test_a_bad_cell_is_named_by_its_row_and_column(service: Service) -> None:
    for name, value, why in BAD_CELLS:
        workbook = sheet(service)
        cell(workbook, 0, name).value = value

        read = bring(service, saved(workbook))

        assert isinstance(read, Read), (name, value)
        assert why in {one.why for one in read.faults}, (name, value, read.faults)
        assert {read.lines[one.row] for one in read.faults if one.row is not None} <= {7, 8}
    assert kept(service) == (["WZ-2026-1"], [])


BAD_HEADS: list[tuple[int, object, Wrong]] = [
    (1, None, Wrong.MISSING),
    (1, "WZ-2026-1", Wrong.VERSION_TAKEN),
    (1, "第 二 版", Wrong.UNREADABLE),
    (2, " ", Wrong.NO_BASIS),
    (3, "2026-10-31", Wrong.DAY_PAST),
    (3, "soon", Wrong.UNREADABLE),
    (4, "2026-11-01", Wrong.DAYS_ORDER),
]


def test_a_bad_head_is_named(service: Service) -> None:
    for row, value, why in BAD_HEADS:
        workbook = sheet(service)
        workbook.active.cell(row, 2).value = value

        assert [(one.row, one.why) for one in bring(service, saved(workbook)).faults] == [(None, why)], (row, value)


def test_every_bad_row_is_named_at_once_in_the_order_of_the_sheet(service: Service) -> None:
    workbook = sheet(service)
    cell(workbook, 9, "unit").value = None
    cell(workbook, 2, "price_fen").value = "x"
    cell(workbook, 3, "high_fen").value = 1

    read = bring(service, saved(workbook))

    assert [(read.lines[one.row], one.field) for one in read.faults] == [
        (9, "price_fen"),
        (10, "high_fen"),
        (16, "unit"),
    ]


def packed(raw: bytes, **more: bytes) -> bytes:
    """The file with parts added or put in place of its own; `__` in a name is a slash."""
    out = io.BytesIO()
    added = {name.replace("__", "/"): part for name, part in more.items()}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, part in added.items():
            new.writestr(name, part)
    return out.getvalue()


def with_formula(raw: bytes) -> bytes:
    workbook = load_workbook(io.BytesIO(raw))
    cell(workbook, 0, "price_fen").value = "=HYPERLINK(1)"
    return saved(workbook)


def with_merged(raw: bytes) -> bytes:
    workbook: Any = load_workbook(io.BytesIO(raw))
    workbook.active.merge_cells("A7:B7")
    return saved(workbook)


def with_link(raw: bytes) -> bytes:
    workbook = load_workbook(io.BytesIO(raw))
    cell(workbook, 0, "name_zh").hyperlink = "http://example.invalid/"
    return saved(workbook)


def with_rows(count: int, columns: int = 3) -> bytes:
    workbook = Workbook(write_only=True)
    active = workbook.create_sheet()
    for _ in range(count):
        active.append(["x"] * columns)
    return saved(workbook)


def far_row(raw: bytes) -> bytes:
    workbook: Any = load_workbook(io.BytesIO(raw))
    workbook.active.cell(1_048_576, 1).value = "x"
    return saved(workbook)


def lying(raw: bytes) -> bytes:
    """A bomb whose entry says that it is small."""
    bomb = bytearray(packed(raw, xl__worksheets__sheet1xml=b""))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b"<a>" + b" " * 200_000_000 if name == "xl/worksheets/sheet1.xml" else old.read(name))
    lied = bytearray(out.getvalue())
    size = (200_000_003).to_bytes(4, "little")
    while (at := lied.find(size)) >= 0:
        lied[at : at + 4] = (1_000).to_bytes(4, "little")
    return bytes(lied)


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><sst>&b;</sst>'
HOSTILE: dict[str, tuple[Callable[[bytes], bytes], Unsafe]] = {
    "formula": (with_formula, Unsafe.FORMULAS),
    "merged cells": (with_merged, Unsafe.MERGED),
    "hyperlink": (with_link, Unsafe.LINKS),
    "external link": (lambda raw: packed(raw, xl__externalLinks__one=b"<x/>"), Unsafe.LINKS),
    "embedded object": (lambda raw: packed(raw, xl__embeddings__one=b"x"), Unsafe.LINKS),
    "macros": (lambda raw: packed(raw, **{"xl__vbaProject.bin": b"x"}), Unsafe.MACROS),
    "old macros": (lambda raw: packed(raw, **{"xl__macrosheets__sheet1.xml": b"<x/>"}), Unsafe.MACROS),
    "entities": (lambda raw: packed(raw, **{"xl__sharedStrings.xml": ENTITY}), Unsafe.NOT_XLSX),
    "other alphabet": (lambda raw: packed(raw, **{"xl__styles.xml": "<a/>".encode("utf-16")}), Unsafe.NOT_XLSX),
    "bomb": (lambda raw: packed(raw, **{"xl__media__one.png": bytes(60_000_000)}), Unsafe.UNPACKS_TOO_LARGE),
    "bomb that lies": (lying, Unsafe.NOT_XLSX),
    "many parts": (lambda raw: packed(raw, **{f"a{n}": b"" for n in range(300)}), Unsafe.UNPACKS_TOO_LARGE),
    "elements without end": (
        lambda raw: packed(raw, **{"xl__styles.xml": b"<a/>" * 600_000}),
        Unsafe.TOO_MANY_ROWS,
    ),
    "too large": (lambda raw: raw + bytes(safe_xlsx.PRICES.size), Unsafe.TOO_LARGE),
    "too many rows": (lambda raw: with_rows(1_001), Unsafe.TOO_MANY_ROWS),
    "a row far down": (far_row, Unsafe.TOO_MANY_ROWS),
    "too many columns": (lambda raw: with_rows(3, 61), Unsafe.TOO_MANY_COLUMNS),
    "cut off": (lambda raw: raw[: len(raw) // 2], Unsafe.NOT_XLSX),
    "another zip": (lambda raw: packed(b"PK\x05\x06" + bytes(18), a=b"b"), Unsafe.NOT_XLSX),
    "broken XML": (lambda raw: packed(raw, **{"xl__workbook.xml": b"<workbook"}), Unsafe.NOT_XLSX),
}


def test_a_hostile_file_is_not_opened_says_why_and_takes_little_memory(service: Service) -> None:
    good = price_sheet.write(next_list(service), "zh_CN")
    for name, (make, why) in HOSTILE.items():
        raw = make(good)
        tracemalloc.start()

        answer = bring(service, raw)

        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert answer == Refusal(Problem.SHEET_UNSAFE, why), name
        assert peak < 80_000_000, name
    assert kept(service) == (["WZ-2026-1"], [])


def test_text_that_begins_like_a_formula_is_exported_as_text(service: Service) -> None:
    book = next_list(service)
    book = book.model_copy(update={"legal_basis": '=cmd|"/c calc"!A1'})
    number = bring(service, book)
    assert isinstance(number, int), number
    with service.context.engine.connect() as connection:
        draft = price_books.draft(connection, service.context.home_id, number)
    assert draft is not None
    assert draft.book.legal_basis == '=cmd|"/c calc"!A1'


# 2,000 bad lists

Spoil = tuple[str, object, Wrong]
CELLS: list[Spoil] = [
    *(("price_fen", value, Wrong.UNREADABLE) for value in cast("list[object]", ["x", -1, 1.5, [], None])),
    *(("waiver_units", value, Wrong.UNREADABLE) for value in cast("list[object]", ["x", -1, 1.5, [], None])),
    *(("regime", value, Wrong.UNREADABLE) for value in cast("list[object]", ["free", 7, None, ""])),
    *(("trigger", value, Wrong.UNREADABLE) for value in cast("list[object]", ["never", [], "QUOTED"])),
    *(("item", value, Wrong.UNREADABLE) for value in cast("list[object]", ["", "a b", "价", "x" * 33, 5])),
    *((name, " ", Wrong.MISSING) for name in ("name_zh", "name_en", "unit")),
    ("legal_basis", "\t", Wrong.NO_BASIS),
    ("legal_basis", "依" * 201, Wrong.TOO_LONG),
    ("extra_fen", -5, Wrong.UNREADABLE),
    ("price_fen", 10**10, Wrong.UNREADABLE),
    ("includes", ["nothing_such"], Wrong.INCLUDES_UNKNOWN),
    ("surprise", 1, Wrong.COLUMN_UNKNOWN),
]


def spoilt_list_is_refused(service: Service, good: str, data: st.DataObject) -> None:
    book = json.loads(good)
    row = data.draw(st.integers(0, len(book["items"]) - 1), "row")
    item = book["items"][row]
    kind = data.draw(st.sampled_from(["cell", "gone", "regime", "circle", "twice", "head"]), "kind")
    match kind:
        case "cell":
            name, value, why = data.draw(st.sampled_from(CELLS))
            item[name] = value
        case "gone":
            why = Wrong.MISSING
            del item[data.draw(st.sampled_from(["item", "name_zh", "unit", "regime", "trigger", "price_fen"]))]
        case "regime":
            why = _against_its_regime(item, data.draw(st.integers(1, 10**6), "fen"))
        case "circle":
            why, item["includes"] = Wrong.INCLUDES_IN_CIRCLE, [item["item"]]
        case "twice":
            why = Wrong.TWICE
            book["items"].append(item)
        case _:
            name, value, why = data.draw(
                st.sampled_from(
                    [
                        ("version", "WZ-2026-1", Wrong.VERSION_TAKEN),
                        ("version", "a b", Wrong.UNREADABLE),
                        ("valid_from", "2026-10-31", Wrong.DAY_PAST),
                        ("valid_from", None, Wrong.UNREADABLE),
                        ("valid_to", "2026-11-01", Wrong.DAYS_ORDER),
                        ("legal_basis", " ", Wrong.NO_BASIS),
                        ("items", [], Wrong.NO_ITEMS),
                    ]
                )
            )
            book[name] = value

    read = bring(service, json.dumps(book).encode())

    assert isinstance(read, Read), book
    assert why in {one.why for one in read.faults}, (kind, read.faults)


def _against_its_regime(item: dict[str, Any], fen: int) -> Wrong:
    match item["regime"]:
        case "administrative":
            item["cap_fen"] = fen
            return Wrong.NOT_FOR_REGIME
        case "guided":
            item["price_fen"] = item["cap_fen"] + fen
            return Wrong.ABOVE_CAP
        case _:
            item["price_fen"] = item["high_fen"] + fen
            return Wrong.OUTSIDE_RANGE


def test_of_two_thousand_bad_lists_none_is_kept_and_each_has_its_reason(service: Service) -> None:
    good = next_list(service).model_dump_json()
    most = 2_000 if service.context.engine.dialect.name == "sqlite" else 100

    @settings(max_examples=most, deadline=None, database=None)
    @given(data=st.data())
    def each(data: st.DataObject) -> None:
        spoilt_list_is_refused(service, good, data)

    each()
    assert kept(service) == (["WZ-2026-1"], [])


def test_a_bill_says_what_list_it_was_made_with(service: Service) -> None:
    one = Told.begun(service)
    one.go(Step.DISPATCH, Step.COLLECT)
    with service.context.engine.connect() as connection:
        assert {row.price_version for row in connection.execute(t.bill_line.select())} == {"WZ-2026-1"}
