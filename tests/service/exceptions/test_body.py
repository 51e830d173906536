"""The exceptions of DOMAIN.md section 5, "Body": each one told at its stations to its end, by the name it has there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from cardsvc.api import notices
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.prices import Tier
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.storage import first_stored
from cardsvc.core.terms import (
    Approval,
    Condition,
    Issuer,
    Notice,
    Paper,
    Payer,
    Reason,
    Signer,
)
from cardsvc.handlers import import_prices
from cardsvc.store import outbox
from cardsvc.store import tables as t
from cardsvc.store.opening import price_book
from cardsvc.store.snapshots import case_bill
from tests.support.home import Service
from tests.support.telling import BELONGINGS, FIRE, PAPERS, READY, TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
PERSON_PAPERS = {Paper.DEATH_CERTIFICATE, Paper.APPLICANT_IDENTITY}
UNCLAIMED = (Paper.UNCLAIMED_NOTICE, Paper.DNA_SAMPLE, Paper.FINGERPRINTS)
AUTHORITY = Details(signed_by=Signer.CIVIL_AFFAIRS)
TO_FIRE = (Step.DEPOSIT, *FIRE)


@dataclass
class Kept(Told):
    """A case whose body is told of: its papers, decisions, lines of storage."""

    hours: ClassVar[int] = 1

    def decides(self, approval: Approval, reason: Reason = Reason.HARDSHIP, other: CaseNo | None = None) -> None:
        self.office.step(self.case_no, Step.APPROVE, Details(approval=approval, reason=reason, other=other))

    def shows(self, paper: Paper) -> None:
        self.does(Step.VERIFY, paper=paper, number=f"N-{paper.value[:12]}")

    def waits(self, **time: float) -> None:
        self.service.clock.forward(**time)

    def lines(self) -> list[tuple[str, str, int, int, int]]:
        """Item, payer, quantity, price, waiver."""
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(
                t.bill_line.select().where(t.bill_line.c.case_no == self.case_no).order_by(t.bill_line.c.log_no)
            )
            return [(row.item, row.payer, row.quantity, row.price_fen, row.waiver_fen) for row in rows]

    def storage(self) -> list[tuple[str, int, int, int]]:
        return [line[1:] for line in self.lines() if line[0] == "cold_storage"]

    def told(self, notice: Notice) -> int:
        with self.service.context.engine.connect() as connection:
            return len(outbox.of_case(connection, self.service.context.home_id, self.case_no, notice))


begun = Kept.begun


def out_and_back(service: Service) -> Kept:
    one = begun(service)
    one.go(*TO_STORAGE)
    due = service.clock.now + timedelta(hours=6)
    one.does(Step.TAKE_OUT, reason=Reason.VIEWING, due=due)
    assert (one.case.place.kind, one.case.taken[-1].due, one.occupied()) == ("viewing_room", due, set())
    one.does(Step.STORE, slot="B-01")
    one.does(Step.TAKE_OUT, reason=Reason.AUTOPSY, due=due)
    assert one.case.place.kind == "autopsy_room"
    one.does(Step.STORE, slot="A-07")
    one.go(*READY, *TO_FIRE)
    return one


def transfer(service: Service) -> Kept:
    one = begun(service)
    one.go(*TO_STORAGE, Step.TRANSFER_OUT)
    refused = one.office.try_step(one.case_no, Step.CLOSE)
    assert "transfer_open" in refused.text, refused.text
    assert one.case.place.kind == "other_home"
    one.office.step(one.case_no, Step.CONFIRM_TRANSFER, Details(receipt="T1"))
    one.office.step(one.case_no, Step.CLOSE)
    return one


def tiered(service: Service) -> None:
    """A price list with dearer days from the 8th and the 31st on."""
    with service.context.engine.connect() as connection:
        book = price_book(connection, service.context.home_id, service.clock.now)
    tiers = (Tier(from_day=8, price_fen=12_000), Tier(from_day=31, price_fen=20_000))
    items = [one.model_copy(update={"tiers": tiers if one.item == "cold_storage" else ()}) for one in book.items]
    changed: dict[str, object] = {"version": "WZ-2026-2", "items": tuple(items), "waivers": ()}
    changed["valid_from"] = local(service.clock.now).date()
    changed_book = book.model_copy(update=changed)
    raw = changed_book.model_dump_json().encode()
    number = import_prices.bring(service.context, raw, StaffNo("1015"), service.clock.now)
    assert isinstance(number, int), number
    seen = import_prices.digest(changed_book, book)
    kept = import_prices.publish(service.context, number, seen, StaffNo("1016"), service.clock.now)
    assert not isinstance(kept, Refusal), kept


def extension(service: Service) -> Kept:
    tiered(service)
    one = begun(service)
    one.go(*TO_STORAGE)
    first = first_stored(one.case)
    assert first is not None

    def told_on(day: float) -> tuple[int, int]:
        service.clock.now = first + timedelta(days=day)
        notices.handle(service.context, service.clock.now)
        notices.handle(service.context, service.clock.now)
        return one.told(Notice.STORAGE_ENDS), one.told(Notice.STORAGE_OVERDUE)

    assert [told_on(day) for day in (4.9, 5.1, 6.9, 7.1, 8)] == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]
    one.does(Step.EXTEND_STORAGE, due=first + timedelta(days=30))
    assert [told_on(day) for day in (27.9, 28.1)] == [(1, 1), (2, 1)]
    one.refused(Step.EXTEND_STORAGE, Problem.STORAGE_TERM, due=first + timedelta(days=40))
    one.decides(Approval.STORAGE, Reason.FAMILY_WISH)
    one.does(Step.EXTEND_STORAGE, due=first + timedelta(days=40))
    assert told_on(31.5) == (2, 1), "the authority's term has begun, the old one is forgotten"
    one.go(*READY, Step.DEPOSIT, Step.QUEUE)
    one.refused(Step.ARM, Problem.UNPAID)
    one.go(Step.PAY, *FIRE[1:])
    # Days 1-7 at 80, three of them waived; 8-30 at 120; 31 and 32 at 200.
    assert one.storage() == [
        ("family", 7, 56_000, 24_000),
        ("family", 23, 276_000, 0),
        ("family", 2, 40_000, 0),
    ]
    return one


def police_hold(service: Service) -> Kept:
    one = begun(service, police=True)
    one.go(*TO_STORAGE)
    one.waits(hours=1)
    one.office.step(one.case_no, Step.HOLD, Details(reason=Reason.POLICE, blocks=(Step.QUEUE, Step.LOAD)))
    one.go(*PAPERS[1:], *BELONGINGS, Step.ENCOFFIN)
    one.does(Step.VERIFY_DEATH, issuer=Issuer.POLICE)
    one.refused(Step.QUEUE, Problem.CASE_ON_HOLD)
    one.waits(days=4)
    assert one.told(Notice.HOLD_LIFTED) == 0
    one.office.step(one.case_no, Step.LIFT_HOLD, Details(reason=Reason.POLICE))
    assert one.told(Notice.HOLD_LIFTED) == 1
    one.waits(days=3)
    one.go(*TO_FIRE)
    # Day 1 began before the hold; 2-5 began under it; 6-8 are the family's again, and two of them still waived.
    assert one.storage() == [("family", 4, 32_000, 24_000), ("police", 4, 32_000, 0)]
    return one


def unclaimed_papers(one: Kept, issuer: Issuer) -> None:
    one.does(Step.VERIFY_DEATH, issuer=issuer)
    for paper in UNCLAIMED:
        one.shows(paper)
    one.does(Step.AUTHORISE, signed_by=Signer.CIVIL_AFFAIRS)
    one.go(Step.PLAN_ASHES, Step.DECLARE_IMPLANTS, *BELONGINGS, Step.ENCOFFIN)
    one.decides(Approval.CREDIT, Reason.UNCLAIMED)
    one.go(Step.QUEUE)
    one.refused(Step.ARM, Problem.NOTICE_RUNNING)
    one.does(Step.VOID, StationKind.CREMATION)
    assert (one.case.stage, one.case.place.code, one.storage()[-1][0]) == ("stored", "A-07", "family")
    one.waits(days=60)


def unidentified(service: Service) -> Kept:
    one = begun(service, case_kind="unidentified", id_no=None, police=True, cause_class="unknown", resident=False)
    one.go(*TO_STORAGE)
    unclaimed_papers(one, Issuer.POLICE)
    one.go(*FIRE)
    return one


def unclaimed(service: Service) -> Kept:
    one = begun(service, resident=False)
    one.go(*TO_STORAGE)
    one.does(Step.DECLARE, condition=Condition.UNCLAIMED)
    unclaimed_papers(one, Issuer.HOSPITAL)
    one.go(*FIRE)
    return one


def infectious(service: Service) -> Kept:
    one = begun(service, infectious=True)
    one.go(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, *READY)
    one.go(*FIRE)  # not paid: money never delays infectious remains
    assert one.case.last(Step.QUEUE).skip == "infectious"  # type: ignore[union-attr]
    return one


def oversize(service: Service) -> Kept:
    one = begun(service, weight_kg=190)
    one.go(*TO_STORAGE)
    one.does(Step.DECLARE, condition=Condition.DECOMPOSED)
    one.does(Step.DECLARE, condition=Condition.OVERSIZE)
    one.go(*PAPERS, *BELONGINGS)
    one.does(Step.ENCOFFIN, length_cm=230, width_cm=95)
    one.go(Step.DEPOSIT, Step.QUEUE)
    one.refused(Step.ARM, Problem.UNFIT_FOR_FURNACE)
    one.decides(Approval.OVERSIZE, Reason.URGENT)
    one.go(*FIRE[1:])
    assert one.case.conditions == (Condition.DECOMPOSED, Condition.OVERSIZE)
    return one


def several_at_once(service: Service) -> Kept:
    mother = begun(service)
    mother.go(*TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
    child = begun(service, 2, case_kind="stillborn", id_no=None, deceased_name="王小安")
    child.go(Step.DISPATCH)
    child.does(Step.COLLECT, tag="7Q2H")
    child.does(Step.ARRIVE, tag="7Q2H")
    child.does(Step.STORE, tag="7Q2H", slot="A-08")
    child.does(Step.VERIFY_DEATH, paper=Paper.STILLBIRTH_CERTIFICATE, number="SB1", issuer=Issuer.HOSPITAL)
    child.go(Step.VERIFY, Step.AUTHORISE, Step.PLAN_ASHES)
    child.does(Step.ENCOFFIN, tag="7Q2H", coffin="K0002", length_cm=60, width_cm=30)
    child.go(Step.DEPOSIT)
    child.does(Step.QUEUE, tag="7Q2H", coffin="K0002")
    mother.go(Step.ARM, Step.LOAD)
    marks: dict[str, Any] = {"tag": "7Q2H", "disc": "D0002", "furnace": "F1"}
    child.refused(Step.ARM, Problem.FURNACE_TAKEN, **marks)
    child.decides(Approval.TOGETHER, Reason.FAMILY_WISH, mother.case_no)
    armed = child.tries(Step.ARM, **marks)
    child.does(Step.LOAD, **marks, permit=armed.permit)
    mother.go(Step.UNLOAD, Step.CLOSE_FURNACE)
    assert child.occupied() == {("furnace", "F1")}, "the other body is still in it"
    child.does(Step.UNLOAD, disc="D0002")
    child.does(Step.CLOSE_FURNACE, disc="D0002")
    assert (mother.case.stage, mother.occupied()) == ("cremated", set())
    return child


def stillborn(service: Service) -> Kept:
    one = begun(service, case_kind="stillborn", id_no=None)
    one.go(*TO_STORAGE)
    one.does(Step.VERIFY_DEATH, paper=Paper.STILLBIRTH_CERTIFICATE, number="SB1", issuer=Issuer.HOSPITAL)
    one.go(*PAPERS[1:4], Step.ENCOFFIN, *TO_FIRE)
    return one


def body_part(service: Service) -> Kept:
    one = begun(service, case_kind="body_part", id_no=None)
    one.go(*TO_STORAGE)
    one.does(Step.VERIFY_DEATH, paper=Paper.BODY_PART_DOCUMENT, number="BP1", issuer=Issuer.HOSPITAL)
    one.go(*PAPERS[1:4], Step.ENCOFFIN, *TO_FIRE)
    return one


def bones(service: Service) -> Kept:
    one = begun(service, case_kind="bones", id_no=None, resident=False)
    one.does(Step.VERIFY_DEATH, paper=Paper.EXHUMATION_PERMIT, number="EP1", issuer=Issuer.CIVIL_AFFAIRS)
    one.go(*PAPERS[1:4], Step.ENCOFFIN, *TO_FIRE)
    return one


def of_origin(origin: str, paper: Paper) -> Callable[[Service], Kept]:
    def tell(service: Service) -> Kept:
        one = begun(service, origin=origin, outside=True, id_no=None, resident=False)
        one.go(*TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
        one.refused(Step.ARM, Problem.CONSENT_MISSING)
        one.refused(Step.ARM, Problem.OUTSIDE_UNAPPROVED)
        one.shows(paper)
        one.shows(Paper.OUTSIDE_APPROVAL)
        one.go(*FIRE[1:])
        return one

    return tell


@dataclass(frozen=True)
class End:
    """How a story ends: the family's bill is (charged, waived, paid or deposited) in fen."""

    tell: Callable[[Service], Kept]
    bill: tuple[int, int, int]
    papers: set[Paper]
    stage: Stage = Stage.CREMATED
    place: str = "tray"
    others: frozenset[Payer] = frozenset()


