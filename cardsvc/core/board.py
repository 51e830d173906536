"""A case as a board shows it: where it stands, what comes next, what blocks it.

`Live` is what the case's facts alone decide; the database keeps it beside the case (`cardsvc verify` recomputes it).
Time, the city's rules and money are added when somebody looks: `coming` and `blocks`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from cardsvc.core import cremation_gate as gate
from cardsvc.core.case import Case, Place
from cardsvc.core.due import due
from cardsvc.core.facts import Details, PlaceKind, Stage, Step, Wire
from cardsvc.core.gate import Gate, Ground
from cardsvc.core.ids import CaseNo
from cardsvc.core.policy import Policy
from cardsvc.core.portions import stays
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Refusal
from cardsvc.core.reconciliation import GRACE, LONGEST_RUN
from cardsvc.core.storage import DAY, KEPT, first_stored
from cardsvc.core.terms import Approval, Reason
from cardsvc.core.workflow import BEFORE_FIRE

ON_BOARD = tuple(stage for stage in Stage if stage not in (Stage.CLOSED, Stage.CANCELLED))
"""The columns of the live board: every stage in which somebody still has something to do."""


class Block(StrEnum):
    """What keeps a case from going on."""

    HOLD = "hold"
    CONTESTED = "contested"  # records contradict each other, or one is missing
    ALERT = "alert"  # an alike case that nobody has compared
    STOPPED = "stopped"  # work in hand was suspended
    NO_CARD = "no_card"  # lost or blocked, and no other bound
    PAPER = "paper"  # what the fire needs, and its time is near
    UNPAID = "unpaid"
    OVERDUE = "overdue"  # a moment has passed; which one is said by its step


class Ahead(Wire):
    """A step that is to be taken by then."""

    step: Step
    at: AwareDatetime


class Standing(Wire):
    """A block that needs no clock to be there, or begins at a moment; `what`: a reason, a case, a precondition."""

    block: Block
    what: str = ""
    begins: AwareDatetime | None = None


class Live(Wire):
    """A case as its facts decide it, for boards. It holds no personal data."""

    case_no: CaseNo
    stage: Stage
    since: AwareDatetime
    places: tuple[Place, ...]
    tag: str | None = None
    queue_no: int | None = None
    due: tuple[Step, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    standing: tuple[Standing, ...] = ()
    pays_first: bool = False
    "What the family owes stops the next step."
    stored_at: AwareDatetime | None = None
    "First day in our cold storage, while no other end than the city's was agreed."
    collected_at: AwareDatetime | None = None
    "Since when somebody has ashes whose rest nobody confirmed."


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something that blocks a case from `since` on; None: since nobody knows when."""

    block: Block
    what: str
    since: datetime | None


LIFTED_BY: Mapping[str, Step] = {
    gate.death_certificate_verified.__name__: Step.VERIFY_DEATH,
    gate.right_issuer.__name__: Step.VERIFY_DEATH,
    gate.kind_documented.__name__: Step.VERIFY_DEATH,
    gate.authorised.__name__: Step.AUTHORISE,
    gate.ash_plan_recorded.__name__: Step.PLAN_ASHES,
}
"""The step that brings a missing paper; any other paper is verified."""
OVER = frozenset({Stage.RELEASED, Stage.AT_REST, Stage.TRANSFERRED})
"""Nothing more will be charged: money that is left goes back."""
APPOINTMENTS = frozenset({Step.COLLECT, Step.FAREWELL, Step.LOAD, Step.STORE, Step.CONFIRM_REST})
"""What a person was told a time for; the other moments are the home's own terms."""
PAPERS = frozenset({1, 2, 3, 4, 6, 7, 8, 9, 10})
"""The preconditions of a cremation that are papers (DOMAIN.md section 3)."""
PAPERS_BEFORE = DAY
"""How long before the farewell or the fire a missing paper blocks."""
PAID_BEFORE = frozenset({Stage.QUEUED, Stage.ARMED, Stage.SEALED, Stage.RELEASED, Stage.AT_REST})


def live(case: Case) -> Live:
    """What a board needs of a case, from its facts alone."""
    at_rest = [one.since for one in stays(case) if one.portion.place.kind is PlaceKind.COLLECTOR]
    kept = case.stage in KEPT and case.storage_until is None
    spared = case.infectious and case.stage in BEFORE_FIRE
    return Live(
        case_no=case.case_no,
        stage=case.stage,
        since=case.stage_since,
        places=case.places,
        tag=case.tag,
        queue_no=case.queue_no if case.stage in (Stage.QUEUED, Stage.ARMED) else None,
        due=due(case),
        ahead=tuple(_ahead(case)),
        standing=tuple(_standing(case)),
        pays_first=case.stage in PAID_BEFORE and not spared and case.approved(Approval.CREDIT) is None,
        stored_at=first_stored(case) if kept else None,
        collected_at=min(at_rest) if at_rest and case.rest_at is None else None,
    )


def coming(one: Live, policy: Policy, owed_fen: int | None = None) -> tuple[Blocked, ...]:
    """All that blocks the case now or will if nothing happens, in the order in which it begins."""
    found = [Blocked(row.block, row.what, row.begins) for row in one.standing if _asked_for(row, policy)]
    found += [Blocked(Block.OVERDUE, row.step.value, row.at) for row in moments(one, policy)]
    if one.pays_first and owed_fen is not None and owed_fen > 0:
        found.append(Blocked(Block.UNPAID, "", None))
    return tuple(sorted(found, key=lambda row: (row.since is not None, row.since or one.since)))


