"""DOMAIN.md section 5, "Operations": each exception told at its stations to its end, by the name it has there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cardsvc.core import wire
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.furnace_log import run_of
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem
from cardsvc.core.reconciliation import Code
from cardsvc.core.rules import RULES
from cardsvc.core.snapshot import Traits
from cardsvc.core.staffing import Person
from cardsvc.core.statutory import Event
from cardsvc.core.tap import objections
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers import clock_in, found_home, reconcile
from cardsvc.store import founding, outbox
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill
from tests.core.story import DETAILS
from tests.service.exceptions.ending import Ending, ending
from tests.support.home import CardInHand, Service, quick_hash
from tests.support.telling import COLLECTOR, FIRE, HANDED, KINDS, READY, TO_SHELF, TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
NUMBERED = {"tag": "T-{}", "disc": "D-{}", "coffin": "K-{}", "label": "L-{}", "slot": "B-{:02}", "number": "N-{}"}
VEHICLES = ("V1", "V2", "V3", "V4", "V5", "V6")


@dataclass
class Marked(Told):
    """One case in hand, with marks and places of its own."""

    number: int = 1
    permit: str = ""

    def details(self, step: Step, **changes: Any) -> Details:
        told = DETAILS.get(step, Details())
        own: dict[str, Any] = {
            name: form.format(self.number) for name, form in NUMBERED.items() if getattr(told, name) is not None
        }
        if step is Step.DISPATCH:
            crew = {"driver": str(1017 + 2 * self.number), "mate": str(1018 + 2 * self.number)}
            own |= {"vehicle": VEHICLES[self.number - 1], **crew}
        if step is Step.LOAD:
            own["permit"] = self.permit
        if step is Step.RELEASE:
            from cardsvc.demo.phone import collection_code

            own["code"] = collection_code(self.service.context, self.case_no)
        return told.model_copy(update=own | changes)

    def tries(
        self, step: Step, at: StationKind | None = None, people: dict[str, Any] | None = None, **changes: Any
    ) -> Judgement:
        self.service.clock.forward(minutes=5)
        kind = at or min(RULES[step].stations, key=KINDS.index)
        if step in (Step.SUSPEND, Step.RESUME):
            kind = StationKind.CREMATION
        station = self.service.station(kind)
        judgement = station.take(self.case_no, step, self.details(step, **changes), self.card, **(people or {}))
        self.permit = judgement.permit or self.permit
        return judgement

    def go(self, *steps: Step) -> None:
        for step in steps:
            self.does(step)

    def station_refuses(self, step: Step, problem: Problem) -> None:
        """The station's own rule book, before anything happens."""
        asked = Asked(step, self.details(step), StaffNo("1011"), StaffNo("1012"))
        met = objections(self.case, asked, StationKind.CREMATION, (Role.FURNACE_OPERATOR,))
        assert problem in {one.problem for one in met}, met

    def items(self) -> list[str]:
        b = t.bill_line.c
        with self.service.context.engine.connect() as connection:
            return sorted(connection.execute(select(b.item).where(b.case_no == self.case_no)).scalars())

    def owed(self) -> int:
        with self.service.context.engine.connect() as connection:
            return case_bill(connection, self.service.context.home_id, self.case_no).open_fen

    def certificates(self) -> list[tuple[str, str]]:
        c = t.certificate.c
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(select(c.number, c.state).where(c.case_no == self.case_no).order_by(c.number))
            return [(row.number, row.state) for row in rows]

    def reported(self) -> set[str]:
        """What the city is told of the case."""
        with self.service.context.engine.connect() as connection:
            home = self.service.context.home_id
            return {one for one in Event if outbox.of_case(connection, home, self.case_no, one)}


def begun(service: Service, number: int = 1) -> Marked:
    booked = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="王李张刘陈杨"[number - 1] + "守义")
    assert booked.case_no is not None, booked
    one = Marked(service, booked.case_no, CardInHand(service.pool_card(number)), number)
    one.does(Step.BIND_CARD)
    return one


def ready(service: Service, number: int = 1) -> Marked:
    """In storage, everything there that the furnace asks for."""
    one = begun(service, number)
    one.go(*TO_STORAGE, *READY, Step.DEPOSIT)
    return one


def found(service: Service) -> set[Code]:
    now = service.clock.now
    findings = reconcile.handle(service.context, now.date(), now, again=True)
    assert findings is not None
    ignored = {Code.COUNT_MISSING, Code.MESSAGES_WAIT, Code.CERTIFICATE_OWED}
    return {one.code for one in findings.findings} - ignored


