"""Whatever modules are found: each cell is looked at, each list finds and sorts as declared, each change is told."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from admin_web.records import At, wanted_of
from cardsvc import modules
from cardsvc.api.access import Signed
from cardsvc.core.figures import EMPTY, FILLED
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.plug import discover
from cardsvc.core.records import CITY, Column, Fault, Flow, Kind, Move, Record, Value, Values, Wrong
from cardsvc.core.words import LANGUAGES
from cardsvc.handlers import keep_row, move_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows import keeping, paging
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import transact
from tests.service.conftest import founded
from tests.support import module_rows
from tests.support.desk import Desk
from tests.support.home import Service

__all__ = ["founded"]
MODULES = discover(modules, "MODULE", Module)
every_module = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
LEADER, SECOND = StaffNo("1051"), StaffNo("1052")
SEED, ROWS, SIZE, COUNTY = 20260701, 24, 10, "330324"
TRIES = 20_000
WRONG: Mapping[Kind, tuple[tuple[str, Wrong], ...]] = {
    Kind.TEXT: (("长" * 201, Wrong.TOO_LONG), ("a\x07", Wrong.UNPRINTABLE)),
    Kind.NOTE: (("长" * 4001, Wrong.TOO_LONG), ("a\x07b", Wrong.UNPRINTABLE)),
    Kind.NUMBER: (("1.5", Wrong.NOT_A_NUMBER), ("many", Wrong.NOT_A_NUMBER)),
    Kind.MONEY: (("1.234", Wrong.NOT_AN_AMOUNT), ("much", Wrong.NOT_AN_AMOUNT)),
    Kind.DATE: (("2026-02-30", Wrong.NOT_A_DATE), ("soon", Wrong.NOT_A_DATE)),
    Kind.MOMENT: (("2026-06-30 25:00", Wrong.NOT_A_MOMENT), ("soon", Wrong.NOT_A_MOMENT)),
    Kind.CHOICE: (("no such choice", Wrong.NOT_A_CHOICE),),
    Kind.YES_NO: (("perhaps", Wrong.NOT_YES_OR_NO),),
    Kind.POINT: (("91,120", Wrong.NOT_A_POINT), ("here", Wrong.NOT_A_POINT)),
    Kind.CREDIT_CODE: (("91330300MA2853PU4B", Wrong.CREDIT_CODE),),
    Kind.ID_NO: (("330302194001010011", Wrong.ID_NO), ("33030219400101001", Wrong.ID_NO)),
    Kind.PHONE: (("abc", Wrong.PHONE), ("1", Wrong.PHONE)),
    Kind.BANK_ACCOUNT: (("62220", Wrong.BANK_ACCOUNT), ("letters", Wrong.BANK_ACCOUNT)),
    Kind.LINK: (("f" * 32, Wrong.NO_SUCH_ROW), ("nothing is called this", Wrong.NO_SUCH_ROW)),
}
"""What no column of a kind takes."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A home with one module, and what was put into its tables: values by record and id, secrets in clear."""

    service: Service
    module: Module
    rows: Mapping[str, Mapping[str, Values]]
    random: Random

    def where(self, record: Record) -> Where:
        return Where(self.service.context.home_id, self.module.name, record)

    def texts(self, record: Record, number: int) -> dict[str, str]:
        """A row by chance as somebody of the city types it."""
        return {"county": CITY} | self.written(record, number, record.typed)

    def written(self, record: Record, number: int, columns: Iterable[Column]) -> dict[str, str]:
        """Columns of a row by chance as they are typed."""
        ids = {name: list(rows) for name, rows in self.rows.items()}
        links = [one for one in record.columns if one.kind is Kind.LINK]
        for _ in range(TRIES):
            values = {**module_rows.one_row(record, ids, self.random, number), **record.start, "county": CITY}
            led = {one.name: self.rows[one.of][str(to)] for one in links if (to := values[one.name]) is not None}
            # What its links lead to has a say in it: of all rows by chance few would be taken.
            if record.agree is None or not list(record.agree(values, led)):
                break
        return {one.name: written(one, values[one.name]) for one in columns}

    def keeps(self, record: Record, texts: Mapping[str, str], row: tuple[str, int] | None = None) -> Any:
        context = self.service.context
        second = StaffNo("1016") if record.by_two is not None else None
        return keep_row.handle(context, self.module, record, row, texts, None, LEADER, context.clock(), second)

    def added(self, record: Record, number: int) -> tuple[str, dict[str, str]]:
        """A row that was typed, whose rules took what chance made; its id and what was typed."""
        for tried in range(200):
            texts = self.texts(record, number + tried)
            kept = self.keeps(record, texts)
            if isinstance(kept, str):
                return kept, texts
        raise AssertionError(f"{record.name}: nothing that chance makes is taken; the last was refused by {kept}")

    def found(self, record: Record, row_id: str) -> tuple[int, Values]:
        """A row's version, and its values in clear."""
        with self.service.context.engine.connect() as connection:
            row = keeping.find(connection, self.where(record), row_id, None)
        assert row is not None
        return row.version, {**keeping.opened(self.service.context.vault, self.where(record), row)}


