"""Reports at the real database: every figure is what its rows come to, and every sum what was posted."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from cardsvc.core import reporting
from cardsvc.core.report_sections import made
from cardsvc.core.reporting import Every, Figure, Period, Report, What, year_before
from cardsvc.store import report_rows, reports, summing
from cardsvc.store import tables as t
from tests.support.half_year import HALF, write
from tests.support.home import Service

CASES = 90


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def home(request: pytest.FixtureRequest, quick_home: Path) -> Iterator[Service]:
    """A home with a year of books; on PostgreSQL in a database that sorts as a dictionary does."""
    dsn = f"sqlite:///{quick_home / 'onecard.db'}" if request.param == "sqlite" else ""
    service = Service(dsn or request.getfixturevalue("cluster").database_in_words_order())
    with service.context.engine.begin() as connection:
        write(connection, service.context.home_id, CASES)
    yield service
    service.close()


def report(service: Service, period: Period) -> Report:
    with service.context.engine.connect() as connection:
        home = service.context.home_id
        now, then = (reports.sums(connection, home, one) for one in (period, year_before(period)))
    return made(period, now, then)


def come_to(service: Service, figure: Figure, period: Period, most: int = 40) -> int:
    """All rows of a figure, page by page."""
    total, after, seen = 0, "", set[str]()
    with service.context.engine.connect() as connection:
        while True:
            rows = report_rows.page(connection, service.context.home_id, figure.rows, period, after, most)
            for row in rows[:most]:
                assert row.key not in seen and row.value != 0
                seen.add(row.key)
                total += row.value
            if len(rows) <= most:
                return total
            after = rows[most - 1].key


@pytest.mark.parametrize("every", Every)
def test_every_figure_is_the_sum_of_its_rows(home: Service, every: Every) -> None:
    period = reporting.period_of(every, HALF.last)
    found = report(home, period)
    figures = list(found.figures())

    assert [one.name for one in found.sections][:2] == ["items", "regimes"] and len(figures) > 20
    for figure in figures:
        assert come_to(home, figure, period) == figure.value, figure


def test_a_half_year_is_what_was_posted(home: Service) -> None:
    found = report(home, HALF)
    sections = {one.name: one for one in found.sections}
    first = date(2028, 1, 1).isoformat()
    with home.context.engine.connect() as connection:
        x, m, d = t.bill_line.c, t.transfer.c, t.business_day.c
        begins = connection.execute(select(func.min(d.from_log_no)).where(d.day >= first)).scalar_one()
        price, waiver = connection.execute(
            select(func.sum(x.price_fen), func.sum(x.waiver_fen)).where(x.log_no >= begins)
        ).one()
        refunds = connection.execute(
            select(func.sum(m.amount_fen)).where(m.log_no >= begins, m.memo == "refund")
        ).scalar_one()
        held = connection.execute(
            select(func.sum(t.account.c.credit_fen - t.account.c.debit_fen)).where(
                t.account.c.account.like("deposit/%")
            )
        ).scalar_one()

    for name in ("items", "regimes", "stations"):
        total = sections[name].total
        assert total is not None and [one.value for one in total.cells[:2]] == [price, waiver]
    assert sections["waivers"].total is not None and sections["waivers"].total.cells[0].value == waiver
    assert {one.names: one.cells[1].value for one in sections["reasons"].lines}["refund",] == refunds
    assert {one.names: one.cells[0].value for one in sections["held"].lines}["deposit",] == held
    assert sum(ours for _, ours, _ in found.course) == price and len(found.course) == 6
    for section in found.sections:
        for column in range(len(section.heads) if section.total else 0):
            assert section.total is not None
            assert sum(line.cells[column].value for line in section.lines) == section.total.cells[column].value


def test_the_year_before_stands_beside_it(home: Service) -> None:
    ours, theirs = (report(home, one) for one in (HALF, year_before(HALF)))
    for section in ours.sections:
        before = {one.name: one for one in theirs.sections}[section.name]
        then = {line.names: line.cells[0].value for line in before.lines}
        assert {line.names: line.last_year for line in section.lines if line.last_year} == {
            names: value for names, value in then.items() if value
        }


def test_what_is_owed_has_every_age_and_no_line_of_the_future(home: Service) -> None:
    found = {one.name: one for one in report(home, HALF).sections}["receivables"]
    ages = {head: sum(line.cells[at].value for line in found.lines) for at, head in enumerate(found.heads)}
    assert all(ages[f"age.{age}"] > 0 for age in reporting.Age)
    assert ages.pop("stands") == sum(ages.values())


def test_what_stood_on_any_day_is_all_that_moved_until_then(home: Service) -> None:
    """Read from its month and that month's days, it is what is summed from all days there were."""
    c, before = t.standing_day.c, year_before(HALF)
    days = [before.first + timedelta(days=n) for n in range(0, (HALF.last - before.first).days + 40, 5)]
    days += [date(2027 + n // 12, n % 12 + 1, 1) - timedelta(days=n % 2) for n in range(1, 20)]
    with home.context.engine.connect() as connection:
        moved = connection.execute(select(c.day, c.kind, c.since, c.debit_fen - c.credit_fen)).all()
        for day in days:
            expected: dict[tuple[str, reporting.Age], int] = {}
            for _, kind, since, fen in (one for one in moved if one[0] <= day.isoformat()):
                key = kind, reporting.age_on(date.fromisoformat(since), day)
                expected[key] = expected.get(key, 0) + fen * (1 if kind.startswith("receivable/") else -1)
            found = reports.sums(connection, home.context.home_id, Period(day, day)).stood

            assert {(one.kind, one.age): one.fen for one in found} == {key: fen for key, fen in expected.items() if fen}


def test_what_stood_is_read_from_a_month_alone(home: Service) -> None:
    """However long a home has been open: what moved before the month is not read again."""
    home_id = home.context.home_id
    with home.context.engine.connect() as connection, connection.begin() as changed:
        as_it_was = reports.sums(connection, home_id, HALF).stood
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE standing_day DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER standing_day_no_delete"))
        connection.execute(t.standing_day.delete().where(t.standing_day.c.day < HALF.last.replace(day=1).isoformat()))

        assert reports.sums(connection, home_id, HALF).stood == as_it_was
        changed.rollback()


def test_the_summaries_of_the_made_books_are_what_they_sum(home: Service) -> None:
    with home.context.engine.connect() as connection:
        assert list(summing.faults(connection, home.context.home_id)) == []


def test_a_report_of_a_home_without_postings_is_empty(tmp_path: Path) -> None:
    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    found = report(service, reporting.period_of(Every.MONTH, date(2026, 11, 5)))
    service.close()
    assert found.sections == () and found.course == ()
    assert list(found.figures()) == [] and {What.PRICE} < set(What)
