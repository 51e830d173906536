"""The tap: meet the card, decide at the station, judge at the service, settle what was torn.

Both sides call `objections`: a station refuses a tap with the very function that the service will use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cardsvc.core import came, gate, ledger, limits, workflow
from cardsvc.core.card.image import CardImage, Identity
from cardsvc.core.card_commit import FLAG_AT_WORK, FLAG_SUSPENDED, Decision, Here, card_flags
from cardsvc.core.case import Case
from cardsvc.core.cremation_gate import CREMATION
from cardsvc.core.facts import CardBound, Details, FactBody, StationKind, Step, StepTaken
from cardsvc.core.gate import Gate, Gates, Ground
from cardsvc.core.halls import has_hall, not_its_hall
from cardsvc.core.ids import CardNo, CaseNo, RecordKey
from cardsvc.core.limits import NOTHING_UNSENT, Unsent
from cardsvc.core.permissions import Role, may_take, not_second
from cardsvc.core.preconditions import ALWAYS, Asked, death_day_can_be, within_term
from cardsvc.core.problems import Problem, Refusal, refuse_all
from cardsvc.core.release_gate import RELEASE
from cardsvc.core.rules import RULES, Offline
from cardsvc.core.snapshot import KnownCard, KnownCase, Snapshot
from cardsvc.core.terms import Skip
from cardsvc.core.till import without_shift
from cardsvc.core.wire import Outcome
from cardsvc.core.workflow import IRREVERSIBLE


@dataclass(frozen=True, slots=True)
class Met:
    """A card and what this station knows of its case; `ahead` when other stations wrote it since the snapshot.

    `by_uid` when the card can only be recognised: the service decides every step.
    """

    known: KnownCase | None
    card: KnownCard
    case: Case | None
    ahead: bool
    by_uid: bool = False


def meet(image: CardImage, snapshot: Snapshot) -> Met | Refusal:
    """Recognise a card: hot, unknown, rolled back, or whose case this is (RELIABILITY.md sections 4 and 6).

    Where the counters are equal the snapshot's case stands; where the card is ahead, other stations wrote it without
    network and the card's own stage stands.
    """
    if image.identity is None or image.state is None:
        return _meet_by_uid(image, snapshot)
    card = snapshot.cards.get(image.identity.card_no)
    if image.identity.card_no in snapshot.hot.cards:
        return Refusal(Problem.CARD_HOT, image.identity.card_no)
    if card is None or card.uid != image.uid.hex():
        return Refusal(Problem.CARD_UNKNOWN, image.identity.card_no)
    if image.state.counter < card.counter or _diverged(image, image.state.counter - card.counter, card):
        return Refusal(Problem.CARD_ROLLED_BACK, image.identity.card_no)
    case_no = image.identity.case_no or card.case_no
    if image.identity.case_no and card.case_no and image.identity.case_no != card.case_no:
        return Refusal(Problem.CARD_UNKNOWN, image.identity.card_no)
    if case_no is None:
        return Met(None, card, None, False)
    known = snapshot.cases.get(case_no)
    if known is None:
        return Refusal(Problem.CASE_UNKNOWN, case_no)
    if image.state.counter == card.counter:
        return Met(known, card, known.case, False)
    return Met(known, card, _case_on_card(known.case, image), True)


def _diverged(image: CardImage, ahead: int, card: KnownCard) -> bool:
    """Whether the card's own trail names another write where the snapshot knows one: a copy went on without it."""
    if card.last is None or ahead >= len(image.trail):
        return False
    return image.trail[-1 - ahead].key != card.last.record_key


def _meet_by_uid(image: CardImage, snapshot: Snapshot) -> Met | Refusal:
    """A card that carries nothing of ours: whose case this is, as the service says."""
    card = snapshot.card_by_uid(image.uid)
    if card is None or card.profile != image.profile or card.case_no is None:
        return Refusal(Problem.CARD_UNKNOWN, card.card_no if card else "")
    if card.card_no in snapshot.hot.cards:
        return Refusal(Problem.CARD_HOT, card.card_no)
    known = snapshot.cases.get(card.case_no)
    return Met(known, card, known.case, False, True) if known else Refusal(Problem.CASE_UNKNOWN, card.case_no)


