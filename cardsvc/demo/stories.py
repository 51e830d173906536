"""What happened to the demo's families: the way of each case as a story, step by step, with believable times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random  # noqa: TID251 - the demo is seeded: the same stories every time
from typing import Protocol

from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.terms import Destination, Means, Reason
from cardsvc.demo.people import Invented


class Turn(StrEnum):
    """What makes a story other than most."""

    USUAL = "usual"
    NO_FAREWELL = "no_farewell"
    INFECTIOUS = "infectious"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    POLICE = "police"


@dataclass(slots=True)
class Story:
    """One case. It ends with `stop`, where the case stands today; None: with the case closed."""

    number: int
    person: Invented
    opened: datetime
    turn: Turn
    stop: Step | None = None
    case_no: CaseNo | None = None
    tag: str = ""
    starts: datetime | None = None
    hall: str = ""
    things: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step of a story; `details` gives None while a place that it needs is taken: tried again later."""

    at: datetime
    step: Step
    details: Callable[[], Details | None] = Details


class Places(Protocol):
    """What a story asks of the home at the moment of a step."""

    @property
    def now(self) -> datetime: ...
    def free(self, kind: str, story: Story) -> str | None: ...
    def period(self, story: Story, not_before: datetime) -> tuple[str, datetime]: ...
    def owed(self, story: Story) -> int: ...


def way(story: Story, here: Places, random: Random) -> Iterator[Plan]:
    """The steps in their order; each is planned when the one before it was taken."""

    def after(low: float, high: float) -> datetime:
        """Some minutes from now."""
        return here.now + timedelta(minutes=random.uniform(low, high))

    yield Plan(story.opened, Step.BOOK)
    if story.turn is Turn.CANCELLED:
        yield Plan(after(20, 90), Step.CANCEL, lambda: Details(reason=Reason.FAMILY_WISH))
        yield Plan(after(600, 1500), Step.CLOSE)
        return
    yield from _to_storage(story, here, random, after)
    if story.turn is Turn.TRANSFERRED:
        yield Plan(after(600, 2000), Step.TRANSFER_OUT, lambda: Details(tag=story.tag, receipt=f"T{story.number:04d}"))
        yield Plan(after(600, 3000), Step.CLOSE)
        return
    if story.turn is Turn.POLICE:
        blocks = (Step.QUEUE, Step.ARM, Step.LOAD)
        yield Plan(after(30, 200), Step.HOLD, lambda: Details(reason=Reason.POLICE, blocks=blocks))
        return
    yield from _arranged(story, here, random, after)
    if story.turn is not Turn.INFECTIOUS:
        yield from _farewell(story, here, after)
    yield from _fire(story, here, random, after)
    yield from _ashes(story, here, random, after)


After = Callable[[float, float], datetime]


