"""Limits at a station: they bite where they should, the page shows them before, and the office can change them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cardsvc.core import wire
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.limits import Unsent
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Limits
from cardsvc.handlers import set_limit
from cardsvc.store import tables as t
from terminal.kiosk.limits import Strip, strip
from terminal.session import Outcome
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_legacy import problems
from tests.terminal.way import TAG, before, booked, go


@pytest.fixture
def cashier(home: Home) -> Bench:
    case_no, _ = booked(home)
    bench = home.at(At.CASHIER)
    bench.exchange()
    bench.cable.pulled = True
    bench.clocks.steady += 60_000
    bench.case_no = case_no  # type: ignore[attr-defined]
    return bench


def pay(bench: Bench, yuan: str, means: str = "cash", **more: str) -> Outcome:
    entered = {"amount_fen": yuan, "means": means} | more
    return bench.take(Step.DEPOSIT, None, bench.case_no, **entered)  # type: ignore[attr-defined]


def test_cash_without_network_is_taken_to_its_limits_and_counts_again_from_what_is_unsent(cashier: Bench) -> None:
    for number in range(5):
        green(pay(cashier, "20000", receipt=f"R{number}"))
    assert cashier.loop.tally.now().cash_fen == 10_000_000
    pay(cashier, "1", receipt="R9")
    assert problems(cashier) == {Problem.CASH_LIMIT}
    cashier.restart()
    pay(cashier, "1", receipt="R9")
    assert problems(cashier) == {Problem.CASH_LIMIT}

    cashier.cable.pulled = False
    cashier.exchange()
    cashier.cable.pulled = True
    cashier.clocks.steady += 60_000

    assert cashier.loop.tally.now() == Unsent()
    green(pay(cashier, "20000", receipt="R10"))


def test_cash_without_network_needs_a_receipt_number_and_a_payment_by_phone_waits(cashier: Bench) -> None:
    pay(cashier, "100")
    assert problems(cashier) == {Problem.FIELD_MISSING}
    pay(cashier, "100", "qr", receipt="R1")
    assert problems(cashier) == {Problem.OFFLINE_FORBIDDEN}
    pay(cashier, "20000.01", receipt="R1")
    assert problems(cashier) == {Problem.CASH_LIMIT}


def test_a_stale_snapshot_stops_card_steps_and_binding_but_no_observation(home: Home) -> None:
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    blank = home.blank_card(5)
    cold, desk = home.at(At.COLD_STORAGE), home.at(At.BOOKING)
    for bench in (cold, desk):
        bench.exchange()
        bench.cable.pulled = True
        bench.clocks.steady += 60_000
    home.service.clock.forward(hours=72, seconds=1)

    cold.take(Step.STORE, card, tag=TAG, slot="A-07")
    assert problems(cold) == {Problem.SNAPSHOT_STALE}
    desk.sign_in(Step.BIND_CARD)
    desk.reader.present(blank)
    desk.seen()
    snapshot = desk.local.current
    assert snapshot is not None
    known = next(iter(snapshot.cases.values()))
    session = desk.loop.session
    session.chosen = known.model_copy(update={"case": known.case.model_copy(update={"card_no": None, "issue_no": 0})})
    desk.act("choose_step", step="bind_card")
    desk.act("confirm")
    assert problems(desk) == {Problem.SNAPSHOT_STALE}


def test_a_station_that_heard_no_news_for_days_is_not_stale_when_the_network_goes(home: Home) -> None:
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    cold = home.at(At.COLD_STORAGE)
    cold.exchange()
    home.service.clock.forward(days=6)
    cold.exchange()
    cold.cable.pulled = True
    cold.clocks.steady += 60_000
    cold.restart()

    green(cold.take(Step.STORE, card, tag=TAG, slot="A-07"))


def test_beyond_the_most_unsent_rows_only_observations_are_taken(home: Home) -> None:
    set_limit.handle(home.service.context, "most_unsent", 100, home.service.clock.now)
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    cold = home.at(At.COLD_STORAGE)
    cold.exchange()
    cold.cable.pulled = True
    cold.clocks.steady += 60_000
    for _ in range(100):
        cold.loop._taking.append(wire.Refused(step=Step.STORE, problems=(Problem.PLACE_TAKEN,)), None)

    cold.take(Step.STORE, card, tag=TAG, slot="A-07")
    assert problems(cold) == {Problem.UNSENT_LIMIT}
    cold.cable.pulled = False
    cold.exchange()
    assert cold.loop.tally.now() == Unsent()
    cold.loop.session.leave_case()
    green(cold.take(Step.STORE, card, tag=TAG, slot="A-07"))


def test_a_limit_that_the_office_sets_is_checked_logged_and_known_at_the_stations(home: Home) -> None:
    context, now = home.service.context, home.service.clock.now
    bench = home.at(At.CASHIER)
    bench.exchange()

    changed = set_limit.handle(context, "cash_fen", 500_000, now)
    wrong = set_limit.handle(context, "cash_fen", 99_000_000, now)
    unknown = set_limit.handle(context, "cash", 1, now)
    bench.exchange()

    assert changed == Limits(cash_fen=500_000)
    assert isinstance(wrong, Refusal)
    assert (wrong.problem, "cash_fen is above cash_station_fen" in wrong.detail) == (Problem.FIELD_INVALID, True)
    assert isinstance(unknown, Refusal)
    assert "most_unsent" in unknown.detail
    assert bench.local.current is not None
    assert bench.local.current.setup.limits.cash_fen == 500_000
    with context.engine.connect() as connection:
        rows = connection.execute(select(t.audit_link.c.subject).where(t.audit_link.c.what == "limit set")).all()
    assert [row.subject for row in rows] == ["cash_fen 2000000 > 500000"]


def shown(bench: Bench, unsent: Unsent, hours: float, *, linked: bool = False) -> Strip | None:
    snapshot = bench.local.current
    assert snapshot is not None
    now = snapshot.made_at + timedelta(hours=hours)
    return strip(bench.loop.station, snapshot, unsent, linked=linked, now=now, language="en")


def colours(one: Strip | None) -> dict[str, str]:
    assert one is not None
    return {gauge.word: gauge.colour for gauge in one.gauges}


def test_the_strip_is_quiet_amber_from_half_and_red_at_the_end(cashier: Bench) -> None:
    now = cashier.clocks.now()
    assert shown(cashier, Unsent(4_999, 4_999_999, now), 100, linked=True) is None
    quiet = {"Last heard": "", "Waiting": "", "Taken in": ""}
    assert colours(shown(cashier, Unsent(), 1)) == quiet
    assert colours(shown(cashier, Unsent(), 24)) == quiet | {"Last heard": "wait"}
    assert colours(shown(cashier, Unsent(), 72)) == quiet | {"Last heard": "stop"}
    half = colours(shown(cashier, Unsent(5_000, 5_000_000, now), 1))
    assert half == quiet | {"Waiting": "wait", "Taken in": "wait"}
    assert colours(shown(cashier, Unsent(5_000, 0, now), 1, linked=True)) == {"Waiting": "wait", "Taken in": ""}
    old = colours(shown(cashier, Unsent(1, 0, cashier.local.current.made_at), 7 * 24))  # type: ignore[union-attr]
    assert old["Oldest"] == "wait"


def test_the_strip_says_what_still_works(cashier: Bench) -> None:
    works = [shown(cashier, Unsent(rows), hours).works for rows, hours in ((0, 1), (0, 73), (10_000, 1))]  # type: ignore[union-attr]
    assert works == [
        "Card steps and observations go on; cash or bank card up to ¥20,000.00 each, with a receipt number",
        "Observations go on; card steps wait for the network"
        "; cash or bank card up to ¥20,000.00 each, with a receipt number",
        "Only observations can be recorded",
    ]