def furnace_trips_mid_run(service: Service) -> CaseNo:
    one = ready(service)
    one.go(*FIRE[:3])
    one.does(Step.SUSPEND, reason=Reason.EQUIPMENT)
    one.station_refuses(Step.UNLOAD, Problem.STEP_SUSPENDED)
    assert (one.case.stage, one.case.suspended) == (Stage.CREMATING, True)
    assert found(service) == {Code.FURNACE_STANDS}
    one.go(Step.RESUME, Step.UNLOAD, Step.CLOSE_FURNACE, Step.CERTIFY)

    run = run_of(one.case)
    assert run is not None and len(run.trips) == 1
    assert (
        run.burning is not None and run.burning.total_seconds() == 10 * 60
    )  # a quarter of an hour, 5 minutes of which it stood
    assert (one.case.stage, one.case.gaps, one.occupied()) == (Stage.CREMATED, (), set())
    assert one.items().count("furnace_ordinary") == 1
    assert one.certificates() == [("HZ-000001", "drawn")]
    assert one.reported() == {"collection", "cremation"}
    assert found(service) == set()
    return one.case_no


def power_cut(service: Service) -> CaseNo:
    one, other = ready(service, 1), begun(service, 2)
    other.go(Step.DISPATCH, Step.COLLECT)
    one.go(*FIRE[:2])
    lost = one.permit
    furnace = service.station(StationKind.CREMATION)
    furnace.append(wire.PermitDead(permit=lost), case_no=one.case_no)
    furnace.judged()
    # Without network a transport and a cold storage write what they see; the later one comes first.
    transport, cold = (service.station(kind) for kind in (StationKind.TRANSPORT, StationKind.COLD_STORAGE))
    for station, step in ((transport, Step.ARRIVE), (cold, Step.STORE)):
        service.clock.forward(minutes=10)
        station.write(other.case_no, step, other.details(step), other.card, **station.people(step))
    service.clock.forward(hours=3)
    assert cold.judged().outcome is Outcome.WAITING
    assert Code.RECORD_MISSING in found(service)
    assert transport.judged().outcome is Outcome.NOTED, "its intent had been awaited, and happened"
    with service.context.engine.connect() as connection:
        state = select(t.permit.c.state).where(t.permit.c.permit == lost)
        assert connection.execute(state).scalar_one() == "dead"
    one.does(Step.ARM)
    assert one.permit != lost
    one.does(Step.LOAD)
    one.does(Step.SUSPEND, reason=Reason.POWER_CUT)
    one.station_refuses(Step.UNLOAD, Problem.STEP_SUSPENDED)
    one.go(Step.RESUME, Step.UNLOAD, Step.CLOSE_FURNACE)

    assert (one.case.stage, one.case.gaps, one.occupied()) == (Stage.CREMATED, (), set())
    assert (other.case.stage, other.case.gaps, other.occupied()) == (Stage.STORED, (), {("slot", "B-02")})
    arrived = other.case.last(Step.ARRIVE)
    assert arrived is not None and arrived.observed, "it was observed, though it came late"
    assert other.items() == ["transport"]
    assert one.reported() == {"collection", "cremation"} and other.reported() == {"collection"}
    assert found(service) == set()
    return one.case_no


def trips(service: Service) -> list[tuple[str, bool, int | None]]:
    with service.context.engine.connect() as connection:
        rows = connection.execute(t.trip.select().order_by(t.trip.c.log_no))
        return [(row.vehicle, row.ended_at is not None, row.kilometres) for row in rows]


def vehicle_breaks_down_with_a_body_on_board(service: Service) -> CaseNo:
    one, other = begun(service, 1), begun(service, 2)
    one.go(Step.DISPATCH, Step.COLLECT)
    one.refused(Step.CHANGE_VEHICLE, Problem.TAG_MISMATCH, tag="T-9")
    one.does(Step.CHANGE_VEHICLE, vehicle="V5", kilometres=7)
    assert one.case.place.code == "V5"
    assert trips(service) == [("V1", True, 12), ("V5", False, 7)]
    other.refused(Step.DISPATCH, Problem.PLACE_CLOSED, vehicle="V1")
    other.refused(Step.DISPATCH, Problem.PLACE_TAKEN, vehicle="V5")
    other.refused(Step.DISPATCH, Problem.CREW_TAKEN, driver="1019")
    one.go(Step.ARRIVE, Step.STORE)

    assert (one.case.stage, one.case.gaps, one.occupied()) == (Stage.STORED, (), {("slot", "B-01")})
    assert trips(service) == [("V1", True, 12), ("V5", True, 7)]
    assert one.items() == ["transport"], "the family pays one way"
    assert one.reported() == {"collection"}
    other.does(Step.DISPATCH, vehicle="V5")
    assert found(service) == set()
    return one.case_no