def _case_on_card(case: Case, image: CardImage) -> Case:
    """The case as the card tells it: stage and suspension of the card, the rest as last known."""
    if image.state is None:
        return case
    update: dict[str, object] = {
        "stage": workflow.stage_of(image.state.stage) or case.stage,
        "suspended": bool(image.state.flags & FLAG_SUSPENDED),
        "card_no": image.identity.card_no if image.identity else case.card_no,
    }
    steps = [step for entry in image.trail if (step := workflow.step_from(entry.step)) is not None]
    at_work = bool(image.state.flags & FLAG_AT_WORK)
    started = [step for step in steps if step in workflow.WORK.values()]
    update["doing"] = (started[-1] if started else case.doing) if at_work else None
    return case.model_copy(update=update)


NO_GROUND = Ground()
NEVER_BY_UID = frozenset({Step.LOAD, Step.RELEASE})
"""Steps for which a card that proves nothing is never enough, whoever says so (CARD.md section 1)."""


GATES: Gates = {Step.ARM: CREMATION, Step.LOAD: CREMATION, Step.RELEASE: RELEASE}
"""What must hold before what cannot be undone (DOMAIN.md sections 3 and 4)."""


def objections(
    case: Case, asked: Asked, at: StationKind, roles: Iterable[Role], ground: Ground = NO_GROUND
) -> list[Refusal]:
    """Every reason against taking a step: place, person, order, kind of case, preconditions, gate.

    `roles` are the first person's, `ground` is what is known beside the case. This is the one rule book of station and
    service.
    """
    reasons: list[Refusal] = []
    if at not in RULES[asked.step].stations:
        reasons.append(Refusal(Problem.STEP_NOT_HERE, f"{asked.step} @ {at}"))
    if not may_take(roles, asked.step):
        reasons.append(Refusal(Problem.STAFF_NOT_ALLOWED, asked.step))
    for refusal in (workflow.in_order(case, asked.step), workflow.barred(case, asked.step)):
        if refusal is not None:
            reasons.append(refusal)
    skip = workflow.skip_for(case, asked.step)
    if isinstance(skip, Refusal) and not any(one.problem is skip.problem for one in reasons):
        reasons.append(skip)
    reasons.extend(refusal for holds in ALWAYS if (refusal := holds(case, asked)) is not None)
    for refusal in (within_term(case, asked, ground.policy), death_day_can_be(case, asked, ground.now)):
        if refusal is not None:
            reasons.append(refusal)
    if asked.step in GATES:
        reasons.extend(gate.objections(GATES[asked.step], Gate(case, asked, ground)))
    return list(dict.fromkeys(reasons))


def known_at_station(snapshot: Snapshot, now: datetime) -> Ground:
    """What a station knows beside the case; the rest is the service's."""
    return Ground(policy=snapshot.setup.policy, now=now)


def decide(
    met: Met | KnownCase,
    asked: Asked,
    here: Here,
    snapshot: Snapshot,
    *,
    linked: bool,
    now: datetime,
    unsent: Unsent = NOTHING_UNSENT,
) -> Decision | Refusal:
    """Decide at the station whether the step may be taken now.

    `met` is the card's case, or a case chosen from the list where no card is needed. `linked` says whether the
    service answered a moment ago; `now` is the wall time, used only for the ages of what is known and unsent.
    """
    if isinstance(met, KnownCase):
        met = Met(met, _NO_CARD, met.case, False)
    if met.case is None:
        return Refusal(Problem.CARD_UNKNOWN, met.card.card_no)
    case, rule = met.case, RULES[asked.step]
    staff = snapshot.staff(asked.staff_no)
    reasons = objections(case, asked, here.kind, staff.roles if staff else (), known_at_station(snapshot, now))
    if staff is None:
        reasons.insert(0, Refusal(Problem.STAFF_UNKNOWN, asked.staff_no or ""))
    reasons.extend(_second_objections(asked, snapshot))
    writes_card = writes(case, asked.step) and not met.by_uid
    if writes_card and met.card is _NO_CARD:
        reasons.append(Refusal(Problem.CARD_UNKNOWN, asked.step))
    if met.by_uid and asked.step in NEVER_BY_UID:
        reasons.append(Refusal(Problem.CARD_NOT_WRITABLE, met.card.card_no))
    needs_word = met.by_uid or rule.offline is not Offline.YES
    if needs_word and not linked:
        reasons.append(Refusal(Problem.OFFLINE_FORBIDDEN, asked.step))
    reasons.extend(limits.beyond(asked, snapshot, unsent, writes_card=writes_card, linked=linked, now=now))
    reasons.extend(_place_objections(asked.details, case.case_no, snapshot))
    reasons.extend(_hall_objections(case, asked, snapshot, now))
    if met.known is not None and (over := ledger.above_paid(asked, met.known.bill)) is not None:
        reasons.append(over)
    shut = without_shift(asked.step, asked.details, asked.staff_no, staff.drawer) if staff is not None else None
    reasons.extend([shut] if shut is not None else [])
    refusal = refuse_all(reasons)
    if refusal is not None:
        return refusal
    details = _with_skip(case, asked)
    moved = workflow.moved(case, asked.step, details)
    stage, doing, suspended = moved.stage, moved.doing, asked.step is Step.SUSPEND
    if asked.step is Step.VOID and (last := workflow.last_voidable(case)) is not None:
        stage, doing = last.stage_before, last.doing_before
    flags = card_flags(case, at_work=doing is not None, suspended=suspended)
    return Decision(case.case_no, asked.step, details, writes_card, needs_word, stage, flags)


