"""How the demo's stories go on to their ends: the whole way of a case, the fire, the ashes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random  # noqa: TID251 - the demo is seeded: the same stories every time

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.reference import REFERENCED
from cardsvc.core.terms import Approval, CaseKind, Destination, Means, Notice, Paper, Payer, Reason
from cardsvc.demo.stories import (
    NOBODYS,
    OFFICE,
    After,
    Places,
    Plan,
    Story,
    Turn,
    arranged,
    farewell,
    office_hour,
    stays,
    to_storage,
)

LIGHT = {CaseKind.BONES: (600, 1_200), CaseKind.BODY_PART: (60, 200)}
"""Grams of ashes of what is less than a body."""


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
    if story.turn is Turn.BONES:
        yield Plan(after(600, 1_500), Step.BIND_CARD)
    else:
        yield from to_storage(story, here, random, after)
    if story.turn is Turn.TRANSFERRED:
        yield Plan(after(600, 2000), Step.TRANSFER_OUT, lambda: Details(tag=story.tag, receipt=f"T{story.number:04d}"))
        received = Details(receipt=f"R{story.number:04d}")
        yield Plan(after(120, 600), Step.CONFIRM_TRANSFER, lambda: received)
        yield from _paid(story, here, random, after)
        yield Plan(after(600, 3000), Step.CLOSE)
        return
    if story.turn is Turn.POLICE:
        blocks = (Step.QUEUE, Step.ARM, Step.LOAD)
        yield Plan(after(30, 200), Step.HOLD, lambda: Details(reason=Reason.POLICE, blocks=blocks))
        return
    yield from stays(story, here, random, after)
    if story.turn is Turn.NOTICE:
        return
    if story.turn not in NOBODYS:
        yield from arranged(story, here, random, after)
    yield from farewell(story, here, random, after)
    yield from _fire(story, here, random, after)
    yield from _ashes(story, here, random, after)


def _fire(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    disc = story.things["disc"]

    def burnt() -> Details | None:
        furnace = here.free("furnace", story) if here.first(story) else None
        if furnace is None:
            return None
        story.things["furnace"] = furnace
        return Details(tag=story.tag, disc=disc, furnace=furnace)

    yield Plan(after(5, 30), Step.QUEUE, lambda: Details(tag=story.tag, coffin=f"K{story.number:05d}"))
    if story.turn is Turn.URGENT:
        decided = Details(approval=Approval.REORDER, reason=Reason.URGENT)
        yield Plan(after(1, 3), Step.APPROVE, lambda: decided, OFFICE)
    for other in here.alerts(story):
        yield Plan(after(1, 3), Step.CLEAR_ALERT, partial(Details, other=other, reason=Reason.COMPARED), OFFICE)
    if story.turn is not Turn.UNIDENTIFIED and (owed := here.bill(story).open_fen) > 0:
        more = Details(amount_fen=-(-owed // 10_000) * 10_000, means=Means.QR)
        yield Plan(after(1, 5), Step.DEPOSIT, lambda: more)
    yield Plan(after(10, 60), Step.ARM, burnt)
    yield Plan(
        here.now + timedelta(seconds=40),
        Step.LOAD,
        lambda: Details(tag=story.tag, disc=disc, furnace=story.things["furnace"], permit=story.things["permit"]),
    )
    yield Plan(after(60, 95), Step.UNLOAD, lambda: Details(disc=disc))
    yield Plan(after(5, 20), Step.CLOSE_FURNACE, lambda: Details(disc=disc, furnace=story.things["furnace"]))


def _ashes(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    label, weight = story.things["label"], random.randrange(*LIGHT.get(story.kind, (1_600, 3_400)))
    boxed = Details(disc=story.things["disc"], label=label, weight_g=weight, portions=1, cooled=True)
    yield Plan(after(30, 90), Step.SEAL, lambda: boxed)
    if random.random() < 0.7 or story.stop in (Step.SHELVE, Step.UNSHELVE):
        yield Plan(after(5, 20), Step.SHELVE, lambda: _shelved(story, here, label))
        days = random.uniform(1, 25)
        if story.turn is Turn.SEA:
            yield from _trip(here, random, after)
        yield Plan(office_hour(here.now + timedelta(days=days), random), Step.UNSHELVE, lambda: Details(label=label))
    elif story.turn is Turn.SEA:
        yield from _trip(here, random, after)
    if story.kind in (CaseKind.PERSON, CaseKind.UNIDENTIFIED):
        yield Plan(after(5, 30), Step.CERTIFY, where=StationKind.ARRANGEMENT)
    if story.turn is Turn.UNIDENTIFIED:
        for item in here.items(story):
            borne = Details(item=item, payer=Payer.TREASURY, reason=Reason.PAYER_FOUND)
            yield Plan(after(1, 5), Step.SWITCH_PAYER, partial(_same, borne), OFFICE)
    else:
        if story.turn is Turn.INSURED:
            covered = Details(item=here.items(story)[0], payer=Payer.INSURER, reason=Reason.PAYER_FOUND)
            yield Plan(here.now + timedelta(minutes=3), Step.SWITCH_PAYER, lambda: covered, OFFICE)
        yield from _paid(story, here, random, after)
    boxes = [label]
    if story.turn is Turn.SPLIT:
        boxes.append(f"{label}-2")
        part = Details(label=label, portion=boxes[1], weight_g=weight // 3)
        yield Plan(after(5, 20), Step.SPLIT, lambda: part)
    yield from _handed(story, here, after, boxes)
    yield Plan(after(1_440, 6_000), Step.CONFIRM_REST, lambda: Details(receipt=f"B{story.number:04d}"))
    yield Plan(after(600, 3_000), Step.CLOSE)


def _same(details: Details) -> Details:
    return details


def _paid(story: Story, here: Places, random: Random, after: After) -> Iterator[Plan]:
    """The deposit is set off; what is missing is paid, and what is left given back: no case closes with money in it."""
    yield Plan(after(3, 15), Step.SETTLE)
    bill = here.bill(story)
    if bill.owed_fen > 0:
        means = random.choice((Means.QR, Means.CARD_TERMINAL, Means.CASH))
        slip = f"P{story.number:06d}" if means in REFERENCED else None
        owed = Details(amount_fen=bill.owed_fen, means=means, reference=slip)
        yield Plan(after(1, 5), Step.PAY, lambda: owed)
    if bill.deposit_fen > 0:
        left = Details(amount_fen=bill.deposit_fen, means=Means.TRANSFER)
        yield Plan(after(1, 5), Step.REFUND, lambda: left)


def _trip(here: Places, random: Random, after: After) -> Iterator[Plan]:
    """A burial at sea is planned, and the weather is against it."""
    planned = office_hour(here.now + timedelta(days=6), random)
    first = Details(destination=Destination.SEA, starts=planned)
    yield Plan(after(30, 200), Step.PLAN_REST, lambda: first, StationKind.ARRANGEMENT)
    again = Details(starts=planned + timedelta(days=7), reason=Reason.WEATHER)
    yield Plan(after(1_000, 3_000), Step.POSTPONE_REST, lambda: again, StationKind.ASHES)


def _handed(story: Story, here: Places, after: After, boxes: list[str]) -> Iterator[Plan]:
    """To the collector, with the code that came to their phone; scattering and nobody's ashes by two people's word."""
    where = Destination(story.things["destination"])
    if story.turn in (Turn.SEA, Turn.UNIDENTIFIED):
        reason = Reason.FAMILY_WISH if story.turn is Turn.SEA else Reason.UNCLAIMED
        decided = Details(approval=Approval.SCATTER, reason=reason)
        yield Plan(after(5, 60), Step.APPROVE, lambda: decided, OFFICE)
        notice = Details(paper=Paper.SCATTERING_NOTICE, number=f"SN{story.number:05d}", alike=True)
        yield Plan(after(5, 60), Step.VERIFY, lambda: notice, StationKind.ASHES)
    if story.turn is not Turn.UNIDENTIFIED:
        told = Details(notice=Notice.SECOND_CONTACT, number=f"M{story.number:05d}")
        yield Plan(after(5, 30), Step.NOTIFY, lambda: told)
    for number, label in enumerate(boxes):
        copy = f"C{story.number:05d}-{number}"
        shown = partial(Details, paper=Paper.COLLECTOR_IDENTITY, number=copy, alike=True)
        yield Plan(after(5, 30), Step.VERIFY, shown, StationKind.ASHES)
        to = where if number == 0 else Destination.HOME
        yield Plan(after(5, 15), Step.RELEASE, partial(_given, story, here, label, to))


def _given(story: Story, here: Places, label: str, to: Destination) -> Details:
    return Details(label=label, destination=to, code=here.code(story))


def _shelved(story: Story, here: Places, label: str) -> Details | None:
    shelf = here.free("shelf", story)
    return Details(label=label, shelf=shelf) if shelf else None
