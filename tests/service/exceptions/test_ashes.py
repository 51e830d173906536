"""Ashes (DOMAIN.md section 5): each exception to its end: case, places, labels, messages, bill."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from cardsvc.api import notices
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Approval, Destination, Notice, Paper, Reason
from cardsvc.demo.phone import collection_code
from cardsvc.store import tables as t
from tests.service.exceptions.ending import Ending, ending
from tests.support.accounts import bill, lines, occupied, take, taken, told
from tests.support.home import CardInHand, Service
from tests.support.telling import (
    COLLECTOR,
    FIRE,
    HANDED,
    READY,
    TO_STORAGE,
    Office,
    collected,
    go,
    opened,
    stored,
)

pytestmark = pytest.mark.one_engine
ASHES = StationKind.ASHES
WISH = Reason.FAMILY_WISH


def sealed(service: Service) -> tuple[CaseNo, CardInHand]:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, *FIRE, Step.SEAL, Step.CERTIFY)
    return case_no, card


def at_ashes(service: Service, case_no: CaseNo, card: CardInHand, step: Step, **details: object) -> Case:
    return taken(service, ASHES, case_no, step, Details.model_validate(details), card)


def handed(service: Service, case_no: CaseNo, card: CardInHand, label: str, where: Destination) -> Case:
    """A box goes to a collector of its own, who shows who they are and the code that was sent for them."""
    taken(service, ASHES, case_no, Step.VERIFY, COLLECTOR, card)
    code = collection_code(service.context, case_no)
    return at_ashes(service, case_no, card, Step.RELEASE, label=label, destination=where, code=code)


def drawn(service: Service) -> list[str]:
    """The certificates that were drawn from the stock."""
    with service.context.engine.connect() as connection:
        c = t.certificate.c
        return list(connection.execute(select(c.number).where(c.state == "drawn")).scalars())


def ran(service: Service) -> int:
    return notices.handle(service.context, service.clock.now)


def split(service: Service) -> CaseNo:
    """Each portion is shelved, handed over and confirmed by itself; the stage follows the slowest."""
    case_no, card = sealed(service)
    at_ashes(service, case_no, card, Step.SPLIT, label="L0001", portion="L0002", weight_g=800)
    at_ashes(service, case_no, card, Step.SHELVE, label="L0001", shelf="S-01")
    at_ashes(service, case_no, card, Step.SHELVE, label="L0002", shelf="S-02")
    assert occupied(service, case_no) == {("shelf", "S-01"), ("shelf", "S-02")}
    at_ashes(service, case_no, card, Step.UNSHELVE, label="L0002")
    assert occupied(service, case_no) == {("shelf", "S-01")}
    go(service, case_no, card, Step.NOTIFY, Step.DEPOSIT)
    case = handed(service, case_no, card, "L0002", Destination.HOME)
    assert (case.stage, [one.place.kind for one in case.portions]) == ("sealed", ["shelf", "collector"])
    at_ashes(service, case_no, card, Step.UNSHELVE, label="L0001")
    go(service, case_no, card, Step.SETTLE)
    case = handed(service, case_no, card, "L0001", Destination.CEMETERY)
    assert case.stage == "released"
    office = Office(service)
    office.step(case_no, Step.CONFIRM_REST, Details(label="L0001", receipt="GM-1"))
    assert stored(service, case_no).stage == "released"

    office.step(case_no, Step.CONFIRM_REST, Details(label="L0002", receipt="TOWN-1"))

    case = stored(service, case_no)
    assert (case.stage, [(one.label, one.weight_g, one.destination) for one in case.portions]) == (
        "at_rest",
        [("L0001", 1_600, Destination.CEMETERY), ("L0002", 800, Destination.HOME)],
    )
    # One contract for all boxes: one period.
    assert [one for one in lines(service, case_no) if one[0] == "ash_storage"] == [("ash_storage", 6_000, 0, "family")]
    assert (occupied(service, case_no), bill(service, case_no).open_fen) == (set(), -294_000)
    assert (case.gaps, drawn(service)) == ((), [case.certificate])
    return case_no


def returned(service: Service) -> CaseNo:
    """Ashes that come back are at the desk; they are shelved and handed over again, and everybody is told again."""
    case_no, card = sealed(service)
    collected(service, case_no, card)
    go(service, case_no, card, *HANDED)
    assert stored(service, case_no).stage == "at_rest"
    certificate = stored(service, case_no).certificate

    case = at_ashes(service, case_no, card, Step.RETURN_ASHES, label="L0001", reason=WISH)

    assert (case.stage, case.place.kind, case.notices) == ("sealed", "desk", ())
    case = at_ashes(service, case_no, card, Step.SHELVE, label="L0001", shelf="S-03")
    assert occupied(service, case_no) == {("shelf", "S-03")}
    assert case.storage_until == service.clock.now + timedelta(days=365)
    at_ashes(service, case_no, card, Step.UNSHELVE, label="L0001")
    untold = taken_or_reasons(service, case_no, card)
    assert untold == ["unpaid", "contact_untold"]
    go(service, case_no, card, Step.DEPOSIT, Step.NOTIFY)
    case = handed(service, case_no, card, "L0001", Destination.TREE)
    assert (case.stage, case.portions[0].destination) == ("released", Destination.TREE)
    assert certificate is not None and drawn(service) == [certificate] == [case.certificate]
    assert bill(service, case_no).due_fen == 6_000
    return case_no


def taken_or_reasons(service: Service, case_no: CaseNo, card: CardInHand) -> list[str]:
    """Why the ashes may not leave now."""
    taken(service, ASHES, case_no, Step.VERIFY, COLLECTOR, card)
    code = collection_code(service.context, case_no)
    asked = Details(label="L0001", destination=Destination.TREE, code=code)
    return [one.problem for one in take(service, ASHES, case_no, Step.RELEASE, asked, card).reasons]


def unclaimed(service: Service) -> CaseNo:
    """The family is told once before the term ends and once after; then two people approve a rest without it."""
    case_no, card = sealed(service)
    case = at_ashes(service, case_no, card, Step.SHELVE, label="L0001", shelf="S-01")
    assert case.storage_until is not None
    begun = told(service, case_no)
    service.clock.now = case.storage_until - timedelta(days=31)
    assert ran(service) == 0
    service.clock.forward(days=1)
    assert (ran(service), ran(service)) == (1, 0)
    service.clock.forward(days=30, seconds=1)
    assert (ran(service), ran(service)) == (1, 0)
    assert told(service, case_no) == ["collect_ashes", "ashes_end", *begun]
    office = Office(service)
    office.step(case_no, Step.APPROVE, Details(approval=Approval.SCATTER, reason=Reason.UNCLAIMED))
    office.step(case_no, Step.APPROVE, Details(approval=Approval.COLLECTOR, reason=Reason.UNCLAIMED))
    office.step(case_no, Step.APPROVE, Details(approval=Approval.CREDIT, reason=Reason.UNCLAIMED))
    office.step(case_no, Step.VERIFY, Details(paper=Paper.SCATTERING_NOTICE, number="GG-1", alike=True))
    at_ashes(service, case_no, card, Step.UNSHELVE, label="L0001")
    go(service, case_no, card, Step.NOTIFY)

    case = handed(service, case_no, card, "L0001", Destination.SEA)

    assert (case.stage, occupied(service, case_no)) == ("released", set())
    # A year and a moment: two periods are begun.
    assert ("ash_storage", 12_000, 0, "family") in lines(service, case_no)
    assert bill(service, case_no).due_fen == 12_000
    return case_no


def renewed(service: Service) -> CaseNo:
    """A renewal charges its periods, moves the end, and the notices of the new term are told anew."""
    case_no, card = sealed(service)
    office = Office(service)
    on_desk = office.try_step(case_no, Step.RENEW_STORAGE, Details(due=service.clock.now + timedelta(days=400)))
    assert on_desk.json()["code"] == "step_out_of_order"
    until = at_ashes(service, case_no, card, Step.SHELVE, label="L0001", shelf="S-01").storage_until
    assert until is not None
    service.clock.now = until - timedelta(days=10)
    assert ran(service) == 1
    office = Office(service)
    backwards = office.try_step(case_no, Step.RENEW_STORAGE, Details(due=until))
    assert backwards.json()["code"] == "field_invalid"

    office.step(case_no, Step.RENEW_STORAGE, Details(due=until + timedelta(days=365)))

    case = stored(service, case_no)
    assert (case.storage_until, case.notices) == (until + timedelta(days=365), ())
    assert lines(service, case_no)[-1] == ("ash_storage", 12_000, 0, "family")
    assert ran(service) == 0
    service.clock.now = until + timedelta(days=360)
    assert (ran(service), stored(service, case_no).notices) == (1, (Notice.ASHES_END,))
    at_ashes(service, case_no, card, Step.UNSHELVE, label="L0001")
    assert sum(price for item, price, *_ in lines(service, case_no) if item == "ash_storage") == 12_000
    assert occupied(service, case_no) == set()
    bill(service, case_no)
    return case_no


def sea_trip_postponed(service: Service) -> CaseNo:
    """A whole trip is put off in one act, for everybody aboard or for nobody; the follow-up waits for its receipt."""
    first, card = sealed(service)
    second = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="陈守拙").case_no
    assert second is not None
    sails, later = service.clock.now + timedelta(days=20), service.clock.now + timedelta(days=27)
    office = Office(service)
    for number in (first, second):
        office.step(number, Step.PLAN_REST, Details(destination=Destination.SEA, starts=sails))
    page = office.desk.get("ashes/trips")
    assert str(first) in page.text and str(second) in page.text
    form = {"starts": sails.isoformat(), "reason": "weather"}
    for wrong in ("2020-01-01T08:00", "tomorrow"):
        assert office.desk.post("ashes/trips", **form, moved_to=wrong).status_code in (409, 422)
    local = (later + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")

    assert office.desk.post("ashes/trips", **form, moved_to=local).status_code == 303

    assert {stored(service, number).rest_at for number in (first, second)} == {later}
    steps = [stored(service, number).taken[-1].step for number in (first, second)]
    assert steps == [Step.POSTPONE_REST] * 2
    assert office.desk.post("ashes/trips", **form, moved_to=local).status_code == 404
    office.step(first, Step.APPROVE, Details(approval=Approval.SCATTER, reason=WISH))
    office.step(first, Step.VERIFY, Details(paper=Paper.SCATTERING_NOTICE, number="GG-2", alike=True))
    go(service, first, card, Step.NOTIFY)
    handed(service, first, card, "L0001", Destination.SEA)
    office = Office(service)
    office.step(first, Step.CONFIRM_REST, Details(receipt="SEA-1"))
    assert stored(service, first).stage == "at_rest"
    assert str(first) not in office.desk.get("ashes/trips").text
    assert bill(service, first).due_fen == 0
    return first


def rest_not_confirmed(service: Service) -> CaseNo:
    """The home asks once when nobody has confirmed the rest, and the box stays on the list until somebody does."""
    case_no, card = sealed(service)
    collected(service, case_no, card)
    go(service, case_no, card, Step.RELEASE)
    service.clock.forward(days=29)
    assert ran(service) == 0
    service.clock.forward(days=1)
    assert (ran(service), ran(service), told(service, case_no)[0]) == (1, 0, "confirm_rest")
    desk = Office(service).desk
    assert "已逾期" in desk.get("ashes/rest").text
    go(service, case_no, card, Step.CONFIRM_REST)
    assert str(case_no) not in desk.get("ashes/rest").text
    assert stored(service, case_no).stage == "at_rest"
    bill(service, case_no)
    return case_no


EXCEPTIONS: dict[str, tuple[Callable[[Service], CaseNo], Ending]] = {
    "split among relatives": (
        split,
        Ending(
            "at_rest destination destination",
            (90_000, 84_000, 300_000),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate"},
        ),
    ),
    "returned": (
        returned,
        Ending(
            "released collector",
            (90_000, 84_000, 300_000),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate"},
        ),
    ),
    "unclaimed": (
        unclaimed,
        Ending(
            "released collector",
            (96_000, 84_000, 0),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate", "scattering_notice"},
        ),
    ),
    "renewed": (
        renewed,
        Ending(
            "sealed desk", (96_000, 84_000, 0), set(), {"HZ-000001 drawn", "applicant_identity", "death_certificate"}
        ),
    ),
    "sea trip postponed": (
        sea_trip_postponed,
        Ending(
            "at_rest destination",
            (84_000, 84_000, 0),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate", "scattering_notice"},
        ),
    ),
    "rest not confirmed": (
        rest_not_confirmed,
        Ending(
            "at_rest destination",
            (84_000, 84_000, 0),
            set(),
            {"HZ-000001 drawn", "applicant_identity", "collector_identity", "death_certificate"},
        ),
    ),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_of_the_ashes_is_carried_to_its_end(service: Service, name: str) -> None:
    tell, end = EXCEPTIONS[name]

    assert ending(service, tell(service)) == end
