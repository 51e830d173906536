"""What one case has, no other gets: six ask for the same thing at once, one has it; the database refuses the rest.

A hall, a vehicle or a crew is asked for with two records, and all six requests come before the first is made use of:
who comes too late is refused, or, where it is said to have happened, contested, with the problem by its name.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from cardsvc.api.app import Surface
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import founding
from cardsvc.store.verifying import first_fault
from cardsvc.surfaces import create_service
from tests.core.story import DETAILS
from tests.support import crowd
from tests.support.crowd import Member, together
from tests.support.home import START, Service, Station
from tests.support.serving import Served
from tests.support.telling import stored

SIX = 6
AT = "'2026-11-03T03:00:00+00:00'"
ORDER = list(StationKind)
TRANSPORT, CREMATION = StationKind.TRANSPORT, StationKind.CREMATION


@pytest.fixture
def client(service: Service) -> Iterator[httpx2.Client]:
    """The service behind a real server."""
    served = Served(create_service(list(Surface), service.context))
    with httpx2.Client(base_url=served.address, timeout=60, limits=httpx2.Limits(keepalive_expiry=1)) as asking:
        yield asking
    served.close()


class Rush:
    """Six stations of a kind, each with a case, at the same moment."""

    def __init__(self, service: Service, client: httpx2.Client) -> None:
        self.service, self.client = service, client
        self.stations: dict[StationKind, list[Station]] = {}

    def at(self, kind: StationKind) -> list[Station]:
        if kind not in self.stations:
            first = 10 * ORDER.index(kind) + 1
            self.stations[kind] = [Station(self.service, kind, first + number) for number in range(SIX)]
        return self.stations[kind]

    def post(self, body: bytes, headers: dict[str, str]) -> bytes:
        answer = self.client.post("stations/sync", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content

    def at_once(self, stations: Sequence[Station]) -> list[Judgement]:
        """All of them send at the same moment; the last judgement of each."""
        together = threading.Barrier(len(stations))

        def one(station: Station) -> Judgement:
            together.wait(30)
            return crowd.taken(station, self.post)[-1]

        with ThreadPoolExecutor(len(stations)) as pool:
            return list(pool.map(one, stations))

    def ask(self, kind: StationKind, step: Step, members: Sequence[Member], of: "Of") -> list[Judgement]:
        """Each takes the step with details of its own; the judgements, in the order of the members."""
        stations = self.at(kind)[: len(members)]
        pairs = list(zip(stations, members, strict=True))
        if RULES[step].offline is Offline.YES or step is Step.LOAD:
            for station, one in pairs:
                crowd.report(station, one, step, of(one))
            return self.at_once(stations)
        granted = []
        for station, one in pairs:
            people = station.people(step)
            granted.append(station.append(wire.Request(step=step, details=of(one)), case_no=one.case_no, **people))
        judged = self.at_once(stations)
        if step is Step.ARM:
            return judged
        able = [number for number, one in enumerate(judged) if one.outcome is Outcome.ACCEPTED]
        for number in able:
            station, one = pairs[number]
            body = wire.Observation(step=step, details=of(one), granted_seq=granted[number])
            station.append(body, case_no=one.case_no, **station.people(step))
        for number, last in zip(able, self.at_once([stations[number] for number in able]), strict=True):
            judged[number] = last
        return judged

    def one_has_it(self, members: Sequence[Member], judged: list[Judgement], problem: Problem) -> Member:
        """The only one that was given it; everybody else was told the problem, and nothing else went wrong."""
        winners = [one for one, said in zip(members, judged, strict=True) if said.outcome is Outcome.ACCEPTED]
        others = [said for said in judged if said.outcome is not Outcome.ACCEPTED]
        assert len(winners) == 1, judged
        assert {frozenset(one.problem for one in said.reasons) for said in others} == {frozenset({problem})}, others
        assert {said.outcome for said in others} <= {Outcome.REFUSED, Outcome.CONFLICT}
        return winners[0]

    def owners(self, table: str, where: str) -> list[CaseNo]:
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(text(f"SELECT DISTINCT case_no FROM {table} WHERE {where}"))
            return [CaseNo(row.case_no) for row in rows]


Of = Callable[[Member], Details]


def changed(step: Step, **own: Callable[[Member], object]) -> Of:
    """The details of a step, with each member's own."""
    return lambda one: DETAILS.get(step, Details()).model_copy(update={name: value(one) for name, value in own.items()})


