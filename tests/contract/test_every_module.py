"""Whatever modules are found: declared whole, in both languages; their figures are those of hand-written SQL."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import Connection, bindparam, inspect, text

from cardsvc import modules
from cardsvc.core.declaring import declared_wrong, module_wrong, reach_wrong
from cardsvc.core.figures import Unit, figure_wrong
from cardsvc.core.ids import StaffNo
from cardsvc.core.indicated import Told
from cardsvc.core.local_time import CHINA
from cardsvc.core.plug import discover
from cardsvc.core.records import CITY, Kind, Label
from cardsvc.core.reporting import Period, year_before
from cardsvc.core.words import LANGUAGES, Language
from cardsvc.documents import half_year_sheet, half_year_text
from cardsvc.documents.figure_words import FigureWords
from cardsvc.handlers import load_half_year, make_half_year
from cardsvc.handlers.make_half_year import HalfYear
from cardsvc.modules import Module
from cardsvc.rows import half_year, tables
from cardsvc.rows.counting import Counter
from cardsvc.rows.figuring import Figures
from cardsvc.store.tables.kinds import Moment
from tests.service.conftest import founded
from tests.support import module_rows
from tests.support.home import Service

__all__ = ["founded"]
MODULES = discover(modules, "MODULE", Module)
HALF = half_year.HALF_YEAR
PERIODS = (HALF, Period(date(2026, 2, 10), date(2026, 4, 20)), year_before(HALF), Period(date(2026, 6, 30), HALF.last))
COUNTY = "330324"
SEED = 20260630
every_module = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
EITHER = [
    pytest.param(
        module,
        engine,
        id=f"{engine}-{name}",
        marks=[
            getattr(pytest.mark, mark) for mark, given in (("postgres", engine == "postgres"), ("night", late)) if given
        ],
    )
    for number, (name, module) in enumerate(MODULES.items())
    for engine, late in (("sqlite", number % 2 == 1), ("postgres", number % 2 == 0))
]
"""Each module on both engines; by day on one of them, in turn."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, quick_home: Path) -> Iterator[Service]:
    """A home with all modules that were found, without rows."""
    if request.param == "sqlite":
        dsn = f"sqlite:///{quick_home / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("cluster").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn, modules=tuple(MODULES.values()))
    yield running
    running.close()


@pytest.fixture(scope="module")
def loaded(office: Service) -> Service:
    """The half-year of acceptance is in it."""
    done = load_half_year.handle(office.context, StaffNo("1051"), office.clock.now, lambda module, rows: None)
    assert isinstance(done, dict) and all(done[one.name] for one in MODULES.values() if one.half_year), done
    return office


@pytest.fixture(scope="module")
def told(loaded: Service) -> dict[str, Told]:
    """Every figure of the half-year, by module and name."""
    with loaded.context.engine.connect() as connection:
        return {
            f"{module.name}.{one.indicator.name}": one
            for module in MODULES.values()
            for one in Figures(connection, loaded.context.home_id, module, HALF).every()
        }


@pytest.fixture(scope="module")
def report(loaded: Service) -> HalfYear:
    made = make_half_year.handle(loaded.context, MODULES.values(), HALF, loaded.clock.now)
    assert isinstance(made, HalfYear)
    return made