def decide_binding(
    image: CardImage,
    card: KnownCard,
    chosen: KnownCase,
    asked: Asked,
    here: Here,
    snapshot: Snapshot,
    *,
    linked: bool,
    now: datetime,
    unsent: Unsent = NOTHING_UNSENT,
) -> Decision | Refusal:
    """Decide whether a blank card of the pool becomes the key to a case that has none."""
    if image.identity is None or image.identity.case_no is not None or card.case_no is not None:
        return Refusal(Problem.CARD_NOT_BLANK, card.card_no)
    if chosen.case.card_no is not None:
        return Refusal(Problem.CASE_HAS_CARD, chosen.case.case_no)
    staff = snapshot.staff(asked.staff_no)
    reasons = objections(chosen.case, asked, here.kind, staff.roles if staff else (), known_at_station(snapshot, now))
    reasons.extend(_second_objections(asked, snapshot))
    reasons.extend(limits.beyond(asked, snapshot, unsent, writes_card=True, linked=linked, now=now))
    refusal = refuse_all(reasons)
    if refusal is not None:
        return refusal
    case = chosen.case
    identity = Identity(image.identity.layout, here.home_id, image.identity.card_no, case.case_no, case.issue_no + 1)
    flags = card_flags(case, at_work=case.doing is not None)
    return Decision(case.case_no, Step.BIND_CARD, asked.details, True, False, case.stage, flags, identity)


def writes(case: Case, step: Step) -> bool:
    """Whether the step writes the card; suspend, resume, return and void write as the step that they concern."""
    if step is Step.VOID:
        last = workflow.last_voidable(case)
        return last is not None and RULES[last.step].card
    if step in (Step.SUSPEND, Step.RESUME, Step.RETURN_STEP):
        return case.doing is not None and RULES[case.doing].card
    return RULES[step].card


def _second_objections(asked: Asked, snapshot: Snapshot) -> list[Refusal]:
    """The second person works here, and may confirm the step."""
    second = snapshot.staff(asked.second_staff_no) if asked.second_staff_no is not None else None
    refusal = not_second(asked.second_staff_no, second.roles if second is not None else None, asked.step)
    return [refusal] if refusal is not None else []


def _place_objections(details: Details, case_no: CaseNo, snapshot: Snapshot) -> list[Refusal]:
    """Slots, vehicles, halls, furnaces and shelves must exist and be free, as far as this station knows."""
    reasons = []
    for kind in ("slot", "vehicle", "hall", "furnace", "shelf"):
        code = getattr(details, kind)
        if code is None:
            continue
        found = next((one for one in snapshot.setup.resources if one.kind == kind and one.code == code), None)
        if found is None:
            reasons.append(Refusal(Problem.PLACE_UNKNOWN, code))
        elif found.traits.closed is not None:
            reasons.append(Refusal(Problem.PLACE_CLOSED, code))
        elif kind in ("slot", "furnace", "shelf") and any(
            known.case.place.kind == kind and known.case.place.code == code and no != case_no
            for no, known in snapshot.cases.items()
        ):
            reasons.append(Refusal(Problem.PLACE_TAKEN, code))
    return reasons


