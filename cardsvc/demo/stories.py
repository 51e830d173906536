"""What happened to the demo's families: the way of each case as a story, step by step, with believable times.

Up to the furnace; what comes after stands in `cardsvc.demo.endings`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from random import Random  # noqa: TID251 - the demo is seeded: the same stories every time
from typing import Protocol

from cardsvc.core.facts import Details, Quantity, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Bill
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.reference import REFERENCED
from cardsvc.core.rules import COMPARED
from cardsvc.core.terms import (
    Approval,
    Belonging,
    CaseKind,
    Condition,
    Destination,
    Implants,
    Issuer,
    Means,
    Paper,
    Reason,
    Signer,
)
from cardsvc.demo.people import Invented


class Turn(StrEnum):
    """What makes a story other than most."""

    USUAL = "usual"
    NO_FAREWELL = "no_farewell"
    INFECTIOUS = "infectious"
    INFECTED = "infected"  # found infectious after the arrival
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    POLICE = "police"
    NOTICE = "notice"  # unidentified, and the notice period is running
    UNIDENTIFIED = "unidentified"
    BODY_PART = "body_part"
    BONES = "bones"
    SPLIT = "split"
    EXTENDED = "extended"
    SEA = "sea"
    URGENT = "urgent"
    BREAKDOWN = "breakdown"
    EXAMINED = "examined"  # by the police, which gives the body free and pays for its days in the cold
    INSURED = "insured"  # an insurer pays a line of the bill


KINDS = {
    Turn.NOTICE: CaseKind.UNIDENTIFIED,
    Turn.UNIDENTIFIED: CaseKind.UNIDENTIFIED,
    Turn.BODY_PART: CaseKind.BODY_PART,
    Turn.BONES: CaseKind.BONES,
}
NOBODYS = (Turn.NOTICE, Turn.UNIDENTIFIED)
POLICED = (Turn.POLICE, Turn.EXAMINED)
PLAIN = (Turn.NO_FAREWELL, Turn.INFECTIOUS, Turn.INFECTED, Turn.BODY_PART, Turn.UNIDENTIFIED, Turn.EXTENDED)
"""Stories without preparation and farewell."""
LONG_BURIED = timedelta(days=24 * 365)
OFFICE = StationKind.OFFICE
After = Callable[[float, float], datetime]


@dataclass(slots=True)
class Story:
    """One case. It ends with `stop`, where the case stands today; None: with the end of its way."""

    number: int
    person: Invented
    opened: datetime
    turn: Turn
    stop: Step | None = None
    case_no: CaseNo | None = None
    tag: str = ""
    starts: datetime | None = None
    hall: str = ""
    crew: tuple[StaffNo, StaffNo] | None = None
    things: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> CaseKind:
        """What the case is about."""
        return KINDS.get(self.turn, CaseKind.PERSON)


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step of a story; `details` gives None while a place that it needs is taken: tried again later.

    `where` says which station takes it, of those that may.
    """

    at: datetime
    step: Step
    details: Callable[[], Details | None] = Details
    where: StationKind | None = None


class Places(Protocol):
    """What a story asks of the home at the moment of a step."""

    @property
    def now(self) -> datetime: ...
    def free(self, kind: str, story: Story) -> str | None: ...
    def period(self, story: Story, not_before: datetime) -> tuple[str, datetime]: ...
    def bill(self, story: Story) -> Bill: ...
    def items(self, story: Story) -> tuple[str, ...]: ...
    def first(self, story: Story) -> bool: ...
    def alerts(self, story: Story) -> tuple[CaseNo, ...]: ...
    def code(self, story: Story) -> str: ...


