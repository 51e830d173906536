"""Money that went out by the word of a service whose books were restored since: booked, never lost, and never twice."""

import re
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from cardsvc.api import held
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import OFF, SHORT, deposits, till
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Every, Rows, What, period_of
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Reason
from cardsvc.core.words import say
from cardsvc.documents import report_sheet
from cardsvc.handlers import make_report
from cardsvc.store import report_rows
from cardsvc.store import tables as t
from tests.service.test_statements import signed
from tests.support.desk import Desk
from tests.terminal.desks import CASH, Desks
from tests.terminal.rig import green

BY = signed(StaffNo("1015"))


@pytest.mark.parametrize("first", ["deposit", "refund"])
def test_a_refund_of_a_case_that_nobody_knows_yet_is_out_of_its_drawer_and_goes_where_its_money_goes(
    lost: Desks, first: str
) -> None:
    lost.takes(lost.one, Step.DEPOSIT, 500)
    lost.other.exchange()
    lost.takes(lost.other, Step.REFUND, 300)
    before, drawer = lost.balances(), lost.in_drawer()
    lost.restore()

    for bench in (lost.one, lost.other) if first == "deposit" else (lost.other, lost.one):
        bench.exchange()

    assert lost.balances() == {} and lost.in_drawer() == drawer == 20_000
    assert lost.of_no_case() == drawer, "as beside the trial balance"
    assert lost.flags() == [(Rule.PAID_OUT_SHORT, 30_000)]
    came, out = sorted(lost.strays(), key=lambda one: one.step)
    assert (came.step, out.step, out.amount_fen, out.said) == (Step.DEPOSIT, Step.REFUND, 30_000, lost.case_no)
    for number in (came.log_no, out.log_no):
        gone = held.give_back_stray(lost.home.service.context, BY, number, StaffNo("1016"))
        assert gone == Refusal(Problem.MONEY_USED), "30 000 of it are out, and nothing goes out twice"

    lost.home.at(At.BOOKING).exchange()
    assert held.assign_stray(lost.home.service.context, BY, came.log_no, lost.case_no, StaffNo("1016")) is None

    assert (lost.balances(), lost.in_drawer(), lost.strays()) == (before, drawer, [])
    over = lost.one.take(Step.REFUND, None, lost.case_no, amount_fen="300", **CASH)
    assert over.refusal is not None and over.refusal.problem is Problem.ABOVE_PAID


def test_money_of_no_case_is_not_given_back_before_every_station_was_heard_after_a_restore(lost: Desks) -> None:
    lost.takes(lost.one, Step.DEPOSIT, 500)
    lost.other.exchange()
    lost.takes(lost.other, Step.REFUND, 300)
    lost.restore()
    lost.one.exchange()
    [came] = lost.strays()

    refused = held.give_back_stray(lost.home.service.context, BY, came.log_no, StaffNo("1016"))

    assert refused is not None and refused.problem is Problem.STATIONS_AWAITED
    assert "cashier" in refused.detail


def test_what_went_out_may_be_put_on_its_case_before_what_had_come_in(lost: Desks) -> None:
    lost.takes(lost.one, Step.DEPOSIT, 500)
    lost.takes(lost.one, Step.REFUND, 300)
    before, drawer = lost.balances(), lost.in_drawer()
    lost.restore()
    lost.one.exchange()
    lost.home.at(At.BOOKING).exchange()
    came, out = sorted(lost.strays(), key=lambda one: one.step)

    assert held.assign_stray(lost.home.service.context, BY, out.log_no, lost.case_no, StaffNo("1016")) is None
    assert lost.balances() == {till(Means.CASH): -30_000, SHORT: 30_000} and lost.in_drawer() == drawer
    assert held.assign_stray(lost.home.service.context, BY, came.log_no, lost.case_no, StaffNo("1016")) is None

    assert (lost.balances(), lost.in_drawer(), lost.strays()) == (before, drawer, [])


def test_a_payment_of_a_case_that_nobody_knows_yet_that_was_taken_back_is_not_there(lost: Desks) -> None:
    lost.takes(lost.one, Step.DEPOSIT, 500)
    lost.other.exchange()
    known = lost.other.local.current
    assert known is not None
    [paid] = known.cases[lost.case_no].payments
    green(lost.other.take(Step.REVERSE_PAYMENT, None, lost.case_no, payment=paid.cause, reason="entered_by_mistake"))
    assert lost.balances() == {} and lost.in_drawer() == 0
    lost.restore()

    lost.one.exchange()
    lost.other.exchange()

    assert (lost.balances(), lost.in_drawer(), lost.strays()) == ({}, 0, [])