def whole(service: Service) -> bool:
    return first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def test_a_period_of_a_hall_or_a_furnace_has_one_case(service: Service, client: httpx2.Client) -> None:
    rush, six = Rush(service, client), crowd.booked(service, SIX)
    starts = [START + timedelta(days=2, minutes=9 * number) for number in range(SIX)]

    def in_hall(one: Member) -> Details:
        return Details(hall="H2", starts=starts[one.number - 1])

    def in_furnace(one: Member) -> Details:
        return Details(furnace="F2", starts=starts[one.number - 1])

    for code, step, of in (("H2", Step.RESERVE, in_hall), ("F2", Step.RESERVE_FURNACE, in_furnace)):
        judged = rush.ask(StationKind.ARRANGEMENT, step, six, of)
        has = rush.one_has_it(six, judged, Problem.PLACE_TAKEN)
        assert rush.owners("hall_booking", f"hall = '{code}'") == [has.case_no]
    assert whole(service)


def test_a_crew_a_vehicle_and_a_slot_have_one_case(service: Service, client: httpx2.Client) -> None:
    rush, six = Rush(service, client), crowd.booked(service, SIX)

    def with_him(one: Member) -> Details:
        """1003 drives, or goes with the driver."""
        driver, mate = ("1003", str(1018 + one.number))[:: 1 if one.number % 2 else -1]
        return Details(vehicle=f"V{one.number}", driver=driver, mate=mate)

    first = rush.one_has_it(six, rush.ask(TRANSPORT, Step.DISPATCH, six, with_him), Problem.CREW_TAKEN)
    assert rush.owners("trip", "'1003' IN (driver, mate)") == [first.case_no]

    left = [one for one in six if one is not first]
    free = [str(number) for number in range(1019, 1031) if number != 1018 + first.number]
    crews = {one.number: (free[2 * n], free[2 * n + 1]) for n, one in enumerate(left)}
    vehicle, *vehicles = [f"V{number}" for number in range(1, 7) if number != first.number]

    def sent(one: Member, vehicle: str) -> Details:
        driver, mate = crews[one.number]
        return Details(vehicle=vehicle, driver=driver, mate=mate)

    judged = rush.ask(TRANSPORT, Step.DISPATCH, left, lambda one: sent(one, vehicle))
    second = rush.one_has_it(left, judged, Problem.PLACE_TAKEN)
    assert rush.owners("trip", f"vehicle = '{vehicle}'") == [second.case_no]

    others = [one for one in left if one is not second]
    their = dict(zip((one.number for one in others), vehicles, strict=True))
    together(service, others, Step.DISPATCH, lambda one: sent(one, their[one.number]))
    together(service, six, Step.COLLECT, changed(Step.COLLECT, tag=lambda one: one.tag))
    together(service, six, Step.ARRIVE, changed(Step.ARRIVE, tag=lambda one: one.tag))
    judged = rush.ask(StationKind.COLD_STORAGE, Step.STORE, six, changed(Step.STORE, tag=lambda one: one.tag))
    has = rush.one_has_it(six, judged, Problem.PLACE_TAKEN)
    assert rush.owners("occupancy", "kind = 'slot' AND code = 'A-07'") == [has.case_no]
    assert whole(service)


def test_a_vehicle_that_another_is_in_is_contested_and_stops_nobody(service: Service) -> None:
    two = crowd.booked(service, 2)
    together(service, two, Step.DISPATCH, lambda one: Details(
        vehicle=f"V{one.number}", driver=str(1018 + one.number), mate=str(1020 + one.number)))  # fmt: skip
    together(service, two, Step.COLLECT, changed(Step.COLLECT, tag=lambda one: one.tag))
    transport = service.station(TRANSPORT)
    for one in two:
        details = Details(tag=one.tag, vehicle="V2", reason=Reason.VEHICLE_BROKEN)
        crowd.report(transport, one, Step.CHANGE_VEHICLE, details)

    judged = crowd.send(service, transport)

    assert judged[0].outcome is Outcome.CONFLICT, judged
    assert [one.problem for one in judged[0].reasons] == [Problem.PLACE_TAKEN]
    together(service, two, Step.ARRIVE, changed(Step.ARRIVE, tag=lambda one: one.tag))
    assert whole(service)


