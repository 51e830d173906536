"""A teller of cases: makes facts in order, so that tests read as what happened."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cardsvc.core.case import Case
from cardsvc.core.facts import Booked, CardBound, Details, Fact, FactBody, Quantity, StationKind, Step, StepTaken
from cardsvc.core.fold import fold
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.rules import RULES
from cardsvc.core.terms import CaseKind, CauseClass, Destination, Means, Reason

START = datetime(2026, 11, 1, 3, 42, tzinfo=UTC)
CASE = CaseNo("WZ-2026-000123")
TAG, DISC, LABEL = "7Q2F", "D0001", "L0001"

DETAILS: dict[Step, Details] = {
    Step.DISPATCH: Details(vehicle="V1"),
    Step.COLLECT: Details(tag=TAG, kilometres=12, floor=3),
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
    Step.DEPOSIT: Details(amount_fen=100_000, means=Means.CASH),
    Step.PAY: Details(amount_fen=50_000, means=Means.QR),
    Step.REFUND: Details(amount_fen=10_000, means=Means.CASH),
    Step.QUEUE: Details(tag=TAG),
    Step.ARM: Details(tag=TAG, disc=DISC, furnace="F1"),
    Step.LOAD: Details(tag=TAG, disc=DISC, furnace="F1", permit="P1"),
    Step.UNLOAD: Details(disc=DISC),
    Step.SEAL: Details(disc=DISC, label=LABEL, weight_g=2_400, portions=1),
    Step.SHELVE: Details(label=LABEL, shelf="S1"),
    Step.UNSHELVE: Details(label=LABEL),
    Step.RELEASE: Details(label=LABEL, destination=Destination.CEMETERY),
    Step.CONFIRM_REST: Details(receipt="R2"),
    Step.HOLD: Details(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD)),
    Step.LIFT_HOLD: Details(reason=Reason.POLICE),
    Step.SUSPEND: Details(reason=Reason.EQUIPMENT),
    Step.RETURN_STEP: Details(reason=Reason.FAMILY_WISH),
    Step.RESOLVE: Details(reason=Reason.PAPER_RECORD),
    Step.VOID: Details(reason=Reason.ENTERED_BY_MISTAKE),
    Step.CANCEL: Details(reason=Reason.FAMILY_WISH),
}

WHOLE_WAY = (
    *(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE, Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE),
    *(Step.AUTHORISE, Step.PLAN_ASHES, Step.TAKE_OUT, Step.PREPARE, Step.PREPARED, Step.STORE, Step.TAKE_OUT),
    *(Step.FAREWELL, Step.RECOGNISE, Step.FAREWELL_OVER, Step.DEPOSIT, Step.QUEUE, Step.ARM, Step.LOAD, Step.UNLOAD),
    *(Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.RELEASE, Step.CONFIRM_REST, Step.CLOSE),
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
