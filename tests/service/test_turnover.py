"""Figures of the statistics are the sums of their lines, on both engines: of each month in which they were posted."""

from datetime import date

import pytest
from sqlalchemy import text

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.terms import Payer, Reason
from cardsvc.core.turnover import By, Sums
from cardsvc.store import turnover
from cardsvc.store.turnover import Only
from tests.support.home import Service
from tests.support.telling import Told

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
ALL = Only()


def cooled(service: Service, number: int, *, resident: bool) -> Told:
    """A case whose body was collected and a day in the cold, with things of its own."""
    one, tag = Told.begun(service, number, id_no=None, resident=resident), f"T{number:03}"
    one.does(Step.DISPATCH)
    one.does(Step.COLLECT, tag=tag)
    one.does(Step.ARRIVE, tag=tag)
    one.does(Step.STORE, tag=tag, slot=f"A-{number:02}")
    one.does(Step.TAKE_OUT, tag=tag)
    return one


def two_months(service: Service) -> None:
    """A case in November, another in December, and one of its lines moved to the police then."""
    cooled(service, 1, resident=True)
    service.clock.forward(days=35)
    later = cooled(service, 2, resident=False)
    details = Details(item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE)
    later.office.step(later.case_no, Step.SWITCH_PAYER, details)


def summed(service: Service, by: By, month: date = DECEMBER, only: Only = ALL) -> dict[str, Sums]:
    with service.context.engine.connect() as connection:
        return dict(turnover.sums(connection, service.context.home_id, by, month, only))


def behind(service: Service, month: date, only: Only) -> Sums:
    """The sum of the lines behind a figure, read in pages of two."""
    found, place = Sums(), None
    with service.context.engine.connect() as connection:
        while page := turnover.lines(connection, service.context.home_id, month, only, place, 2):
            for one in page:
                found += Sums(1, one.price_fen, one.waiver_fen, one.due_fen)
            place = page[-1].key
    return found


def test_each_figure_is_the_sum_of_its_lines(service: Service) -> None:
    two_months(service)
    for month in (NOVEMBER, DECEMBER):
        for by in (By.ITEM, By.PAYER, By.STATION):
            figures = summed(service, by, month)
            assert figures
            for key, sums in figures.items():
                assert behind(service, month, Only(**{by.value: key})) == sums, (month, by, key)
        assert summed(service, By.MONTH, month)[f"{month:%Y-%m}"] == behind(service, month, ALL)
    with service.context.engine.connect() as connection:
        every = connection.execute(text("SELECT count(*), sum(price_fen), sum(due_fen) FROM bill_line")).one()
    told = summed(service, By.MONTH).values()
    assert (sum(one.lines for one in told), sum(one.price_fen for one in told)) == (every[0], int(every[1]))
    assert sum(one.due_fen for one in told) == int(every[2])


def test_a_line_that_moves_to_another_payer_is_taken_from_the_one_before(service: Service) -> None:
    two_months(service)

    payers = summed(service, By.PAYER, only=Only(item="cold_storage"))

    assert payers[Payer.POLICE] == Sums(1, 8_000, 0, 8_000)
    assert payers[Payer.FAMILY] == Sums(2, 0, 0, 0)
    assert summed(service, By.STATION, only=Only(item="cold_storage"))[StationKind.OFFICE] == Sums(2, 0, 0, 0)


@pytest.mark.parametrize("month", [date(2026, 10, 1), date(2027, 3, 1)])
def test_a_month_without_lines_has_no_figures(service: Service, month: date) -> None:
    two_months(service)

    assert summed(service, By.ITEM, month) == {}
    assert behind(service, month, ALL) == Sums()