def test_a_furnace_a_disc_a_certificate_and_a_shelf_have_one_case(service: Service, client: httpx2.Client) -> None:
    rush, six = Rush(service, client), crowd.queued(service, SIX)
    with service.context.engine.begin() as connection:
        row = {"home_id": "WZ", "kind": "furnace", "code": "W1", "title_zh": "炉", "title_en": "furnace"}
        founding.add_resources(connection, [row])

    def leave(furnace: str = "", disc: str = "") -> Of:
        return lambda one: Details(tag=one.tag, disc=disc or one.disc, furnace=furnace or f"F{one.number}")

    def armed(one: Member) -> str:
        """Leave to load in its own furnace with its own disc, whatever it had before."""
        station = rush.at(CREMATION)[one.number - 1]
        station.append(
            wire.Request(step=Step.ARM, details=leave()(one)), case_no=one.case_no, **station.people(Step.ARM)
        )
        judged = crowd.taken(station, rush.post)[-1]
        assert judged.outcome is Outcome.ACCEPTED, judged
        return judged.permit or ""

    for one in six:
        armed(one)
    has = rush.one_has_it(six, rush.ask(CREMATION, Step.ARM, six, leave(furnace="W1")), Problem.PLACE_TAKEN)
    assert rush.owners("permit", "state = 'live' AND furnace = 'W1'") == [has.case_no]
    has = rush.one_has_it(six, rush.ask(CREMATION, Step.ARM, six, leave(disc="D9999")), Problem.DISC_USED)
    assert rush.owners("permit", "state = 'live' AND disc = 'D9999'") == [has.case_no]

    permits = {one.number: armed(one) for one in six}
    burnt = rush.ask(
        CREMATION, Step.LOAD, six, lambda one: leave()(one).model_copy(update={"permit": permits[one.number]})
    )
    assert {one.outcome for one in burnt} == {Outcome.ACCEPTED}
    assert sorted(rush.owners("mark", "kind = 'disc'")) == [one.case_no for one in six]
    for step in (Step.UNLOAD, Step.CLOSE_FURNACE):
        together(service, six, step, lambda one: Details(disc=one.disc, furnace=f"F{one.number}"))

    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE certificate SET state = 'void' WHERE number > 'HZ-000003'"))
    judged = rush.ask(StationKind.ARRANGEMENT, Step.CERTIFY, six, lambda one: Details())
    drew = [one for one, said in zip(six, judged, strict=True) if said.outcome is Outcome.ACCEPTED]
    assert len(drew) == 3, judged
    assert sorted(rush.owners("certificate", "state = 'drawn'")) == [one.case_no for one in drew]
    assert {stored(service, one.case_no).certificate for one in drew} == {"HZ-000001", "HZ-000002", "HZ-000003"}
    told = {reason.problem for said in judged if said.outcome is not Outcome.ACCEPTED for reason in said.reasons}
    assert told == {Problem.CERTIFICATE_STOCK}

    together(service, six, Step.SEAL, changed(Step.SEAL, disc=lambda one: one.disc, label=lambda one: one.label))
    shelved = changed(Step.SHELVE, label=lambda one: one.label, shelf=lambda one: "S-01")
    has = rush.one_has_it(six, rush.ask(StationKind.ASHES, Step.SHELVE, six, shelved), Problem.PLACE_TAKEN)
    assert rush.owners("occupancy", "kind = 'shelf' AND code = 'S-01'") == [has.case_no]
    assert whole(service)