def filled(dsn: str, module: Module) -> Filled:
    service, random = Service(dsn, modules=(module,)), Random(SEED)
    rows: dict[str, dict[str, Values]] = {one.name: {} for one in module.records}
    print(f"seed {SEED}")
    for record, row_id, values in module_rows.random_rows(module, random, ROWS):
        rows[record.name][row_id] = values
    made = Filled(service, module, rows, random)

    def act(connection: Any) -> None:
        for record in module.records:
            chance = (random.randbytes(12 * len(record.columns)) for _ in range(ROWS))
            vault, kept = service.context.vault, list(rows[record.name].items())
            keeping.insert(connection, vault, made.where(record), kept, LEADER, service.clock.now, chance)

    transact(service.context.engine, act)
    return made


@pytest.fixture
def sqlite(module: Module, quick_path: Path) -> Iterator[Filled]:
    made = filled(f"sqlite:///{quick_path / 'onecard.db'}", module)
    yield made
    made.service.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest, module: Module, quick_path: Path) -> Iterator[Filled]:
    dsn = f"sqlite:///{quick_path / 'onecard.db'}"
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    made = filled(dsn, module)
    yield made
    made.service.close()


def wrong(column: Column) -> Iterator[tuple[str, Wrong]]:
    """Texts that a column does not take, and why."""
    if column.needed:
        yield "", Wrong.MISSING
    yield from WRONG[column.kind]
    if column.kind in (Kind.NUMBER, Kind.MONEY):
        if column.low is not None:
            yield written(column, column.low - 1), Wrong.TOO_SMALL
        if column.high is not None:
            yield written(column, column.high + 1), Wrong.TOO_LARGE


@every_module
def test_each_cell_that_cannot_be_is_said_at_its_column_and_nothing_is_kept(module: Module, sqlite: Filled) -> None:
    for record in module.records:
        row_id, right = sqlite.added(record, 1_000)
        _, there = sqlite.found(record, row_id)
        for column in record.typed:
            for text, why in wrong(column):
                kept = sqlite.keeps(record, {**right, column.name: text})

                assert isinstance(kept, Faulty), (record.name, column.name, text)
                assert Fault(column.name, why) in kept.faults, (record.name, column.name, text, kept)
        unique = {one.name for one in record.typed if one.unique and right[one.name]}
        unique |= {names[-1] for names in record.together if None not in map(there.get, names)}
        again = sqlite.keeps(record, right)
        assert not unique or isinstance(again, Faulty)
        assert {one.column for one in getattr(again, "faults", ()) if one.why is Wrong.TWICE} == unique, record.name
        for county in ("", "110101"):
            nowhere = sqlite.keeps(record, {**right, "county": county})
            assert isinstance(nowhere, Faulty) and Fault("county", Wrong.COUNTY) in nowhere.faults