def test_a_refund_stands_while_the_money_that_covered_it_is_on_its_way_and_is_covered_when_it_comes(
    desks: Desks,
) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 300)
    before, drawer = desks.balances(), desks.in_drawer()
    assert before == {till(Means.CASH): 20_000, deposits(desks.case_no): -20_000}
    desks.restore()

    desks.one.exchange()

    assert desks.balances() == {till(Means.CASH): -30_000, SHORT: 30_000}, "what left the drawer has left it"
    assert desks.in_drawer() == -30_000
    assert desks.flags() == [(Rule.PAID_OUT_SHORT, 30_000)]
    desks.other.exchange()
    assert (desks.balances(), desks.in_drawer()) == (before, drawer)
    assert desks.flags() == [(Rule.PAID_OUT_SHORT, 30_000)], "somebody looks at it nevertheless"


def test_what_nothing_covers_stays_short_and_eats_no_money_that_the_family_brings_later(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.restore()
    desks.one.exchange()

    desks.takes(desks.one, Step.DEPOSIT, 200)

    assert desks.balances() == {
        till(Means.CASH): -30_000, SHORT: 50_000, deposits(desks.case_no): -20_000,
    }  # fmt: skip


def test_what_was_refused_before_the_restore_is_not_given_out_by_what_comes_first_after_it(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.other.sign_in(Step.REFUND)
    desks.other.act("choose_case", case_no=desks.case_no)
    desks.other.act("choose_step", step=Step.REFUND.value)
    desks.other.second(Step.REFUND)
    for field, value in {"amount_fen": "500", **CASH}.items():
        desks.other.act("enter", field=field, value=value)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.other.act("confirm")
    refused = desks.other.outcome
    assert refused is not None and refused.refusal is not None and refused.refusal.problem is Problem.ABOVE_PAID
    kinds = [row.body.kind for row in desks.other.journal.recent(4)]
    assert "request" in kinds, "it was the service that said no"
    desks.other.exchange()
    before = desks.balances()
    desks.restore()

    desks.other.exchange()
    assert desks.balances() == {till(Means.CASH): 50_000, deposits(desks.case_no): -50_000}
    desks.one.exchange()

    assert desks.balances() == before == {} and desks.flags() == []


def test_a_refund_that_was_reported_only_after_the_restore_is_booked_once(desks: Desks) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.one.loop._taking.uplink.wake = lambda: None  # type: ignore[method-assign]
    word = desks.one.uplink.wait_for

    def then_cut(seq: int, seconds: float) -> object:
        said = word(seq, seconds)
        desks.one.cable.pulled = True
        return said

    desks.one.uplink.wait_for = then_cut  # type: ignore[method-assign, assignment]
    green(desks.one.take(Step.REFUND, None, desks.case_no, amount_fen="500", **CASH))
    assert desks.one.uplink.unsent == 1, "the word has come, what came of it has not been said yet"
    desks.restore()

    desks.one.uplink.wait_for = word  # type: ignore[method-assign]
    desks.one.cable.pulled = False
    for _ in range(3):
        desks.one.exchange()

    assert desks.balances() == {} and desks.in_drawer() == 0 and desks.flags() == []
    assert desks.one.uplink.unsent == 0


def test_a_new_refund_is_posted_with_its_yes_as_before(desks: Desks) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.restore()
    desks.one.exchange()
    desks.other.exchange()

    desks.takes(desks.one, Step.REFUND, 400)
    twice = desks.other.take(Step.REFUND, None, desks.case_no, amount_fen="400", **CASH)

    assert twice.refusal is not None and twice.refusal.problem is Problem.ABOVE_PAID
    assert desks.balances() == {till(Means.CASH): 10_000, deposits(desks.case_no): -10_000}


@pytest.mark.parametrize("first", ["one", "other"])
def test_a_payment_that_was_taken_back_ends_as_it_did_whoever_sends_again_first(desks: Desks, first: str) -> None:
    desks.takes(desks.one, Step.DEPOSIT, 500)
    desks.other.exchange()
    known = desks.other.local.current
    assert known is not None
    [paid] = known.cases[desks.case_no].payments
    green(desks.other.take(Step.REVERSE_PAYMENT, None, desks.case_no, payment=paid.cause, reason="entered_by_mistake"))
    desks.takes(desks.other, Step.DEPOSIT, 400)
    desks.takes(desks.one, Step.REFUND, 400)
    before, drawer = desks.balances(), desks.in_drawer()
    assert before == {} and drawer == 0
    desks.restore()

    for bench in (desks.one, desks.other) if first == "one" else (desks.other, desks.one):
        bench.exchange()

    assert desks.balances() == before and desks.in_drawer() == drawer


def test_what_stays_short_is_recovered_or_written_off_by_two_when_every_station_was_heard(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.restore()
    desks.one.exchange()
    context, two = desks.home.service.context, StaffNo("1016")

    def recovers(fen: int, second: StaffNo | None = two) -> Problem | None:
        one = (desks.case_no, fen, Means.CASH, None, Reason.PAYER_FOUND, second)
        refusal = held.recover_short(context, BY, *one)
        return refusal.problem if refusal is not None else None

    def writes_off(fen: int, second: StaffNo | None = two) -> Problem | None:
        refusal = held.write_off_short(context, BY, desks.case_no, fen, Reason.LOST, second)
        return refusal.problem if refusal is not None else None

    assert recovers(50_000) is Problem.STATIONS_AWAITED
    with context.engine.begin() as connection:
        connection.execute(update(t.journal).values(epoch_seen=2))
    assert (recovers(50_001), writes_off(50_001), recovers(100, None)) == (
        Problem.ABOVE_PAID, Problem.ABOVE_PAID, Problem.SECOND_PERSON_MISSING,
    )  # fmt: skip
    drawer = desks.in_drawer("1015")

    assert (recovers(20_000), writes_off(29_999), writes_off(2)) == (None, None, Problem.ABOVE_PAID)
    desk, path = Desk(desks.home.service, "1015"), f"held/{desks.case_no}/write-off"
    page = desk.get("held").text
    assert f"/office/{path}" in page and "¥0.01" in page
    typed = {"reason": "lost", "second_staff_no": "1016", "second_password": "10161016"}
    typed["seen"] = page.partition('name="seen" value="')[2].partition('"')[0]
    others = Desk(desks.home.service, "1010").get("held").text
    assert path not in others and path.replace("write-off", "recover") in others
    assert desk.post(path, amount="0", **typed).status_code == 409
    assert Desk(desks.home.service, "1010").post(path, amount="0.01", **typed).status_code == 403
    assert desk.post(path, amount="0.01", **typed).status_code == 303
    assert path not in desk.get("held").text

    assert desks.balances() == {till(Means.CASH): -30_000, OFF: 30_000}
    assert desks.in_drawer("1015") == drawer + 20_000, "in the shift of who took it"


def test_what_was_short_recovered_and_written_off_is_in_the_figures_of_its_day_with_who_and_why(desks: Desks) -> None:
    desks.takes(desks.other, Step.DEPOSIT, 500)
    desks.takes(desks.one, Step.REFUND, 500)
    desks.restore()
    desks.one.exchange()
    context, two = desks.home.service.context, StaffNo("1016")
    with context.engine.begin() as connection:
        connection.execute(update(t.journal).values(epoch_seen=2))
    held.recover_short(context, BY, desks.case_no, 20_000, Means.CASH, None, Reason.PAYER_FOUND, two)
    held.write_off_short(context, BY, desks.case_no, 10_000, Reason.LOST, two)
    period = period_of(Every.DAY, local(context.clock()).date())

    made = make_report.handle(context, period, "en")

    assert not isinstance(made, Refusal)
    sections = {one.name: one for one in made.report.sections}
    assert {line.names[0]: [one.value for one in line.cells] for line in sections["short"].lines} == {
        "refund": [50_000, 0, 0], "recover_short": [0, 20_000, 0], "write_off_short": [0, 10_000, 10_000],
    }  # fmt: skip
    assert {line.names[0]: line.cells[0].value for line in sections["left"].lines} == {SHORT: 20_000, OFF: 10_000}
    figures = [one for name in ("short", "left") for line in sections[name].lines for one in line.cells]
    total = sections["short"].total
    assert total is not None
    with context.engine.connect() as connection:
        for figure in (*figures, *total.cells):
            rows = report_rows.page(connection, context.home_id, figure.rows, period, "", 50)
            assert sum(one.value for one in rows) == figure.value
            paged = report_rows.page(connection, context.home_id, figure.rows, period, rows[0].key, 50) if rows else []
            assert paged == rows[1:]
        [off] = report_rows.page(connection, context.home_id, Rows(What.WRITTEN_OFF), period, "", 50)
    assert (off.case_no, off.name, off.who, off.second, off.reason) == (
        desks.case_no, "write_off_short", "1015", "1016", Reason.LOST,
    )  # fmt: skip
    desk = Desk(desks.home.service, "1015")
    report = desk.get("reports?every=day").text
    link = next(one for one in re.findall(r'href="(/office/reports/rows[^"]+)"', report) if "written_off" in one)
    page = desk.get(unescape(link).removeprefix("/office/")).text
    assert desks.case_no in page and say("zh_CN", "reason.lost") in page
    sheet = load_workbook(BytesIO(report_sheet.write(*made, None)))
    assert say("en", "report_section.short") in sheet.sheetnames