TWICE = {
    "a slot": "INSERT INTO occupancy VALUES ('WZ', 'slot', 'A-01', 'X')",
    "a furnace": "INSERT INTO occupancy VALUES ('WZ', 'furnace', 'F1', 'X')",
    "a shelf": "INSERT INTO occupancy VALUES ('WZ', 'shelf', 'S-01', 'X')",
    "a hall's period": "INSERT INTO hall_booking VALUES ('WZ', 'H1', {at}, 'X')",
    "a disc": "INSERT INTO mark VALUES ('WZ', 'disc', 'D1', 'X')",
    "a disc given on": "UPDATE mark SET case_no = 'X' WHERE kind = 'disc'",
    "a disc forgotten": "DELETE FROM mark WHERE kind = 'disc'",
    "a furnace's permit": "INSERT INTO permit VALUES ('WZ', 'P2', 'X', 'F1', 'D2', 'J', 'live', {at})",
    "a disc's permit": "INSERT INTO permit VALUES ('WZ', 'P2', 'X', 'F2', 'D1', 'J', 'live', {at})",
    "a case's permit": "INSERT INTO permit VALUES ('WZ', 'P2', '{case}', 'F2', 'D2', 'J', 'live', {at})",
    "a vehicle": "INSERT INTO trip VALUES ('WZ', '{case}', 2, 'V1', '1021', '1022', {at}, NULL, NULL)",
    "a driver": "INSERT INTO trip VALUES ('WZ', '{case}', 2, 'V2', '1003', '1022', {at}, NULL, NULL)",
    "a mate": "INSERT INTO trip VALUES ('WZ', '{case}', 2, 'V2', '1021', '1019', {at}, NULL, NULL)",
    "a driver who is a mate": "INSERT INTO trip VALUES ('WZ', '{case}', 2, 'V2', '1019', '1022', {at}, NULL, NULL)",
    "a mate who drives": "INSERT INTO trip VALUES ('WZ', '{case}', 2, 'V2', '1021', '1003', {at}, NULL, NULL)",
    "a trip begun again": "UPDATE trip SET ended_at = NULL WHERE log_no = 3",
    "a certificate": "INSERT INTO certificate (home_id, number, state, batch) VALUES ('WZ', 'HZ-000001', 'stock', 'b')",
    "a certificate of another": "UPDATE certificate SET case_no = 'X' WHERE number = 'HZ-000001'",
    "a certificate drawn again": "UPDATE certificate SET state = 'stock', case_no = NULL WHERE number = 'HZ-000001'",
    "a void certificate": "UPDATE certificate SET state = 'drawn', case_no = 'X' WHERE number = 'HZ-000002'",
    "a certificate gone": "DELETE FROM certificate WHERE number = 'HZ-000003'",
    "a second certificate": "UPDATE certificate SET state = 'drawn', case_no = '{case}' WHERE number = 'HZ-000003'",
}  # fmt: skip
"""What somebody could try with the database in hand, while one case has each of these things."""
HAS = (
    "INSERT INTO occupancy VALUES ('WZ', 'slot', 'A-01', '{case}')",
    "INSERT INTO occupancy VALUES ('WZ', 'furnace', 'F1', '{case}')",
    "INSERT INTO occupancy VALUES ('WZ', 'shelf', 'S-01', '{case}')",
    "INSERT INTO hall_booking VALUES ('WZ', 'H1', {at}, '{case}')",
    "INSERT INTO mark VALUES ('WZ', 'disc', 'D1', '{case}')",
    "INSERT INTO permit VALUES ('WZ', 'P1', '{case}', 'F1', 'D1', 'J', 'live', {at})",
    "INSERT INTO trip VALUES ('WZ', '{case}', 1, 'V1', '1003', '1019', {at}, NULL, NULL)",
    "INSERT INTO trip VALUES ('WZ', '{case}', 3, 'V1', '1021', '1003', {at}, {at}, 9)",
    "UPDATE certificate SET state = 'drawn', case_no = '{case}', disc = 'D1' WHERE number = 'HZ-000001'",
    "UPDATE certificate SET state = 'void', void_why = 'misprint' WHERE number = 'HZ-000002'",
)  # fmt: skip


def test_the_database_itself_refuses_what_would_be_had_twice(service: Service) -> None:
    case_no = crowd.booked(service, 1)[0].case_no
    for statement in HAS:
        with service.context.engine.begin() as connection:
            connection.execute(text(statement.format(case=case_no, at=AT)))
    for what, statement in TWICE.items():
        with service.context.engine.connect() as connection, connection.begin() as begun:
            with pytest.raises(DatabaseError) as refused:
                connection.execute(text(statement.format(case=case_no, at=AT)))
                pytest.fail(f"{what} was had twice")
            begun.rollback()
        assert not isinstance(refused.value, OperationalError | ProgrammingError), (what, refused.value)