def vehicle_breaks_down_without_network(service: Service) -> CaseNo:
    """Collection and change of vehicle come in one request."""
    one = begun(service)
    one.does(Step.DISPATCH)
    station = service.station(StationKind.TRANSPORT)
    station.write(one.case_no, Step.COLLECT, one.details(Step.COLLECT), one.card, **station.people(Step.COLLECT))
    moved = one.details(Step.CHANGE_VEHICLE, vehicle="V5")
    station.append(
        wire.Observation(step=Step.CHANGE_VEHICLE, details=moved),
        case_no=one.case_no,
        **station.people(Step.CHANGE_VEHICLE),
    )
    assert station.judged().outcome is Outcome.ACCEPTED

    assert trips(service) == [("V1", True, 12), ("V5", False, None)]
    one.go(Step.ARRIVE, Step.STORE)
    assert (one.case.stage, one.case.gaps, one.items()) == (Stage.STORED, (), ["transport"])
    return one.case_no


def surge(service: Service) -> CaseNo:
    home = service.context.home_id
    row = {"home_id": home, "kind": "slot", "code": "X-01", "title_zh": "临时", "title_en": "Temporary"}
    with service.context.engine.begin() as connection:
        founding.add_resources(connection, [row | {"traits": Traits(temporary=True).model_dump_json()}])
    first, second, third = (begun(service, number) for number in (1, 2, 3))
    first.go(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    first.does(Step.STORE, slot="X-01")
    second.go(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    with service.context.engine.connect() as connection:
        assert connection.execute(select(t.occupancy.c.case_no).where(t.occupancy.c.code == "X-01")).scalar_one()
    twice = second.tries(Step.STORE, slot="X-01")
    assert twice.outcome is Outcome.CONFLICT and {one.problem for one in twice.reasons} == {Problem.PLACE_TAKEN}
    assert (first.occupied(), second.occupied()) == ({("slot", "X-01")}, set())
    assert Code.TWO_IN_ONE_PLACE in found(service)
    second.does(Step.VOID)
    second.does(Step.STORE)
    third.go(*TO_STORAGE)
    for one in (first, second, third):
        one.go(*READY, Step.DEPOSIT, Step.QUEUE)
    assert [one.case.queue_no for one in (first, second, third)] == [1, 2, 3]
    third.refused(Step.ARM, Problem.QUEUE_ORDER)
    second.refused(Step.ARM, Problem.QUEUE_ORDER)
    for place, one in enumerate((first, second, third), 1):
        for step in FIRE[1:]:
            own: dict[str, Any] = {"furnace": f"F{place}"} if one.details(step).furnace else {}
            one.does(step, **own)

    for one in (first, second, third):
        assert (one.case.stage, one.case.gaps, one.occupied()) == (Stage.CREMATED, (), set())
        assert one.reported() == {"collection", "cremation"}
    assert found(service) == set()
    return first.case_no


def staff_member_is_a_relative(service: Service) -> CaseNo:
    one = ready(service)
    colleague = Person(StaffNo("1040"), "石磊", (Role.FURNACE_OPERATOR, Role.CHECKER))
    found_home.add_staff(
        service.context, [(colleague, "10401040")], quick_hash, {colleague.staff_no: date(2030, 12, 31)}
    )
    clock_in.handle(service.context, colleague.staff_no, on=True, by=colleague.staff_no, now=service.clock.now)
    for relative in ("1011", "1012", "1013"):
        one.office.step(one.case_no, Step.DECLARE_RELATIVE, Details(about=relative))
    one.does(Step.QUEUE)
    independent = {"staff_no": "1040", "second_staff_no": "1041"}
    for operator, checker in (("1011", "1012"), ("1011", "1040"), ("1040", "1012")):
        people = {"staff_no": operator, "second_staff_no": checker}
        one.refused(Step.ARM, Problem.CHECKER_NOT_INDEPENDENT, people=people)
    second = Person(StaffNo("1041"), "林深", (Role.CHECKER,))
    found_home.add_staff(service.context, [(second, "10411041")], quick_hash)
    for step in FIRE[1:]:
        one.does(step, people=independent)
    clerks = {"staff_no": "1014", "second_staff_no": "1015"}
    for step in (*TO_SHELF[:3],):
        one.does(step, people=clerks)
    one.does(Step.CERTIFY)
    one.does(Step.NOTIFY)
    verified = service.station(StationKind.ASHES).take(one.case_no, Step.VERIFY, COLLECTOR, one.card)
    assert verified.outcome is Outcome.ACCEPTED
    for giver, witness in (("1013", "1014"), ("1014", "1013")):
        one.refused(Step.RELEASE, Problem.SCAN_MISSING, people={"staff_no": giver, "second_staff_no": witness})
    one.does(Step.RELEASE, people=clerks)
    one.does(HANDED[1])

    assert (one.case.stage, one.case.gaps, one.occupied()) == (Stage.AT_REST, (), set())
    assert one.case.relatives == ("1011", "1012", "1013")
    assert one.certificates() == [("HZ-000001", "drawn")]
    assert one.owed() <= 0
    return one.case_no


def certificate_lost_or_misprinted(service: Service) -> CaseNo:
    one, other = ready(service, 1), ready(service, 2)
    one.go(*FIRE, Step.CERTIFY)
    alone = one.office.try_step(one.case_no, Step.VOID_CERTIFICATE, DETAILS[Step.VOID_CERTIFICATE], None)
    assert alone.status_code == 409
    for why in (Reason.MISPRINT, Reason.LOST):
        one.office.step(one.case_no, Step.VOID_CERTIFICATE, Details(reason=why))
        assert one.case.certificate is None
        one.does(Step.CERTIFY)
    again = one.tries(Step.CERTIFY)
    assert Problem.CERTIFICATE_EXISTS in {reason.problem for reason in again.reasons}
    for step in FIRE:
        own: dict[str, Any] = {"furnace": "F2"} if other.details(step).furnace else {}
        other.does(step, **own)
    other.does(Step.CERTIFY)

    assert one.certificates() == [("HZ-000001", "void"), ("HZ-000002", "void"), ("HZ-000003", "drawn")]
    assert (one.case.certificate, one.case.stage, one.case.gaps) == ("HZ-000003", Stage.CREMATED, ())
    assert other.certificates() == [("HZ-000004", "drawn")], "a number is never drawn again"
    with service.context.engine.connect() as connection:
        whys = connection.execute(select(t.certificate.c.void_why).where(t.certificate.c.state == "void")).scalars()
        assert sorted(whys) == ["lost", "misprint"]
    assert one.occupied() == other.occupied() == set()
    assert found(service) == set()
    return one.case_no


EXCEPTIONS: dict[str, tuple[Callable[[Service], CaseNo], Ending]] = {
    "furnace trips mid-run": (
        furnace_trips_mid_run,
        Ending(
            "cremated tray",
            (64_000, 64_000, 300_000),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "death_certificate"},
        ),
    ),
    "power cut": (
        power_cut,
        Ending("cremated tray", (64_000, 64_000, 300_000), set(), {"applicant_identity", "death_certificate"}),
    ),
    "vehicle breaks down with a body on board": (
        vehicle_breaks_down_with_a_body_on_board,
        Ending("stored slot", (23_000, 23_000, 0), {"B-01"}, set()),
    ),
    "vehicle breaks down without network": (
        vehicle_breaks_down_without_network,
        Ending("stored slot", (23_000, 23_000, 0), {"B-01"}, set()),
    ),
    "surge": (
        surge,
        Ending("cremated tray", (64_000, 64_000, 300_000), set(), {"applicant_identity", "death_certificate"}),
    ),
    "staff member is a relative": (
        staff_member_is_a_relative,
        Ending(
            "at_rest destination",
            (90_000, 84_000, 300_000),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate"},
        ),
    ),
    "certificate lost or misprinted": (
        certificate_lost_or_misprinted,
        Ending(
            "cremated tray",
            (64_000, 64_000, 300_000),
            set(),
            {"HZ-000001 void", "HZ-000002 void", "HZ-000003 drawn", "applicant_identity", "death_certificate"},
        ),
    ),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_operations_go_wrong_and_the_case_comes_to_its_end(service: Service, name: str) -> None:
    tell, end = EXCEPTIONS[name]

    assert ending(service, tell(service)) == end
