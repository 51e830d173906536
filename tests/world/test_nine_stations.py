"""The whole of it, for real: processes, pcscd with virtual readers, PostgreSQL and SQLite, the network in and cut."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from cardsvc.commands.ground import up_to_date
from cardsvc.context import Context
from cardsvc.core.case import Case
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.workflow import BESIDE
from cardsvc.demo import chips
from cardsvc.demo.home import found
from cardsvc.demo.phone import with_code
from cardsvc.demo.playing import press, settled
from cardsvc.demo.running import RunningHome
from cardsvc.demo.way import Things, people_for, whole_way
from cardsvc.settings import chance, clock
from cardsvc.store import tables as t
from cardsvc.store.engine import open_engine
from cardsvc.store.snapshots import case_bill
from cardsvc.store.verifying import first_fault
from cardsvc.vault import keystore
from cardsvc.virtual_reader.stack import free_port
from tests.support.cable import Cable
from tests.support.home import booking_form, quick_hash

CASE = TypeAdapter(Case)
CUT = (At.TRANSPORT, At.COLD_STORAGE, At.DRESSING, At.FAREWELL)
"""Stations whose steps may all be taken without network, from the arrival on."""


@dataclass
class World:
    """A running home, its database, and a cable to each station."""

    home: RunningHome
    context: Context
    cables: dict[At, Cable]

    def case(self, case_no: str) -> Case:
        with self.context.engine.connect() as connection:
            row = connection.execute(t.funeral_case.select().where(t.funeral_case.c.case_no == case_no)).one()
        return CASE.validate_json(row.body)

    def end(self, case_no: str) -> tuple[Any, ...]:
        """What the way of a case came to, whatever the times; work beside the way has no order of its own."""
        case = self.case(case_no)
        with self.context.engine.connect() as connection:
            bill = case_bill(connection, self.context.home_id, CaseNo(case_no))
        way = [taken.step for taken in case.taken if taken.step not in BESIDE]
        beside = sorted(taken.step for taken in case.taken if taken.step in BESIDE)
        return case.stage, case.place.kind, case.gaps, case.settled, case.ash_plan, way, beside, bill


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[[str], World]]:
    made: list[World] = []

    def make(dsn: str) -> World:
        data = tmp_path / "data"
        vault = keystore.make(data / "vault.json", "test", random.Random(5).randbytes)
        engine = open_engine(dsn)
        up_to_date(engine)
        context = Context(engine, vault, HomeId("WZ"), clock, chance)
        found(context, quick_hash)
        port = free_port()
        cables: dict[At, Cable] = {kind: Cable(port) for kind in At if kind is not At.OFFICE}
        environment = {"ONECARD_DATA": str(data), "ONECARD_DSN": dsn, "ONECARD_PASSPHRASE": "test"}
        home = RunningHome(
            tmp_path, context, environment, port, real_readers=True, way_to_service=lambda kind, _: cables[kind].address
        )
        made.append(World(home, context, cables))
        home.start()
        return made[0]

    yield make
    for one in made:
        one.home.stop()
        for cable in one.cables.values():
            cable.close()
        one.context.engine.dispose()


@pytest.mark.pcsc
@pytest.mark.parametrize(
    "engine", [pytest.param("sqlite", marks=pytest.mark.night), pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_one_card_through_nine_stations_on_real_readers(
    world: Callable[[str], World], engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """One case with the network in, one with it cut at four stations: both end in the same state.

    By day SQLite has its way through nine stations in tests/world/test_demo.py, and its days offline in
    tests/world/test_offline_days.py.
    """
    dsn = f"sqlite:///{tmp_path / 'onecard.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_dsn")
    here = world(dsn)

    first = go(here, Things(), cut=False)
    second = go(
        here,
        Things(*("8R3G", "D0002", "L0002", "A-17", "A-18", "V2", "H2", "F2", "S-02", "3000", "K0002", "DC0002")),
        cut=True,
    )

    for kind in here.home.stations:
        settled(here.home.hands(kind))
    assert here.case(first).stage == "at_rest"
    assert here.end(first) == here.end(second)
    assert first_fault(here.context.engine, here.context.home_id, lambda _: None) is None


def go(world: World, things: Things, *, cut: bool) -> str:
    """Drive one case from the phone call to the resting place; with `cut`, four stations lose the network meanwhile."""
    home = world.home
    hands = {kind: home.hands(kind) for kind in home.stations}
    changes = {"deceased_name": "李守信", "address": "瓯海区测试路9号", "id_no": None} if cut else {}
    form = booking_form(**changes).model_dump(mode="json", exclude_none=True)
    typed = {name: ("no", "yes")[value] if isinstance(value, bool) else str(value) for name, value in form.items()}
    case_no = hands[At.BOOKING].book(people_for(Step.BOOK)[0], typed)
    card = chips.blank(world.context)
    press(home, hands, card, At.BOOKING, Step.BIND_CARD, case_no, {})
    for kind, step, entered in whole_way(things, world.context.clock()):
        if cut and step is Step.ARRIVE:
            for one in CUT:
                hands[one].until("the network", lambda state: state["linked"] and case_no in state["knows"])
                world.cables[one].pull()
                hands[one].until("the network to be gone", lambda state: not state["linked"])
        if cut and step is Step.QUEUE:
            for one in reversed(CUT):
                world.cables[one].plug_in()
                settled(hands[one])
        press(home, hands, card, kind, step, case_no, with_code(world.context, CaseNo(case_no), entered))
        if not (cut and kind in CUT):
            settled(hands[kind])
    return case_no
