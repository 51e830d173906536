"""Money that comes after what it covers was written off, or paid by somebody else: never twice, never lost."""

import pytest
from sqlalchemy import select

from cardsvc.api import held
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import OFF, SHORT, deposits, suspense, till
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem
from cardsvc.core.reporting import Every, Rows, What, period_of
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Reason
from cardsvc.store import report_rows
from cardsvc.store import tables as t
from tests.service.test_statements import signed
from tests.support.desk import Desk
from tests.terminal.desks import CASH, Desks

BY, TWO = signed(StaffNo("1015")), StaffNo("1016")


@pytest.fixture
def short(lost: Desks) -> Desks:
    """300 yuan are short in a case, every station was heard, and the 500 that had covered them are of no case yet."""
    lost.takes(lost.one, Step.DEPOSIT, 500)
    lost.other.exchange()
    lost.takes(lost.other, Step.REFUND, 300)
    lost.restore()
    for _ in range(2):
        for bench in (lost.one, lost.other, lost.home.at(At.BOOKING)):
            bench.exchange()
    [out] = [one for one in lost.strays() if one.step is Step.REFUND]
    assert held.assign_stray(lost.home.service.context, BY, out.log_no, lost.case_no, TWO) is None
    assert lost.balances() == {till(Means.CASH): -30_000, SHORT: 30_000}
    return lost


def comes_after_all(desks: Desks) -> None:
    [came] = desks.strays()
    assert held.assign_stray(desks.home.service.context, BY, came.log_no, desks.case_no, TWO) is None


def flagged(desks: Desks, *rules: Rule) -> list[tuple[str, int]]:
    f = t.review_flag.c
    with desks.home.service.context.engine.connect() as connection:
        rows = connection.execute(select(f.rule, f.amount_fen).where(f.rule.in_(rules)).order_by(f.rule))
        return [(row.rule, int(row.amount_fen)) for row in rows]


def test_what_was_written_off_and_comes_after_all_takes_the_write_off_back_and_is_not_the_familys_again(
    short: Desks,
) -> None:
    context = short.home.service.context
    assert held.write_off_short(context, BY, short.case_no, 30_000, Reason.LOST, TWO) is None

    comes_after_all(short)

    assert short.balances() == {till(Means.CASH): 20_000, deposits(short.case_no): -20_000}, "as before the restore"
    assert flagged(short, Rule.WRITTEN_BACK, Rule.RECOVERED_BEFORE) == [(Rule.WRITTEN_BACK, 30_000)]
    more = short.one.take(Step.REFUND, None, short.case_no, amount_fen="200.01", **CASH)
    assert more.refusal is not None and more.refusal.problem is Problem.ABOVE_PAID, "they have had 300 of it"
    period = period_of(Every.DAY, local(context.clock()).date())
    with context.engine.connect() as connection:
        rows = report_rows.page(connection, context.home_id, Rows(What.WRITTEN_OFF), period, "", 9)
    assert [(one.name, one.value) for one in rows] == [("write_off_short", 30_000), ("written_back", -30_000)]


def test_what_was_paid_by_somebody_else_meanwhile_waits_for_two_people_when_it_comes_after_all(short: Desks) -> None:
    context = short.home.service.context
    one = (short.case_no, 20_000, Means.CASH, None, Reason.PAYER_FOUND, TWO)
    assert held.recover_short(context, BY, *one) is None
    assert held.write_off_short(context, BY, short.case_no, 10_000, Reason.LOST, TWO) is None

    comes_after_all(short)

    assert short.balances() == {
        till(Means.CASH): 40_000, deposits(short.case_no): -20_000, suspense(short.case_no): -20_000,
    }  # fmt: skip
    assert flagged(short, Rule.WRITTEN_BACK, Rule.RECOVERED_BEFORE) == [
        (Rule.RECOVERED_BEFORE, 20_000), (Rule.WRITTEN_BACK, 10_000),
    ]  # fmt: skip
    more = short.one.take(Step.REFUND, None, short.case_no, amount_fen="200.01", **CASH)
    assert more.refusal is not None and more.refusal.problem is Problem.ABOVE_PAID, "no desk gives it out alone"
    page = Desk(short.home.service, "1015").get("held").text
    assert f'id="{short.case_no}"' in page and "¥200.00" in page
    assert held.give_back(context, BY, short.case_no, 20_000, Means.CASH, None) is not None
    assert held.give_back(context, BY, short.case_no, 20_000, Means.CASH, TWO) is None
    assert short.balances() == {till(Means.CASH): 20_000, deposits(short.case_no): -20_000}
    assert {OFF, SHORT}.isdisjoint(short.balances())
