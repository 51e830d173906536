"""Three days without the network at four stations, then everything at once (promise 16)."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Reason
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.store import tables as t
from cardsvc.store.verifying import first_fault
from terminal.session import Colour
from tests.support.home import booking_form
from tests.terminal.rig import Bench, green
from tests.terminal.sweeps.agreement import agree
from tests.terminal.sweeps.steps import take
from tests.terminal.sweeps.world import World
from tests.terminal.way import AGREES

CUT = ((At.COLD_STORAGE, 0), (At.COLD_STORAGE, 1), (At.DRESSING, 0), (At.DRESSING, 1))
CASES = 8
HOURS = 72
DUE = "2026-11-09T01:30:00+00:00"
NAMES = "赵钱孙李周吴郑王"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    running = World(tmp_path)
    yield running
    running.close()


def in_storage(world: World, number: int) -> tuple[CaseNo, VirtualCard, str]:
    """A case whose body lies in its slot, its card, its tag."""
    desk = world.at(At.BOOKING)
    desk.sign_in(Step.BOOK)
    form = booking_form(deceased_name=f"{NAMES[number]}守义", id_no=None)
    desk.act("booking", **form.model_dump(mode="json"))
    assert desk.outcome is not None
    green(desk.outcome)
    case_no = desk.outcome.case_no
    assert case_no is not None
    card, tag = world.blank_card(number + 1), f"{number + 2}Q2F"
    for press in (
        (At.BOOKING, Step.BIND_CARD, dict[str, str]()),
        (At.TRANSPORT, Step.DISPATCH, {"vehicle": "V1", "driver": "1003", "mate": "1019"}),
        (At.TRANSPORT, Step.COLLECT, {**AGREES, "tag": tag, "kilometres": "12", "floor": "3"}),
        (At.TRANSPORT, Step.ARRIVE, {"tag": tag}),
        (At.COLD_STORAGE, Step.STORE, {"tag": tag, "slot": f"A-{number + 1:02d}"}),
    ):
        green(take(world.at(press[0]), press, card, case_no))
        world.at(press[0]).exchange()
    return case_no, card, tag


def work(bench: Bench, tag: str, slot: str, step: Step) -> dict[str, str]:
    """What is entered for a step."""
    entered = {"tag": tag}
    if step is Step.STORE:
        entered["slot"] = slot
    if step is Step.TAKE_OUT:
        entered |= {"reason": Reason.PREPARATION.value, "due": DUE}
    return entered


ROUND = (Step.TAKE_OUT, Step.PREPARE, Step.PREPARED, Step.STORE)


@pytest.mark.timeout(3_600)
def test_after_three_days_offline_all_is_settled_and_card_journal_and_service_agree(world: World, night: bool) -> None:
    rows, chance, began = (10_000 if night else 1_000), random.Random(72), time.monotonic()
    cases = [in_storage(world, number) for number in range(CASES)]
    cut = [world.at(*place) for place in CUT]
    for bench in world.awake.values():
        bench.exchange()
    for bench in cut:
        bench.cable.pulled = True
        bench.clocks.steady += 60_000
    heads = sum(bench.journal.head[0] for bench in cut)
    shown, taken, at = Counter[str](), Counter[CaseNo](), [0] * CASES
    pause = HOURS * 3_600 / (rows / 2.8)
    spent = 0.0
    while sum(bench.journal.head[0] for bench in cut) - heads < rows:
        number = chance.randrange(CASES)
        case_no, card, tag = cases[number]
        step = ROUND[at[number] % len(ROUND)]
        kind = At.DRESSING if step in (Step.PREPARE, Step.PREPARED) else At.COLD_STORAGE
        bench = world.at(kind, chance.randrange(2))
        if spent + pause < HOURS * 3_600:
            world.service.clock.forward(seconds=pause)
            spent += pause
        outcome = take(bench, (kind, step, work(bench, tag, f"A-{number + 1:02d}", step)), card, case_no)
        shown[outcome.colour] += 1
        assert outcome.colour is Colour.GO, (spent / 3_600, bench.folder.name, outcome)
        at[number] += 1
        taken[case_no] += 1
    told_in = time.monotonic() - began
    assert all(bench.uplink.unsent > 0 for bench in cut)

    for bench in cut:
        bench.cable.pulled = False
    live = slowest(world, cut)

    began = time.monotonic()
    for bench in world.awake.values():
        for _ in range(rows // 20 + 10):
            if not bench.uplink.unsent:
                break
            bench.exchange()
        bench.exchange()
    for case_no, card, _ in cases:
        service = agree(world, case_no, card)
        assert len(service.case.taken) - 4 == taken[case_no]
    home = world.service.context
    assert first_fault(home.engine, home.home_id, lambda _: None) is None
    with home.engine.connect() as connection:
        mine = [bench.identity.journal_id for bench in world.awake.values()]
        held = connection.execute(
            select(func.count()).select_from(t.record).where(t.record.c.journal_id.in_(mine))
        ).scalar_one()
    assert held == sum(bench.journal.head[0] for bench in world.awake.values())
    print(f"{rows} rows at {len(cut)} stations over {spent / 3_600:.0f} h told in {told_in:.0f} s: {dict(shown)}")
    print(f"settled in {time.monotonic() - began:.1f} s; the slowest live tap meanwhile took {live:.2f} s")


def slowest(world: World, cut: list[Bench]) -> float:
    """All cut stations send at once; live bookings at the desk meanwhile, and how long the slowest took."""
    desk, slow, booked = world.at(At.BOOKING), 0.0, list[str]()
    threads = [threading.Thread(target=bench.exchange) for bench in cut]
    for thread in threads:
        thread.start()
    number = 0
    while any(thread.is_alive() for thread in threads) or number < 3:
        number += 1
        desk.sign_in(Step.BOOK)
        began = time.monotonic()
        form = booking_form(deceased_name="卫平", id_no=None)
        desk.act("booking", **form.model_dump(mode="json"), looked=",".join(booked))
        slow = max(slow, time.monotonic() - began)
        assert desk.outcome is not None
        green(desk.outcome)
        assert desk.outcome.message == "booked"
        booked.append(desk.outcome.case_no or "")
    for thread in threads:
        thread.join()
    return slow