def to_storage(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    """From the dispatch to the slot; infectious remains are not stored."""
    yield Plan(after(5, 40), Step.DISPATCH, lambda: _sent(story, here))
    yield Plan(after(30, 110), Step.BIND_CARD)
    trip = Details(tag=story.tag, kilometres=random.randrange(3, 58), floor=random.randrange(1, 7)).model_copy(
        update=dict.fromkeys(COMPARED, True)
    )
    yield Plan(after(5, 15), Step.COLLECT, lambda: trip.model_copy(update={"vehicle": story.things["vehicle"]}))
    if story.kind in (CaseKind.PERSON, CaseKind.UNIDENTIFIED):
        found = _found(random)
        yield Plan(after(1, 3), Step.LIST_BELONGINGS, lambda: Details(tag=story.tag, things=found))
    if story.turn is Turn.BREAKDOWN:
        yield Plan(after(5, 30), Step.CHANGE_VEHICLE, lambda: _changed(story, here))
    yield Plan(after(20, 80), Step.ARRIVE, lambda: Details(tag=story.tag))
    if story.turn is not Turn.INFECTIOUS:
        yield Plan(after(5, 25), Step.STORE, lambda: _stored(story, here))


def _sent(story: Story, here: Places) -> Details | None:
    """A vehicle and a crew of two that are free; None while there are none."""
    found = [here.free(kind, story) for kind in ("vehicle", "crew", "crew")]
    vehicle, driver, mate = found
    if vehicle is None or driver is None or mate is None:
        return None
    story.things["vehicle"], story.crew = vehicle, (StaffNo(driver), StaffNo(mate))
    return Details(vehicle=vehicle, driver=driver, mate=mate)


def _changed(story: Story, here: Places) -> Details | None:
    vehicle = here.free("vehicle", story)
    if vehicle is None:
        return None
    story.things["vehicle"] = vehicle
    return Details(tag=story.tag, vehicle=vehicle, reason=Reason.VEHICLE_BROKEN)


def _found(random: Random) -> tuple[Quantity, ...]:
    """What the crew finds with the body."""
    if random.random() < 0.3:
        return (Quantity(item=Belonging.NOTHING, count=1),)
    likely = (Belonging.WATCH, Belonging.RING, Belonging.GLASSES, Belonging.PHONE, Belonging.KEYS, Belonging.CLOTHES)
    return tuple(Quantity(item=one, count=1) for one in random.sample(likely, random.randrange(1, 4)))


def _stored(story: Story, here: Places) -> Details | None:
    slot = here.free("slot", story)
    return Details(tag=story.tag, slot=slot) if slot else None


def papers(story: Story, after: After) -> Iterator[Plan]:
    """What the arranger checks and the applicant signs, or the police where nobody else does."""
    number, paper = f"{story.number:05d}", Paper.DEATH_CERTIFICATE
    issuer = Issuer.POLICE if story.turn in (*NOBODYS, *POLICED) else Issuer.HOSPITAL
    if story.turn is Turn.BONES:
        paper, issuer = Paper.EXHUMATION_PERMIT, Issuer.CIVIL_AFFAIRS
    if story.turn is Turn.BODY_PART:
        paper = Paper.BODY_PART_DOCUMENT
    died_on = None if story.turn in (*NOBODYS, Turn.BODY_PART) else local(story.opened).date()
    if died_on is not None and story.turn is Turn.BONES:
        died_on -= LONG_BURIED
    death = Details(paper=paper, number=f"DC{number}", issuer=issuer, alike=True, died_on=died_on)
    yield Plan(after(1, 4), Step.VERIFY_DEATH, lambda: death)
    if story.turn in NOBODYS:
        for one in (Paper.DNA_SAMPLE, Paper.FINGERPRINTS, Paper.UNCLAIMED_NOTICE):
            yield Plan(after(20, 200), Step.VERIFY, partial(_seen, one, f"P{number}"))
        return
    yield Plan(after(1, 3), Step.VERIFY, lambda: _seen(Paper.APPLICANT_IDENTITY, f"COPY-{number}"))


def _seen(paper: Paper, number: str) -> Details:
    return Details(paper=paper, number=number, alike=True)


def signed(story: Story, random: Random, after: After) -> Iterator[Plan]:
    """The authorisation, the ashes, the implants, the belongings."""
    by = Signer.POLICE if story.turn in NOBODYS else Signer.APPLICANT
    yield Plan(after(1, 8), Step.AUTHORISE, lambda: Details(signed_by=by))
    where = random.choice((Destination.CEMETERY, Destination.CEMETERY, Destination.COLUMBARIUM, Destination.TREE))
    where = Destination.SEA if story.turn is Turn.SEA else where
    story.things["destination"] = where
    yield Plan(after(1, 5), Step.PLAN_ASHES, lambda: Details(destination=where))
    if story.kind in (CaseKind.PERSON, CaseKind.UNIDENTIFIED):
        implants = Implants.REMOVED if random.random() < 0.05 else Implants.NONE
        yield Plan(after(1, 3), Step.DECLARE_IMPLANTS, lambda: Details(implants=implants))
        yield Plan(after(1, 5), Step.HAND_BELONGINGS, lambda: Details(receipt=f"B{story.number:05d}"))


def arranged(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    """The talk with the family in office hours, and its deposit."""
    items = [Quantity(item="flowers", count=random.randrange(1, 5))]
    if random.random() < 0.5:
        items.append(Quantity(item=random.choice(("hall_large", "furnace_better")), count=1))
    yield Plan(office_hour(here.now, random), Step.QUOTE, lambda: Details(items=tuple(items)))
    yield Plan(after(5, 30), Step.SIGN_QUOTE)
    if story.turn not in PLAIN and story.turn is not Turn.BONES:
        yield Plan(after(1, 5), Step.RESERVE, lambda: _reserved(story, here))
    yield from papers(story, after)
    yield from signed(story, random, after)
    means = random.choice(tuple(Means))
    amount, slip = random.choice((100_000, 200_000, 300_000)), f"A{story.number:06d}" if means in REFERENCED else None
    yield Plan(after(5, 20), Step.DEPOSIT, lambda: Details(amount_fen=amount, means=means, reference=slip))


def _reserved(story: Story, here: Places) -> Details:
    story.hall, story.starts = here.period(story, here.now + timedelta(hours=14))
    return Details(hall=story.hall, starts=story.starts)


def stays(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    """What happens in cold storage: a longer stay, an infection that is found, a notice that runs."""
    if story.turn is Turn.EXAMINED:
        blocks = (Step.QUEUE, Step.ARM, Step.LOAD)
        yield Plan(here.now + timedelta(hours=1), Step.HOLD, lambda: Details(reason=Reason.POLICE, blocks=blocks))
        free = Details(reason=Reason.POLICE)
        yield Plan(here.now + timedelta(days=3), Step.LIFT_HOLD, lambda: free, OFFICE)
    if story.turn is Turn.INFECTED:
        infectious = Details(condition=Condition.INFECTIOUS)
        yield Plan(after(60, 600), Step.DECLARE, lambda: infectious, StationKind.COLD_STORAGE)
    if story.turn is Turn.EXTENDED:
        until = story.opened + timedelta(days=random.randrange(18, 26))
        longer = Details(due=until, reason=Reason.FAMILY_WISH)
        yield Plan(story.opened + timedelta(days=6), Step.EXTEND_STORAGE, lambda: longer, StationKind.ARRANGEMENT)
    if story.turn in NOBODYS:
        yield from papers(story, after)
        decided = Details(approval=Approval.STORAGE, reason=Reason.UNCLAIMED)
        yield Plan(after(600, 1_500), Step.APPROVE, lambda: decided, OFFICE)
        longer = Details(due=story.opened + timedelta(days=80), reason=Reason.UNCLAIMED)
        yield Plan(after(5, 60), Step.EXTEND_STORAGE, lambda: longer, OFFICE)
    if story.turn is Turn.UNIDENTIFIED:
        yield Plan(story.opened + timedelta(days=63), Step.APPROVE, lambda: CREDIT, OFFICE)
        yield from signed(story, random, after)


CREDIT = Details(approval=Approval.CREDIT, reason=Reason.PAYER_FOUND)


def farewell(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    """From the slot to the closed container, with a farewell where one was booked."""
    coffin = Details(
        tag=story.tag, coffin=f"K{story.number:05d}", length_cm=random.choice((180, 190, 200)), width_cm=60
    )
    if story.turn in (Turn.BONES, Turn.BODY_PART):
        coffin = coffin.model_copy(update={"length_cm": 70, "width_cm": 40})
    where = StationKind.CREMATION
    if story.starts is not None:
        begins, where = story.starts, StationKind.FAREWELL
        yield Plan(begins - timedelta(hours=3), Step.TAKE_OUT, lambda: _out(story, here, Reason.PREPARATION))
        yield Plan(after(5, 20), Step.PREPARE, lambda: Details(tag=story.tag))
        yield Plan(after(40, 80), Step.PREPARED, lambda: Details(tag=story.tag))
        yield Plan(begins, Step.FAREWELL, lambda: Details(tag=story.tag, hall=story.hall))
        if random.random() < 0.9:
            yield Plan(after(5, 20), Step.RECOGNISE)
        else:
            absent = Details(reason=Reason.FAMILY_ABSENT)
            yield Plan(after(5, 20), Step.SKIP_RECOGNITION, lambda: absent, StationKind.FAREWELL)
        yield Plan(after(30, 50), Step.FAREWELL_OVER, lambda: Details(tag=story.tag))
    elif story.turn not in (Turn.INFECTIOUS, Turn.BONES):
        yield Plan(after(600, 1_800), Step.TAKE_OUT, lambda: _out(story, here, Reason.CREMATION))
    yield Plan(after(3, 15), Step.ENCOFFIN, lambda: coffin, where)


def _out(story: Story, here: Places, reason: Reason) -> Details:
    return Details(tag=story.tag, reason=reason, due=here.now + timedelta(hours=6))


def office_hour(at: datetime, random: Random) -> datetime:
    """The next moment between 8 and 17 o'clock local time."""
    wall = local(at)
    if not 8 <= wall.hour < 17:
        day = wall.date() + timedelta(days=1 if wall.hour >= 17 else 0)
        wall = datetime(day.year, day.month, day.day, 8, random.randrange(60), tzinfo=CHINA)
    return max(at, wall) + timedelta(minutes=random.uniform(5, 60))
