"""A card slip or a bank's number is used once: the desk says no before the money is recorded a second time."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from cardsvc.core import wire
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.words import say
from terminal.kiosk.app import create_kiosk
from terminal.session import Outcome
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import before, booked, go


@pytest.fixture
def other(home: Home) -> Iterator[Bench]:
    """The second desk; something is on the bill of the case."""
    _, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    home.at(At.CASHIER)
    bench = Bench(home.service, At.CASHIER, home.folder, other=1)
    yield bench
    bench.close()


CASE = CaseNo("WZ-2026-000001")


def pays(desk: Bench, number: str, means: str = "card_terminal", **more: str) -> Outcome:
    return desk.take(Step.PAY, None, CASE, amount_fen="100", means=means, reference=number, **more)


def recorded(desk: Bench) -> int:
    """How many times this desk has said that money came."""
    bodies = [one.body for one in desk.journal.recent(100)]
    return sum(isinstance(one, wire.Observation) and one.step is Step.PAY for one in bodies)


def refused(outcome: Outcome) -> str:
    assert outcome.refusal is not None and outcome.refusal.problem is Problem.PAID_TWICE, outcome
    return outcome.refusal.detail


def test_a_number_in_the_station_s_own_journal_is_refused_without_network_and_names_its_slip(
    home: Home, other: Bench
) -> None:
    desk = home.at(At.CASHIER)
    other.exchange()
    desk.cable.pulled = True
    green(pays(desk, "T-77", receipt="R-1"))

    assert refused(pays(desk, "０ｔ 77", "transfer", receipt="R-2")) == "T-77 · WZ-2026-000001 · R-1"
    assert recorded(desk) == 1, "nothing was recorded a second time"
    green(pays(desk, "T-78", receipt="R-2"))
    desk.restart()
    assert refused(pays(desk, "T-78", receipt="R-3")).endswith("R-2"), "the journal knows it after a restart"
    other.cable.pulled = True
    green(pays(other, "T-77", receipt="R-9"))
    assert recorded(other) == 1, "what no journal and no news told it cannot know"


def test_a_number_that_another_desk_has_entered_is_refused_with_its_receipt(home: Home, other: Bench) -> None:
    green(pays(home.at(At.CASHIER), "T-77"))

    said = refused(pays(other, "T.77"))

    known = other.local.current
    assert known is not None
    [given] = known.cases[CASE].receipts
    assert said == f"T-77 · {CASE} · {given.number}" and recorded(other) == 0
    page = TestClient(create_kiosk(other.loop, 8123, "token"), base_url="http://127.0.0.1:8123").get("/part").text
    assert given.number in page and say("zh_CN", "problem.paid_twice.say") in page


def test_a_number_is_free_again_when_its_payment_was_taken_back_here_or_at_another_desk(
    home: Home, other: Bench
) -> None:
    desk = home.at(At.CASHIER)
    for by in (desk, other):
        green(pays(desk, "T-77"))
        other.exchange()
        known = by.local.current
        assert known is not None
        cause = known.cases[CASE].payments[-1].cause
        green(by.take(Step.REVERSE_PAYMENT, None, CASE, payment=cause, reason="entered_by_mistake"))
        desk.exchange()
        other.exchange()
    green(pays(desk, "T-77"))
    refused(pays(desk, "T-77"))