def moments(one: Live, policy: Policy) -> tuple[Ahead, ...]:
    """What is to be taken by when, the city's terms included, the next first."""
    found = [*one.ahead]
    if one.stored_at is not None:
        found.append(Ahead(step=Step.EXTEND_STORAGE, at=one.stored_at + policy.storage_days * DAY))
    if one.collected_at is not None:
        found.append(Ahead(step=Step.CONFIRM_REST, at=one.collected_at + policy.rest_follow_up_days * DAY))
    return tuple(sorted(found, key=lambda row: row.at))


def begun(rows: Iterable[Blocked], now: datetime) -> tuple[Blocked, ...]:
    """Those that block at this moment."""
    return tuple(row for row in rows if row.since is None or row.since <= now)


def waits_for(one: Live, blocked: Iterable[Blocked], owed_fen: int) -> frozenset[Step]:
    """The steps for which the case waits: what is due, what would lift a block, what is owed or left over."""
    steps = set(one.due)
    for row in blocked:
        if row.block is Block.OVERDUE:
            steps.add(Step(row.what))
        if row.block is Block.PAPER:
            steps.add(LIFTED_BY.get(row.what, Step.VERIFY))
    if owed_fen > 0:
        steps.add(Step.PAY)
    if owed_fen < 0 and one.stage in OVER:
        steps.add(Step.REFUND)
    return frozenset(steps)


def urgency(one: Live, blocked: Sequence[Blocked], policy: Policy) -> tuple[int, datetime]:
    """Sorts what presses most to the front: what is blocked, then the next appointment, then the longest wait."""
    if blocked:
        return 0, blocked[0].since or one.since
    following = next((row.at for row in moments(one, policy) if row.step in APPOINTMENTS), None)
    return (1, following) if following is not None else (2, one.since)


def blocks(case: Case, now: datetime, policy: Policy | None = None, owed_fen: int | None = None) -> tuple[Blocked, ...]:
    """What blocks a case now. `owed_fen`: what its family owes; None where nobody asks."""
    return begun(coming(live(case), policy or Policy(), owed_fen), now)


def _asked_for(row: Standing, policy: Policy) -> bool:
    return policy.ash_plan_required or row.what != gate.ash_plan_recorded.__name__


def _standing(case: Case) -> Iterable[Standing]:
    for hold in case.holds:
        yield Standing(block=Block.HOLD, what=hold.reason.value)
    if case.gaps:
        yield Standing(block=Block.CONTESTED)
    for alert in case.alerts:
        yield Standing(block=Block.ALERT, what=alert.other)
    if case.suspended:
        yield Standing(block=Block.STOPPED)
    if case.card_no is None and case.issue_no > 0 and case.stage in BEFORE_FIRE | {Stage.SEALED}:
        yield Standing(block=Block.NO_CARD)
    begins = _papers_from(case)
    if begins is not None:
        asked = Gate(case, Asked(Step.LOAD, Details(), None), Ground())
        missing = [row for row in gate.CREMATION if row.number in PAPERS and isinstance(row.holds(asked), Refusal)]
        no_document = any(row.number in (1, 10) for row in missing)
        for row in missing:
            if row.number != 2 or not no_document:  # who is not there has no wrong issuer
                yield Standing(block=Block.PAPER, what=row.name, begins=begins)


def _papers_from(case: Case) -> datetime | None:
    """From when a missing paper blocks: once it is queued, or a day before the farewell or the fire."""
    if case.stage in (Stage.QUEUED, Stage.ARMED):
        return case.stage_since
    planned = [at for at in (case.appointment, case.furnace_at) if at is not None]
    return min(planned) - PAPERS_BEFORE if planned and case.stage in BEFORE_FIRE else None


def _ahead(case: Case) -> Iterable[Ahead]:
    """The moments that the case itself knows."""
    out, unloaded = case.last(Step.TAKE_OUT), case.last(Step.UNLOAD)
    on_shelf = any(one.kind is PlaceKind.SHELF for one in case.places)
    loose = [one for one in case.places if one.kind is not PlaceKind.DESTINATION]
    stage, since = case.stage, case.stage_since
    found: tuple[tuple[bool, Step, datetime | None], ...] = (
        (stage in (Stage.BOOKED, Stage.DISPATCHED), Step.COLLECT, case.wanted_at),
        (stage in BEFORE_FIRE and not case.has_taken(Step.FAREWELL), Step.FAREWELL, case.appointment),
        (stage in BEFORE_FIRE, Step.LOAD, case.furnace_at),
        (stage is Stage.OUT and not _to_the_fire(case), Step.STORE, out.due if out is not None else None),
        (stage in KEPT, Step.EXTEND_STORAGE, case.storage_until),
        (on_shelf, Step.RENEW_STORAGE, case.storage_until),
        (bool(case.portions) and bool(loose), Step.CONFIRM_REST, case.rest_at),
        (stage is Stage.CREMATING and not case.suspended, Step.UNLOAD, since + LONGEST_RUN),
        (
            stage not in BEFORE_FIRE and not case.furnace_closed,
            Step.CLOSE_FURNACE,
            unloaded.at + LONGEST_RUN if unloaded is not None else None,
        ),
        (stage is Stage.TRANSFERRED and case.transfer_receipt is None, Step.CONFIRM_TRANSFER, since + GRACE),
        (stage is Stage.AT_REST, Step.CLOSE, since + GRACE),
    )
    for holds, step, at in found:
        if holds and at is not None:
            yield Ahead(step=step, at=at)


def _to_the_fire(case: Case) -> bool:
    """An outing to the furnace hall does not come back."""
    out = case.last(Step.TAKE_OUT)
    return out is not None and out.reason is Reason.CREMATION