def _hall_objections(case: Case, asked: Asked, snapshot: Snapshot, now: datetime) -> list[Refusal]:
    """The farewell is in the hall whose period is this case's, as far as this station knows."""
    hall, minutes = asked.details.hall, snapshot.setup.policy.hall_minutes
    if asked.step is not Step.FAREWELL or hall is None:
        return []
    holders = [known.case for known in snapshot.cases.values() if has_hall(known.case, hall, now, minutes)]
    refusal = not_its_hall(case, asked, holders)
    return [refusal] if refusal is not None else []


def _with_skip(case: Case, asked: Asked) -> Details:
    skip = workflow.skip_for(case, asked.step)
    return asked.details.model_copy(update={"skip": skip}) if isinstance(skip, Skip) else asked.details


@dataclass(frozen=True, slots=True)
class CardChain:
    """What the service knows of a card: its counter and the record that wrote it last."""

    card_no: CardNo
    case_no: CaseNo | None
    counter: int
    last: RecordKey | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The service's word on a step that a station reports, and the facts that follow from it."""

    outcome: Outcome
    reasons: tuple[Refusal, ...] = ()
    facts: tuple[FactBody, ...] = ()
    waiting_for: RecordKey | None = None


FACTS_STAND = frozenset({Problem.STEP_OUT_OF_ORDER, Problem.STEP_NOT_STARTED, Problem.PLACE_TAKEN})
"""Contradictions that a record which is still on its way may explain; the fold shows them while they last."""
PROMISED = frozenset({Step.RESERVE, Step.RESERVE_FURNACE, Step.DISPATCH})
"""A period, a vehicle: the service's own promise. Who was granted it and comes second has nothing that must stand."""
CONTESTED = FACTS_STAND | {
    *(Problem.CASE_CONFLICT, Problem.HALL_OF_ANOTHER, Problem.IDENTIFIERS_DISAGREE, Problem.STAFF_LEFT),
}
"""Contradictions of what has already happened: the fact stands, and a person looks at it (RELIABILITY.md section 7)."""


def judge(
    case: Case,
    asked: Asked,
    at: StationKind,
    roles: Iterable[Role],
    *,
    happened: bool,
    card: CardChain | None = None,
    awaits: RecordKey | None = None,
    issue_no: int = 1,
    further: Iterable[Refusal] = (),
    ground: Ground = NO_GROUND,
) -> Judged:
    """Judge a step at the service.

    `happened` is True for what is already so (a card written, a body moved). `awaits` is the record that the card
    named before the write, where the service does not have it: it is still on its way.
    `further` are reasons that only the service can know: a used disc, a missing permit, or CASE_CONFLICT for another
    write of the same card at the same counter. What cannot be undone and has happened is never dropped, whatever
    speaks against it: a body that is in the furnace is there, notes that were given out are out of the drawer, and
    money that was taken is in it.
    """
    reasons = list(dict.fromkeys((*objections(case, asked, at, roles, ground), *further)))
    if asked.step is Step.BIND_CARD and card is None:
        reasons.append(Refusal(Problem.CARD_UNKNOWN, asked.step))
    facts: tuple[FactBody, ...]
    if asked.step is Step.BIND_CARD and card is not None:
        facts = (CardBound(card_no=card.card_no, issue_no=issue_no),)
    else:
        facts = (StepTaken(step=asked.step, details=_with_skip(case, asked)),)
    if not reasons:
        return Judged(Outcome.WAITING if awaits else Outcome.ACCEPTED, (), facts, awaits)
    if awaits is not None and all(_explained(case, one) for one in reasons):
        return Judged(Outcome.WAITING, (), facts, awaits)
    if asked.step in PROMISED and any(one.problem is Problem.PLACE_TAKEN for one in reasons):
        return Judged(Outcome.REFUSED, tuple(reasons))
    gone = asked.step in IRREVERSIBLE or RULES[asked.step].by_word or came.came_in(asked, at)
    if happened and (gone or all(one.problem in CONTESTED for one in reasons)):
        return Judged(Outcome.CONFLICT, tuple(reasons), facts)
    return Judged(Outcome.REFUSED, tuple(reasons))


def _explained(case: Case, reason: Refusal) -> bool:
    """Whether the record that is on its way may explain it: the tag too, while nobody has said which one was bound."""
    return reason.problem in FACTS_STAND or (reason.problem is Problem.TAG_MISMATCH and case.tag is None)


_NO_CARD = KnownCard(
    card_no=CardNo(""), uid="", profile="", issue_no=0, case_no=None, counter=0, last=None, sealed_keys={}
)
