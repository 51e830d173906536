"""A teller of cases: makes facts in order, so that tests read as what happened."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cardsvc.core.case import Case
from cardsvc.core.facts import Booked, CardBound, Details, Fact, FactBody, Quantity, StationKind, Step, StepTaken
from cardsvc.core.fold import fold
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.rules import RULES
from cardsvc.core.terms import (
    Approval,
    Belonging,
    CaseKind,
    CauseClass,
    Condition,
    Destination,
    Implants,
    Issuer,
    Means,
    Notice,
    Paper,
    Payer,
    Reason,
    Signer,
    WaiverFor,
)

START = datetime(2026, 11, 1, 3, 42, tzinfo=UTC)
CASE = CaseNo("WZ-2026-000123")
TAG, DISC, LABEL, COFFIN = "7Q2F", "D0001", "L0001", "K0001"

DETAILS: dict[Step, Details] = {
    Step.DISPATCH: Details(vehicle="V1", driver="1003", mate="1019"),
    Step.COLLECT: Details(tag=TAG, kilometres=12, floor=3, first_agrees=True, second_agrees=True, third_agrees=True),
    Step.ARRIVE: Details(tag=TAG),
    Step.STORE: Details(tag=TAG, slot="A-07"),
    Step.TAKE_OUT: Details(tag=TAG, reason=Reason.PREPARATION, due=START + timedelta(days=9)),
    Step.TRANSFER_OUT: Details(tag=TAG, receipt="R1"),
    Step.QUOTE: Details(items=(Quantity(item="hall", count=1),)),
    Step.RESERVE: Details(hall="H1", starts=START + timedelta(days=2)),
    Step.RELEASE_SLOT: Details(reason=Reason.FAMILY_WISH),
    Step.PLAN_ASHES: Details(destination=Destination.CEMETERY),
    Step.PREPARE: Details(tag=TAG),
    Step.PREPARED: Details(tag=TAG),
    Step.FAREWELL: Details(tag=TAG, hall="H1"),
    Step.FAREWELL_OVER: Details(tag=TAG),
    Step.DEPOSIT: Details(amount_fen=300_000, means=Means.CASH),
    Step.PAY: Details(amount_fen=50_000, means=Means.QR),
    Step.REFUND: Details(amount_fen=10_000, means=Means.CASH),
    Step.QUEUE: Details(tag=TAG, coffin=COFFIN),
    Step.ARM: Details(tag=TAG, disc=DISC, furnace="F1"),
    Step.LOAD: Details(tag=TAG, disc=DISC, furnace="F1", permit="P1"),
    Step.UNLOAD: Details(disc=DISC),
    Step.SEAL: Details(disc=DISC, label=LABEL, weight_g=2_400, portions=1, cooled=True),
    Step.SHELVE: Details(label=LABEL, shelf="S1"),
    Step.UNSHELVE: Details(label=LABEL),
    Step.RELEASE: Details(label=LABEL, destination=Destination.CEMETERY, code="000000"),
    Step.CONFIRM_REST: Details(receipt="R2"),
    Step.HOLD: Details(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD)),
    Step.LIFT_HOLD: Details(reason=Reason.POLICE),
    Step.SUSPEND: Details(reason=Reason.EQUIPMENT),
    Step.RETURN_STEP: Details(reason=Reason.FAMILY_WISH),
    Step.RESOLVE: Details(reason=Reason.PAPER_RECORD),
    Step.VOID: Details(reason=Reason.ENTERED_BY_MISTAKE),
    Step.CANCEL: Details(reason=Reason.FAMILY_WISH),
    Step.AUTHORISE: Details(signed_by=Signer.APPLICANT),
    Step.VERIFY_DEATH: Details(paper=Paper.DEATH_CERTIFICATE, number="DC0001", issuer=Issuer.HOSPITAL, alike=True),
    Step.VERIFY: Details(paper=Paper.APPLICANT_IDENTITY, number="COPY-1", alike=True),
    Step.APPROVE: Details(approval=Approval.CREDIT, reason=Reason.HARDSHIP),
    Step.DECLARE: Details(condition=Condition.DECOMPOSED),
    Step.DECLARE_IMPLANTS: Details(implants=Implants.NONE),
    Step.DECLARE_RELATIVE: Details(about="1008"),
    Step.LIST_BELONGINGS: Details(tag=TAG, things=(Quantity(item=Belonging.WATCH, count=1),)),
    Step.HAND_BELONGINGS: Details(receipt="B1"),
    Step.ENCOFFIN: Details(tag=TAG, coffin=COFFIN, length_cm=190, width_cm=60),
    Step.CLOSE_FURNACE: Details(disc=DISC, furnace="F1"),
    Step.SKIP_RECOGNITION: Details(reason=Reason.FAMILY_ABSENT),
    Step.RESERVE_FURNACE: Details(furnace="F1", starts=START + timedelta(days=2, hours=2)),
    Step.VOID_CERTIFICATE: Details(reason=Reason.MISPRINT),
    Step.VOID_DEATH_PAPER: Details(paper=Paper.DEATH_CERTIFICATE, number="DC0001", reason=Reason.ENTERED_BY_MISTAKE),
    Step.CORRECT_DEATH_DAY: Details(died_on=START.date(), reason=Reason.ENTERED_BY_MISTAKE),
    Step.CLEAR_ALERT: Details(other="WZ-2026-000009", reason=Reason.COMPARED),
    Step.NOTIFY: Details(notice=Notice.SECOND_CONTACT, number="M1"),
    Step.SPLIT: Details(label=LABEL, portion="L0002", weight_g=800),
    Step.RETURN_ASHES: Details(label=LABEL, reason=Reason.FAMILY_WISH),
    Step.RENEW_STORAGE: Details(due=START + timedelta(days=400)),
    Step.PLAN_REST: Details(destination=Destination.SEA, starts=START + timedelta(days=30)),
    Step.POSTPONE_REST: Details(starts=START + timedelta(days=37), reason=Reason.WEATHER),
    Step.CHANGE_VEHICLE: Details(tag=TAG, vehicle="V2", reason=Reason.VEHICLE_BROKEN),
    Step.REPLACE_TAG: Details(replacement="7Q2G", reason=Reason.TAG_LOST),
    Step.EXTEND_STORAGE: Details(due=START + timedelta(days=20), reason=Reason.FAMILY_WISH),
    Step.CONFIRM_TRANSFER: Details(receipt="T1"),
    Step.MERGE: Details(other="WZ-2026-000009", reason=Reason.DUPLICATE),
    Step.CORRECT_IDENTITY: Details(reason=Reason.WRONG_NAME),
    Step.CHANGE_APPLICANT: Details(reason=Reason.DISPUTE),
    Step.SWITCH_PAYER: Details(item="cold_storage", payer=Payer.POLICE, reason=Reason.POLICE),
    Step.PROVE_WAIVER: Details(number="WP-1", reason=Reason.PROVEN_LATE),
    Step.CANCEL_ITEM: Details(item="hall", reason=Reason.FAMILY_WISH),
    Step.STATEMENT_PAID: Details(amount_fen=8_000, means=Means.TRANSFER, payer=Payer.TREASURY, number="ST-1"),
    Step.REVERSE_PAYMENT: Details(payment=f"{'ab' * 16}:1", reason=Reason.ENTERED_BY_MISTAKE),
    Step.GIVE_BACK_HELD: Details(amount_fen=1_000, means=Means.TRANSFER),
    Step.ASSIGN_HELD: Details(amount_fen=1_000, payer=Payer.FAMILY),
    Step.RECOVER_SHORT: Details(amount_fen=1_000, means=Means.TRANSFER, reason=Reason.PAYER_FOUND, reference="T-77"),
    Step.BANK_PAID: Details(payment="office:1", reference="B-8"),
    Step.UNDO_RECOVERY: Details(payment="office:1", reason=Reason.ENTERED_BY_MISTAKE),
    Step.WRITE_OFF_SHORT: Details(amount_fen=1_000, reason=Reason.LOST),
    Step.WITHDRAW_WAIVER: Details(category=WaiverFor.RESIDENT, reason=Reason.NOT_ENTITLED),
    Step.REVERSE_LINE: Details(line="1.0", number="above_cap", reason=Reason.REVIEWED),
}

WHOLE_WAY = (
    *(Step.DISPATCH, Step.COLLECT, Step.LIST_BELONGINGS, Step.ARRIVE, Step.STORE, Step.VERIFY_DEATH, Step.VERIFY),
    *(Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE, Step.AUTHORISE, Step.PLAN_ASHES, Step.DECLARE_IMPLANTS),
    *(Step.HAND_BELONGINGS, Step.TAKE_OUT, Step.PREPARE, Step.PREPARED, Step.STORE, Step.TAKE_OUT),
    *(Step.FAREWELL, Step.RECOGNISE, Step.FAREWELL_OVER, Step.ENCOFFIN, Step.DEPOSIT, Step.QUEUE, Step.ARM),
    *(Step.LOAD, Step.UNLOAD, Step.CLOSE_FURNACE, Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.CERTIFY),
    *(Step.NOTIFY, Step.RELEASE, Step.CONFIRM_REST, Step.CLOSE),
)


@dataclass
class Story:
    """Facts of one case, an hour apart."""

    facts: list[Fact] = field(default_factory=list)

    def fact(
        self, body: FactBody, step: Step, at: datetime | None = None, order: tuple[int, int] | None = None
    ) -> Fact:
        number = len(self.facts) + 1
        kind = min(RULES[step].stations, key=list(StationKind).index)
        return Fact(
            case_no=CASE,
            body=body,
            at=at or START + timedelta(hours=number),
            observed=True,
            staff_no=StaffNo("S1"),
            station_kind=kind,
            cause=f"{'ab' * 16}:{number}",
            order=order or (number, number),
        )

    def booked(self, *, infectious: bool = False, resident: bool = False, kind: CaseKind = CaseKind.PERSON) -> "Story":
        body = Booked(
            case_kind=kind, cause_class=CauseClass.NATURAL, infectious=infectious, police=False, resident=resident
        )
        self.facts.append(self.fact(body, Step.BOOK, START))
        return self

    def bound(self, card_no: str = "WZC-000001") -> "Story":
        self.facts.append(self.fact(CardBound(card_no=card_no, issue_no=1), Step.BIND_CARD))
        return self

    def took(self, *steps: Step, at: datetime | None = None, details: Details | None = None) -> "Story":
        for step in steps:
            body = StepTaken(step=step, details=details or DETAILS.get(step, Details()))
            self.facts.append(self.fact(body, step, at))
        return self

    @property
    def case(self) -> Case:
        case = fold(self.facts)
        assert case is not None, "the story begins with a booking"
        return case