@every_module
def test_a_form_shows_all_that_is_wrong_at_once_and_loses_nothing_that_was_typed(
    module: Module, sqlite: Filled
) -> None:
    desk = Desk(sqlite.service, LEADER)
    for record in module.records:
        typed = {one.name: list(wrong(one))[-1][0] for one in record.typed}
        answer = desk.post(f"modules/{module.name}/{record.name}/new", county=CITY, **typed)

        assert answer.status_code == 422, record.name
        for column in record.typed:
            # The tag of each field says that it is wrong.
            tag = re.search(rf'<(?:input|select|textarea)[^>]*\bname="?{column.name}"?[\s>][^>]*', answer.text)
            assert tag is not None and "aria-invalid=true" in tag[0], (record.name, column.name)


@every_module
def test_each_list_searches_filters_and_sorts_as_declared(module: Module, both: Filled) -> None:
    for record in module.records:
        rows = both.rows[record.name]
        for address, wanted in asked_of(both, record):
            assert set(listed(both, record, address)) == wanted, (record.name, address)
        for column in record.columns:
            for down in ("", "yes") if column.sorted else ():
                ids = listed(both, record, {"sort": column.name, "down": down})
                assert sorted(ids) == sorted(rows), (record.name, column.name)
                values = [rows[one][column.name] for one in ids]
                there = sorted(
                    (one for one in values if one is not None), key=lambda one: order(one), reverse=bool(down)
                )
                assert values == [*there, *[None] * (len(values) - len(there))], (record.name, column.name, down)
        newest = listed(both, record, {})
        assert newest == sorted(rows, reverse=True), record.name


def order(value: Value) -> Any:
    """Text in the order of its characters' codes."""
    return value.encode("utf-32-be") if isinstance(value, str) else value


def listed(made: Filled, record: Record, address: Mapping[str, str]) -> list[str]:
    """The ids of a list as its address asks, page after page."""
    signed, found = Signed(LEADER, "", (Role.BUREAU_LEADER,), None, ""), []
    after = ""
    with made.service.context.engine.connect() as connection:
        while True:
            wanted = wanted_of(
                At(made.module, record, made.where(record)), signed, QueryParams({**address, "after": after})
            )
            page = paging.page(connection, made.service.context.vault, made.where(record), wanted, SIZE)
            found += [one.id for one in page.rows]
            if not page.after:
                assert page.count == len(found)
                return found
            after = page.after


def asked_of(made: Filled, record: Record) -> Iterator[tuple[dict[str, str], set[str]]]:
    """Addresses of a list, and the rows that it must show."""
    rows = made.rows[record.name]
    yield {"county": COUNTY}, {one for one, values in rows.items() if values["county"] == COUNTY}
    for column in record.columns:
        there = [one for values in rows.values() if (one := values[column.name]) is not None]
        if column.searched:
            for value in there[:3]:
                for text in (str(value),) if column.secret else (str(value), str(value)[:3]):
                    yield {"q": text}, {one for one, values in rows.items() if found(made, record, values, text)}
        if column.filtered:
            for value in list(dict.fromkeys(there))[:3]:
                text = written(column, value)
                yield {f"f.{column.name}": text}, {one for one in rows if rows[one][column.name] == value}
            yield {f"f.{column.name}": EMPTY}, {one for one in rows if rows[one][column.name] is None}
            yield {f"f.{column.name}": FILLED}, {one for one in rows if rows[one][column.name] is not None}


def found(made: Filled, record: Record, values: Values, text: str) -> bool:
    """Whether a text finds a row: by itself, or by a row to which one of its links leads."""
    links = [(made.module.record(one.of), values[one.name]) for one in record.columns if one.kind is Kind.LINK]
    return has(record, values, text) or any(
        has(to, made.rows[to.name][str(row_id)], text) for to, row_id in links if row_id is not None
    )