STORIES = {
    "out and back in": End(out_and_back, (64_000, 64_000, 300_000), PERSON_PAPERS),
    "transfer to another home": End(transfer, (31_000, 31_000, 0), set(), Stage.CLOSED, "other_home"),
    "storage extension": End(extension, (428_000, 80_000, 350_000), PERSON_PAPERS),
    "police hold and release": End(
        police_hold, (88_000, 80_000, 300_000), PERSON_PAPERS, others=frozenset({Payer.POLICE})
    ),
    "unidentified": End(unidentified, (544_000, 0, 0), {Paper.DEATH_CERTIFICATE, *UNCLAIMED}),
    "unclaimed or refused": End(unclaimed, (544_000, 0, 0), {Paper.DEATH_CERTIFICATE, *UNCLAIMED}),
    "infectious": End(infectious, (56_000, 56_000, 0), PERSON_PAPERS),
    "decomposed or oversize": End(oversize, (64_000, 64_000, 300_000), PERSON_PAPERS),
    "several remains at once": End(
        several_at_once, (64_000, 64_000, 300_000), {Paper.STILLBIRTH_CERTIFICATE, Paper.APPLICANT_IDENTITY}
    ),
    "stillborn": End(stillborn, (64_000, 64_000, 300_000), {Paper.STILLBIRTH_CERTIFICATE, Paper.APPLICANT_IDENTITY}),
    "body part": End(body_part, (64_000, 64_000, 300_000), {Paper.BODY_PART_DOCUMENT, Paper.APPLICANT_IDENTITY}),
    "exhumed bones": End(bones, (33_000, 0, 300_000), {Paper.EXHUMATION_PERMIT, Paper.APPLICANT_IDENTITY}),
    "minority": End(
        *(of_origin("burial_custom", Paper.BURIAL_CUSTOM_CONSENT), (64_000, 0, 300_000)),
        PERSON_PAPERS | {Paper.BURIAL_CUSTOM_CONSENT, Paper.OUTSIDE_APPROVAL},
    ),
    "foreign": End(
        *(of_origin("foreign", Paper.CONSULATE_NOTE), (64_000, 0, 300_000)),
        PERSON_PAPERS | {Paper.CONSULATE_NOTE, Paper.OUTSIDE_APPROVAL},
    ),
    "Hong Kong, Macau, Taiwan": End(
        *(of_origin("hk_mo_tw", Paper.AFFAIRS_OFFICE_NOTE), (64_000, 0, 300_000)),
        PERSON_PAPERS | {Paper.AFFAIRS_OFFICE_NOTE, Paper.OUTSIDE_APPROVAL},
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_an_exception_of_the_body_is_carried_to_its_end(service: Service, name: str) -> None:
    end = STORIES[name]

    told = end.tell(service)

    case = told.case
    assert (case.stage, case.place.kind, case.gaps, case.holds) == (end.stage, end.place, (), ())
    assert {seen.paper for seen in case.papers} == end.papers
    assert told.occupied() == set(), "nothing is kept for a body that is gone"
    with service.context.engine.connect() as connection:
        bill = case_bill(connection, service.context.home_id, told.case_no)
    assert (bill.charged_fen, bill.waived_fen, bill.paid_fen + bill.deposit_fen) == end.bill
    assert {payer for _, payer, *_ in told.lines()} - {"family"} == set(end.others)