@pytest.fixture(scope="module")
def texts(report: HalfYear) -> dict[Language, dict[str, list[list[str]]]]:
    """The tables of the text document in each language."""
    return {language: document_lines(report, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def sheet(report: HalfYear) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of the spreadsheet."""
    return sheet_lines(report)


def labels(module: Module) -> Iterator[tuple[str, Label]]:
    """Everything of a module that people read."""
    yield module.name, module.label
    for record in module.records:
        yield record.name, record.label
        for column in record.columns:
            yield f"{record.name}.{column.name}", column.label
            yield from ((f"{record.name}.{column.name}={code}", label) for code, label in column.choices.items())
            if column.help is not None:
                yield f"{record.name}.{column.name}?", column.help
        for move in record.flow.moves if record.flow is not None else ():
            yield f"{record.name}>{move.name}", move.label
    yield from ((one.name, one.label) for one in module.indicators)


def test_modules_are_found() -> None:
    assert MODULES


@every_module
def test_it_is_declared_without_fault(module: Module) -> None:
    records = {one.name: one for one in module.records}

    assert module_wrong(module.name, module.name, [one.name for one in module.records]) is None
    assert [declared_wrong(one, list(records)) for one in module.records] == [None] * len(records)
    assert reach_wrong(records) is None
    assert [figure_wrong(one, records) for one in module.indicators] == [None] * len(module.indicators)
    names = [one.name for one in module.indicators]
    assert len(set(names)) == len(names) and module.indicators


@every_module
def test_everything_that_people_read_is_there_in_both_languages(module: Module) -> None:
    for name, label in labels(module):
        for said in label:
            assert said == said.strip() != "", name
        assert any("\u4e00" <= one <= "\u9fff" for one in label.zh) or label.zh.isascii(), name
        chinese = any("\u4e00" <= one <= "\u9fff" for one in label.en)
        assert not chinese or name.endswith("?"), name  # a hint may name a Chinese example


@every_module
def test_its_schema_is_what_it_declares(module: Module) -> None:
    assert module.schema == tables.sql_of(module)


@every_module
def test_both_engines_have_the_tables_that_it_declares(module: Module, office: Service) -> None:
    found = inspect(office.context.engine)
    for record in module.records:
        table = tables.table_of(module.name, record)
        have = {one["name"]: one["nullable"] for one in found.get_columns(table.name)}
        # A primary key of SQLite may be declared without saying that it is never empty.
        assert {name: have[name] for name in have.keys() - {"home_id", "id"}} == {
            one.name: one.nullable for one in table.columns if one.name not in ("home_id", "id")
        }, table.name
        unique = {one["name"] for one in found.get_unique_constraints(table.name)}
        indexes = {one["name"] for one in found.get_indexes(table.name)} - unique
        assert indexes == {one.name for one in table.indexes}, table.name


@every_module
def test_every_figure_that_the_bureau_reported_comes_out(module: Module, told: dict[str, Told]) -> None:
    reported = [one for one in half_year.reported() if one.module == module.name]
    for one in reported:
        name = one.target_of or one.indicator
        figure = told[f"{module.name}.{name}"]
        yuan = 100 if figure.indicator.unit is Unit.YUAN else 1
        if one.target_of:
            assert figure.said.target == one.value * 100, name  # type: ignore[operator]
        elif one.value is None:
            assert figure.withheld and figure.now is None, name
        elif figure.said.bound is not None:
            assert figure.holds and figure.said.bound == one.value * 100, name
            assert figure.now is not None and figure.now != one.value * yuan, name
        else:
            assert figure.now == one.value * yuan, name


@pytest.mark.parametrize("state", ["under_construction", "planned", "intended"])
def test_what_nobody_knows_of_the_year_before_is_not_told(told: dict[str, Told], state: str) -> None:
    figure = told[f"elder_care.institutions_{state}"]

    assert figure.now and figure.before is None and figure.change is None
    assert FigureWords("zh_CN").before(figure) == FigureWords("en").change(figure) == "—"


@every_module
def test_its_figures_are_those_of_hand_written_sql(module: Module, loaded: Service) -> None:
    agree(loaded, module, PERIODS)


@every_module
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_document_says_each_figure(
    module: Module, language: Language, texts: dict[Language, dict[str, list[list[str]]]], told: dict[str, Told]
) -> None:
    words = FigureWords(language)
    lines = texts[language][module.label.said(language)]
    assert len(lines) == len(module.indicators)
    for one in module.indicators:
        figure = told[f"{module.name}.{one.name}"]
        line = next(
            line for line in lines if line[0].startswith(one.label.said(language)) and line[1] == words.now(figure)
        )
        assert line[-1] == words.change(figure) and line[-2] == words.before(figure)
        assert not figure.withheld or line[1] == "**"
        assert figure.said.target is None or words.target(figure) == line[2]


@every_module
def test_the_spreadsheet_has_each_figure_as_a_number(
    module: Module, sheet: dict[tuple[str, str], dict[str, Any]], told: dict[str, Told]
) -> None:
    for one in half_year.reported():
        if one.module != module.name:
            continue
        figure = told[f"{module.name}.{one.target_of or one.indicator}"]
        line = sheet[(module.label.en, figure.indicator.label.en)]
        counted = line["Target"] if one.target_of else line["This period"]
        if one.value is None:
            assert counted == "**"
        elif figure.said.bound is None or one.target_of:
            assert Decimal(str(counted)) == one.value, one.indicator
        else:
            assert FigureWords("en").now(figure) == line["Told as"]


def test_no_number_of_a_withheld_figure_is_in_any_file(sheet: dict[tuple[str, str], dict[str, Any]]) -> None:
    lines = {key: line for key, line in sheet.items() if line["This period"] == "**"}
    assert len(lines) >= 6
    for line in lines.values():
        assert line["Told as"] == line["Change"] == "**"


def test_the_half_year_goes_only_into_modules_without_rows(loaded: Service) -> None:
    again = load_half_year.handle(loaded.context, StaffNo("1051"), loaded.clock.now, lambda module, rows: None)

    assert isinstance(again, load_half_year.NotEmpty) and again.table


@pytest.fixture
def empty(request: pytest.FixtureRequest, quick_path: Path) -> Iterator[Service]:
    if request.param == "sqlite":
        dsn = f"sqlite:///{quick_path / 'onecard.db'}"
    else:
        dsn = request.getfixturevalue("postgres").new_database(like=request.getfixturevalue("founded"))
    running = Service(dsn)
    yield running
    running.close()


@pytest.mark.parametrize(("module", "empty"), EITHER, indirect=["empty"])
def test_on_any_rows_its_figures_are_those_of_hand_written_sql(module: Module, empty: Service, night: bool) -> None:
    empty.context = replace(empty.context, modules={module.name: module})
    tables.prepare(empty.context.engine, [module])
    random = Random(SEED)
    print(f"seed {SEED}")

    assert module_rows.fill(empty, module, random, 2_000 if night else 120)

    days = [sorted((module_rows.day(random), module_rows.day(random))) for _ in range(20 if night else 3)]
    agree(empty, module, (HALF, *(Period(*one) for one in days)))


def agree(service: Service, module: Module, periods: tuple[Period, ...]) -> None:
    """Every figure of the module is what the SQL written for it says, for the city and for a county."""
    wanted = import_module(f"tests.modules.sql_{module.name}").SQL
    assert wanted.keys() == {one.name for one in module.indicators}
    with service.context.engine.connect() as connection:
        for period in periods:
            counter = Counter(connection, service.context.home_id, module)
            for one in module.indicators:
                for county in (None, COUNTY):
                    asked = by_hand(connection, wanted[one.name], period, service.context.home_id, county)
                    counted = counter.value(one.figure, period, county)
                    assert number(counted) == number(asked), (module.name, one.name, period, county)


def by_hand(connection: Connection, sql: str, period: Period, home_id: str, county: str | None) -> Any:
    """What hand-written SQL counts.

    It may name :home, :county (null: the whole city), the days :first and :last, the moments :opens and :closes around
    them, and those of the year before (`_before`).
    """
    values: dict[str, Any] = {"home": home_id, "county": county}
    for name, (first, last) in (("", period), ("_before", year_before(period))):
        values |= {f"first{name}": first.isoformat(), f"last{name}": last.isoformat()}
        values |= {f"opens{name}": midnight(first), f"closes{name}": midnight(last + timedelta(days=1))}
    used = {name: values[name] for name in re.findall(r"(?<!:):(\w+)", sql)}
    moments = [bindparam(name, type_=Moment()) for name, one in used.items() if isinstance(one, datetime)]
    return connection.execute(text(sql).bindparams(*moments), used).scalar_one()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def document_lines(report: HalfYear, language: Language) -> dict[str, list[list[str]]]:
    """The tables of the text document by the heading above each."""
    document = Document(io.BytesIO(half_year_text.write(report.period, report.chapters, report.at, language, None)))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 2"]
    return {
        heading: [[cell.text for cell in row.cells] for row in table.rows[1:]]
        for heading, table in zip(headings, document.tables, strict=True)
    }


def sheet_lines(report: HalfYear) -> dict[tuple[str, str], dict[str, Any]]:
    """The lines of the English spreadsheet, by work and figure."""
    book = load_workbook(io.BytesIO(half_year_sheet.write(report.period, report.chapters, report.at, "en", None)))
    heads, *lines = list(book.worksheets[0].iter_rows(min_row=3, values_only=True))
    return {(str(line[0]), str(line[1])): dict(zip(map(str, heads), line, strict=True)) for line in lines if line[1]}


@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_the_half_year_s_rows_lead_to_rows_of_their_county_or_of_the_city(module: Module) -> None:
    rows = list(module.half_year()) if module.half_year is not None else []
    by_key = {one.key: one for one in rows if one.key}
    for one in rows:
        for column in module.record(one.record).columns:
            to = one.values.get(column.name)
            if column.kind is Kind.LINK and to is not None and one.values["county"] != CITY:
                assert by_key[str(to)].values["county"] in (CITY, one.values["county"]), (one.record, column.name)