def has(record: Record, values: Values, text: str) -> bool:
    """Whether a searched column begins with a text, or is a whole number that it says."""
    for column in record.columns:
        value = values[column.name]
        if column.searched and value is not None:
            if str(value) == text or (not column.secret and str(value).startswith(text)):
                return True
    return False


@every_module
def test_history_tells_each_change_of_a_form_and_of_a_move(module: Module, sqlite: Filled) -> None:
    desk = Desk(sqlite.service, LEADER)
    for record in module.records:
        row_id, _ = sqlite.added(record, 2_000)
        version, before = sqlite.found(record, row_id)
        for tried in range(200):
            kept = sqlite.keeps(record, sqlite.texts(record, 3_000 + tried), (row_id, version))
            if isinstance(kept, str):
                break
        assert isinstance(kept, str), (record.name, kept)
        told_by_history(sqlite, record, row_id, before, "")
        told_on_page(desk, sqlite, record, row_id)
        if record.flow is not None:
            for move in record.flow.moves:
                there = (one for one, values in sqlite.rows[record.name].items() if stands(record.flow, values, move))
                # A rule may refuse a row of chance; what was done of the first that is taken is told.
                next((one for one in there if moved(sqlite, record, one, move)), None)


def stands(flow: Flow, values: Values, move: Move) -> bool:
    """Whether a row is in a state from which a move leads on."""
    return str(values[flow.column]) in move.since


def moved(made: Filled, record: Record, row_id: str, move: Move) -> bool:
    """Whether a row was moved; history tells it then."""
    version, before = made.found(record, row_id)
    texts = made.written(record, 4_000, map(record.column, move.fills))
    people = (None, None) if move.outside else (LEADER, SECOND if move.two else None)
    context = made.service.context
    done = move_row.handle(
        context, made.module, record, (row_id, version), move.name, texts, None, people, context.clock()
    )
    if done is None:
        told_by_history(made, record, row_id, before, move.name)
    return done is None


def told_by_history(made: Filled, record: Record, row_id: str, before: Values, move: str) -> None:
    """History has exactly what differs between two versions of a row, secrets by their last two characters."""
    version, after = made.found(record, row_id)
    with made.service.context.engine.connect() as connection:
        lines = [one for one in keeping.history(connection, made.where(record), row_id) if one.version == version]
    changed = {one.name for one in record.columns if before[one.name] != after[one.name]}
    told = {one.field: (one.before, one.after) for one in lines if one.field != "county"}
    assert told == {name: tuple(said(record.column(name), one[name]) for one in (before, after)) for name in changed}
    assert {(one.move, one.staff_no is not None) for one in lines} <= {(move, True), (move, False)}, record.name


def said(column: Column, value: Value) -> str | None:
    """A value as history keeps it."""
    if value is None:
        return None
    return f"**{str(value)[-2:]}" if column.secret else written(column, value)


def told_on_page(desk: Desk, made: Filled, record: Record, row_id: str) -> None:
    """The row's page tells each change by the column's name in both languages, no id and no secret among it."""
    _, values = made.found(record, row_id)
    with made.service.context.engine.connect() as connection:
        fields = {one.field for one in keeping.history(connection, made.where(record), row_id)} - {"county"}
    assert fields, record.name
    for language in LANGUAGES:
        desk.http.cookies.set("language", language)
        page = desk.get(f"modules/{made.module.name}/{record.name}/{row_id}").text
        text = re.sub(r"<[^>]*>", " ", page.split('id="history"')[1])
        assert not re.search(r"\b[0-9a-f]{32}\b", text), record.name
        for name in fields:
            column = record.column(name)
            assert escaped(column.label.said(language)) in text, (record.name, name)
            assert not (column.secret and values[name]) or str(values[name]) not in page, (record.name, name)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("'", "&#39;")