def _to_storage(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    vehicle = f"V{random.randrange(1, 7)}"
    yield Plan(after(5, 40), Step.DISPATCH, lambda: Details(vehicle=vehicle))
    yield Plan(after(30, 120), Step.BIND_CARD)
    trip = Details(tag=story.tag, kilometres=random.randrange(3, 58), floor=random.randrange(1, 7), vehicle=vehicle)
    yield Plan(after(5, 20), Step.COLLECT, lambda: trip)
    yield Plan(after(20, 80), Step.ARRIVE, lambda: Details(tag=story.tag))
    if story.turn is not Turn.INFECTIOUS:
        yield Plan(after(5, 25), Step.STORE, lambda: _stored(story, here))


def _stored(story: Story, here: Places) -> Details | None:
    slot = here.free("slot", story)
    return Details(tag=story.tag, slot=slot) if slot else None


def _arranged(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    items = [Quantity(item="flowers", count=random.randrange(1, 5))]
    if random.random() < 0.5:
        items.append(Quantity(item=random.choice(("hall_large", "furnace_better")), count=1))
    yield Plan(_office_hour(here.now, random), Step.QUOTE, lambda: Details(items=tuple(items)))
    yield Plan(after(5, 30), Step.SIGN_QUOTE)
    if story.turn is Turn.USUAL:
        yield Plan(after(1, 5), Step.RESERVE, lambda: _reserved(story, here))
    yield Plan(after(1, 8), Step.AUTHORISE)
    where = random.choice((Destination.CEMETERY, Destination.CEMETERY, Destination.COLUMBARIUM, Destination.TREE))
    story.things["destination"] = where
    yield Plan(after(1, 5), Step.PLAN_ASHES, lambda: Details(destination=where))
    means = random.choice(tuple(Means))
    amount = random.choice((100_000, 200_000, 300_000))
    yield Plan(after(5, 20), Step.DEPOSIT, lambda: Details(amount_fen=amount, means=means))


def _reserved(story: Story, here: Places) -> Details:
    story.hall, story.starts = here.period(story, here.now + timedelta(hours=14))
    return Details(hall=story.hall, starts=story.starts)


def _farewell(story: Story, here: Places, after: After) -> Iterator[Plan]:
    if story.starts is None:
        yield Plan(after(600, 1800), Step.TAKE_OUT, lambda: _out(story, here, Reason.CREMATION))
        return
    begins = story.starts
    yield Plan(begins - timedelta(hours=3), Step.TAKE_OUT, lambda: _out(story, here, Reason.PREPARATION))
    yield Plan(after(5, 20), Step.PREPARE, lambda: Details(tag=story.tag))
    yield Plan(after(40, 80), Step.PREPARED, lambda: Details(tag=story.tag))
    yield Plan(begins, Step.FAREWELL, lambda: Details(tag=story.tag, hall=story.hall))
    yield Plan(after(5, 20), Step.RECOGNISE)
    yield Plan(after(30, 50), Step.FAREWELL_OVER, lambda: Details(tag=story.tag))


def _out(story: Story, here: Places, reason: Reason) -> Details:
    return Details(tag=story.tag, reason=reason, due=here.now + timedelta(hours=6))


def _fire(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    disc = story.things["disc"]

    def burnt() -> Details | None:
        furnace = here.free("furnace", story)
        if furnace is None:
            return None
        story.things["furnace"] = furnace
        return Details(tag=story.tag, disc=disc, furnace=furnace)

    yield Plan(after(5, 30), Step.QUEUE, lambda: Details(tag=story.tag))
    yield Plan(after(10, 60), Step.ARM, burnt)
    yield Plan(
        here.now + timedelta(seconds=40),
        Step.LOAD,
        lambda: Details(tag=story.tag, disc=disc, furnace=story.things["furnace"], permit=story.things["permit"]),
    )
    yield Plan(after(60, 95), Step.UNLOAD, lambda: Details(disc=disc))


def _ashes(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    label, weight = story.things["label"], random.randrange(1_600, 3_400)
    boxed = Details(disc=story.things["disc"], label=label, weight_g=weight, portions=1)
    yield Plan(after(30, 90), Step.SEAL, lambda: boxed)
    if random.random() < 0.7 or story.stop in (Step.SHELVE, Step.UNSHELVE):
        yield Plan(after(5, 20), Step.SHELVE, lambda: _shelved(story, here, label))
        days = random.uniform(1, 25)
        yield Plan(_office_hour(here.now + timedelta(days=days), random), Step.UNSHELVE, lambda: Details(label=label))
    yield Plan(after(3, 15), Step.SETTLE)
    if here.owed(story) > 0:
        means = random.choice((Means.QR, Means.CARD_TERMINAL, Means.CASH))
        yield Plan(after(1, 5), Step.PAY, lambda: Details(amount_fen=here.owed(story), means=means))
    where = Destination(story.things["destination"])
    yield Plan(after(5, 15), Step.RELEASE, lambda: Details(label=label, destination=where))
    yield Plan(after(1_440, 6_000), Step.CONFIRM_REST, lambda: Details(receipt=f"B{story.number:04d}"))
    yield Plan(after(600, 3_000), Step.CLOSE)


def _shelved(story: Story, here: Places, label: str) -> Details | None:
    shelf = here.free("shelf", story)
    return Details(label=label, shelf=shelf) if shelf else None


def _office_hour(at: datetime, random: Random) -> datetime:
    """The next moment between 8 and 17 o'clock local time."""
    wall = local(at)
    if not 8 <= wall.hour < 17:
        day = wall.date() + timedelta(days=1 if wall.hour >= 17 else 0)
        wall = datetime(day.year, day.month, day.day, 8, random.randrange(60), tzinfo=CHINA)
    return max(at, wall) + timedelta(minutes=random.uniform(5, 60))
