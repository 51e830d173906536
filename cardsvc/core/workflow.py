"""Workflow of a case.

Everything that can change a stage is in TRANSITIONS; nothing else may (WORKFLOW.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardsvc.core.case import Case, Place, Portion, Taken
from cardsvc.core.facts import Details, Fact, PlaceKind, Stage, Step
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES
from cardsvc.core.terms import OF_DEATH, CaseKind, Reason, Skip

TRANSITIONS: Mapping[tuple[Stage, Step], Stage] = {
    (Stage.BOOKED, Step.DISPATCH): Stage.DISPATCHED,
    (Stage.DISPATCHED, Step.COLLECT): Stage.IN_TRANSIT,
    (Stage.IN_TRANSIT, Step.ARRIVE): Stage.RECEIVED,
    (Stage.RECEIVED, Step.STORE): Stage.STORED,
    (Stage.OUT, Step.STORE): Stage.STORED,
    (Stage.STORED, Step.TAKE_OUT): Stage.OUT,
    (Stage.RECEIVED, Step.TAKE_OUT): Stage.OUT,
    (Stage.STORED, Step.TRANSFER_OUT): Stage.TRANSFERRED,
    (Stage.OUT, Step.PREPARE): Stage.OUT,
    (Stage.OUT, Step.PREPARED): Stage.OUT,
    (Stage.OUT, Step.FAREWELL): Stage.OUT,
    (Stage.OUT, Step.FAREWELL_OVER): Stage.OUT,
    (Stage.OUT, Step.QUEUE): Stage.QUEUED,
    (Stage.STORED, Step.QUEUE): Stage.QUEUED,
    (Stage.RECEIVED, Step.QUEUE): Stage.QUEUED,
    (Stage.BOOKED, Step.QUEUE): Stage.QUEUED,
    (Stage.QUEUED, Step.ARM): Stage.ARMED,
    (Stage.ARMED, Step.ARM): Stage.ARMED,
    (Stage.ARMED, Step.LOAD): Stage.CREMATING,
    (Stage.CREMATING, Step.UNLOAD): Stage.CREMATED,
    (Stage.CREMATED, Step.SEAL): Stage.SEALED,
    (Stage.SEALED, Step.SHELVE): Stage.SEALED,
    (Stage.SEALED, Step.UNSHELVE): Stage.SEALED,
    (Stage.SEALED, Step.RELEASE): Stage.RELEASED,
    (Stage.SEALED, Step.CONFIRM_REST): Stage.SEALED,
    (Stage.RELEASED, Step.CONFIRM_REST): Stage.AT_REST,
    (Stage.SEALED, Step.RETURN_ASHES): Stage.SEALED,
    (Stage.RELEASED, Step.RETURN_ASHES): Stage.SEALED,
    (Stage.AT_REST, Step.RETURN_ASHES): Stage.SEALED,
    (Stage.AT_REST, Step.CLOSE): Stage.CLOSED,
    (Stage.TRANSFERRED, Step.CLOSE): Stage.CLOSED,
    (Stage.CANCELLED, Step.CLOSE): Stage.CLOSED,
    (Stage.BOOKED, Step.CANCEL): Stage.CANCELLED,
    (Stage.DISPATCHED, Step.CANCEL): Stage.CANCELLED,
    (Stage.BOOKED, Step.MERGE): Stage.CANCELLED,
    (Stage.DISPATCHED, Step.MERGE): Stage.CANCELLED,
}

SKIPS: Mapping[tuple[Stage, Step], Skip] = {
    (Stage.RECEIVED, Step.QUEUE): Skip.INFECTIOUS,
    (Stage.BOOKED, Step.QUEUE): Skip.BONES,
    (Stage.RECEIVED, Step.TAKE_OUT): Skip.COLD_ELSEWHERE,
}
"""Transitions that are allowed only under a rule that the record names."""

ENDED = frozenset({Stage.TRANSFERRED, Stage.CLOSED, Stage.CANCELLED})
BEFORE_FIRE = (
    frozenset(Stage)
    - ENDED
    - {
        Stage.CREMATING,
        Stage.CREMATED,
        Stage.SEALED,
        Stage.RELEASED,
        Stage.AT_REST,
    }
)
HERE = BEFORE_FIRE - {Stage.BOOKED, Stage.DISPATCHED}
"""The body is with us, and not yet in the furnace."""
OPEN = frozenset(Stage) - ENDED
BURNT = frozenset({Stage.CREMATED, Stage.SEALED, Stage.RELEASED, Stage.AT_REST})
WORK: Mapping[Step, Step] = {Step.PREPARED: Step.PREPARE, Step.FAREWELL_OVER: Step.FAREWELL}
"""What finishes which started work."""

OVER = frozenset({Stage.CLOSED, Stage.CANCELLED})
"""The case is over: nothing about the body goes on."""
MONEY = frozenset(
    {
        *(Step.PAY, Step.REFUND, Step.SETTLE, Step.STATEMENT_PAID, Step.REVERSE_PAYMENT, Step.REVERSE_LINE),
        *(Step.SWITCH_PAYER, Step.PROVE_WAIVER, Step.WITHDRAW_WAIVER, Step.GIVE_BACK_HELD, Step.ASSIGN_HELD),
        *(Step.RECOVER_SHORT, Step.WRITE_OFF_SHORT, Step.UNDO_RECOVERY, Step.BANK_PAID),
    }
)
"""What pays, gives back or sets a bill right is never over: a bill is found wrong when all else is done (0034)."""

BESIDE: Mapping[Step, frozenset[Stage]] = {
    **dict.fromkeys(MONEY, frozenset(Stage)),
    Step.BIND_CARD: frozenset(Stage) - ENDED,
    Step.QUOTE: BEFORE_FIRE,
    Step.SIGN_QUOTE: BEFORE_FIRE,
    Step.RESERVE: BEFORE_FIRE,
    Step.RELEASE_SLOT: BEFORE_FIRE,
    Step.AUTHORISE: BEFORE_FIRE,
    Step.PLAN_ASHES: frozenset(Stage) - ENDED - {Stage.RELEASED, Stage.AT_REST},
    Step.RECOGNISE: frozenset({Stage.OUT}),
    Step.DEPOSIT: frozenset(Stage),
    Step.HOLD: frozenset(Stage) - ENDED,
    Step.LIFT_HOLD: frozenset(Stage),
    Step.RESOLVE: frozenset(Stage),
    Step.SUSPEND: frozenset({Stage.OUT, Stage.CREMATING}),
    Step.RESUME: frozenset({Stage.OUT, Stage.CREMATING}),
    Step.RETURN_STEP: frozenset({Stage.OUT}),
    Step.VERIFY_DEATH: BEFORE_FIRE | BURNT,
    Step.VOID_DEATH_PAPER: BEFORE_FIRE | BURNT,
    Step.CORRECT_DEATH_DAY: frozenset(Stage),
    Step.VERIFY: OPEN,
    Step.APPROVE: OPEN,
    Step.DECLARE: BEFORE_FIRE,
    Step.DECLARE_IMPLANTS: BEFORE_FIRE,
    Step.DECLARE_RELATIVE: OPEN,
    Step.LIST_BELONGINGS: HERE,
    Step.HAND_BELONGINGS: OPEN,
    Step.ENCOFFIN: frozenset({Stage.BOOKED, Stage.RECEIVED, Stage.STORED, Stage.OUT, Stage.QUEUED}),
    Step.CLOSE_FURNACE: BURNT,
    Step.SKIP_RECOGNITION: BEFORE_FIRE,
    Step.RESERVE_FURNACE: BEFORE_FIRE,
    Step.CERTIFY: BURNT,
    Step.VOID_CERTIFICATE: BURNT,
    Step.CLEAR_ALERT: OPEN,
    Step.NOTIFY: frozenset(Stage) - {Stage.CLOSED},
    Step.SPLIT: frozenset({Stage.SEALED}),
    Step.RENEW_STORAGE: frozenset({Stage.SEALED}),
    Step.PLAN_REST: OPEN - {Stage.AT_REST},
    Step.POSTPONE_REST: OPEN - {Stage.AT_REST},
    Step.CHANGE_VEHICLE: frozenset({Stage.IN_TRANSIT}),
    Step.REPLACE_TAG: HERE,
    Step.EXTEND_STORAGE: frozenset({Stage.RECEIVED, Stage.STORED, Stage.OUT}),
    Step.CONFIRM_TRANSFER: frozenset({Stage.TRANSFERRED}),
    Step.CORRECT_IDENTITY: OPEN,
    Step.CHANGE_APPLICANT: OPEN,
    Step.CANCEL_ITEM: BEFORE_FIRE,
}
"""Steps that do not move the stage, and when they may be taken."""
MERGED = frozenset({Step.CLOSE, Step.LIFT_HOLD, Step.STATEMENT_PAID})
"""What a case that was merged still takes: its money is where it was carried."""
AFTER = MERGED | MONEY | {Step.CORRECT_DEATH_DAY}
"""What a case that is over still takes: what was paid to the dead is counted from the day of the death."""

IRREVERSIBLE = frozenset({Step.LOAD, Step.UNLOAD, Step.RELEASE, Step.TRANSFER_OUT, Step.CLOSE, Step.CANCEL, Step.MERGE})
TAKEN_BACK = (frozenset(step for _, step in TRANSITIONS) | {Step.SPLIT}) - IRREVERSIBLE
"""A split is taken back as what moves: to void a step before it would lose the portion."""

_OUT_TO: Mapping[Reason, PlaceKind] = {
    Reason.PREPARATION: PlaceKind.PREP_ROOM,
    Reason.FAREWELL: PlaceKind.HALL,
    Reason.VIEWING: PlaceKind.VIEWING_ROOM,
    Reason.AUTOPSY: PlaceKind.AUTOPSY_ROOM,
    Reason.CREMATION: PlaceKind.FURNACE_HALL,
}

_CARD_STAGES = list(Stage)
_CARD_STEPS = list(Step)


def stage_code(stage: Stage) -> int:
    """The stage as one byte on the card: its place in the list, from 1; the list only ever grows at its end."""
    return _CARD_STAGES.index(stage) + 1


def stage_of(code: int) -> Stage | None:
    """The stage that a byte on the card stands for; None for a byte that stands for none."""
    return _CARD_STAGES[code - 1] if 1 <= code <= len(_CARD_STAGES) else None


def step_code(step: Step) -> int:
    """The step as one byte on the card."""
    return _CARD_STEPS.index(step) + 1


def step_from(code: int) -> Step | None:
    """The step that a byte on the card stands for; None for a byte that stands for none."""
    return _CARD_STEPS[code - 1] if 1 <= code <= len(_CARD_STEPS) else None


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a step leads; `follows` is False when the table does not have it and only the fact stands."""

    stage: Stage
    place: Place
    doing: Step | None
    follows: bool
    portions: tuple[Portion, ...] = ()


def moved(case: Case, step: Step, details: Details) -> Moved:
    """Where the case is after the step, whether or not it was in order: facts are facts."""
    place = place_after(step, details) or case.place
    doing = case.doing
    if step in WORK.values():
        doing = step
    elif step in WORK or step is Step.RETURN_STEP:
        doing = None
    portions = _portions_after(case, step, details, place)
    if step in BESIDE:
        return Moved(case.stage, place, doing, case.stage in BESIDE[step], portions)
    after = TRANSITIONS.get((case.stage, step))
    follows = after is not None
    if after is None:
        leads_to = {stage for (_, taken), stage in TRANSITIONS.items() if taken is step}
        leads_to = leads_to - {Stage.SEALED} or leads_to
        after = leads_to.pop() if len(leads_to) == 1 else case.stage
    if portions and step in AWAY:
        place = portions[0].place
        after = _slowest(portions)
    return Moved(after, place, doing, follows, portions)


AWAY = frozenset({Step.SHELVE, Step.UNSHELVE, Step.RELEASE, Step.CONFIRM_REST, Step.RETURN_ASHES})
"""Steps that move one portion of the ashes; the stage is that of the portion that is least far."""


def _slowest(portions: tuple[Portion, ...]) -> Stage:
    kinds = {one.place.kind for one in portions}
    if kinds == {PlaceKind.DESTINATION}:
        return Stage.AT_REST
    return Stage.RELEASED if kinds <= {PlaceKind.COLLECTOR, PlaceKind.DESTINATION} else Stage.SEALED


def _portions_after(case: Case, step: Step, details: Details, place: Place) -> tuple[Portion, ...]:
    """The portions of the ashes after the step; the one whose label was scanned is the one that moved."""
    if step is Step.SEAL and details.label is not None:
        return (Portion(label=details.label, weight_g=details.weight_g or 0, place=place),)
    if step is Step.SPLIT and details.portion is not None:
        taken = details.weight_g or 0
        rest = [
            one.model_copy(update={"weight_g": max(0, one.weight_g - taken)}) if one.label == details.label else one
            for one in case.portions
        ]
        return (*rest, Portion(label=details.portion, weight_g=taken, place=Place(kind=PlaceKind.DESK)))
    if step not in AWAY:
        return case.portions

    def moves(one: Portion) -> bool:
        if details.label is not None:
            return one.label == details.label
        return step is Step.CONFIRM_REST and one.place.kind is PlaceKind.COLLECTOR

    update: dict[str, object] = {"place": place}
    if step is Step.RELEASE:
        update["destination"] = details.destination or case.ash_plan
    return tuple(one.model_copy(update=update) if moves(one) else one for one in case.portions)


def place_after(step: Step, details: Details) -> Place | None:
    """The place that a step leads to (WORKFLOW.md column *place after*); None when it stays."""
    match step:
        case Step.COLLECT | Step.CHANGE_VEHICLE:
            return Place(kind=PlaceKind.VEHICLE, code=details.vehicle)
        case Step.ARRIVE:
            return Place(kind=PlaceKind.RECEPTION)
        case Step.STORE:
            return Place(kind=PlaceKind.SLOT, code=details.slot)
        case Step.TAKE_OUT:
            return Place(kind=_OUT_TO.get(details.reason or Reason.PREPARATION, PlaceKind.PREP_ROOM))
        case Step.TRANSFER_OUT:
            return Place(kind=PlaceKind.OTHER_HOME)
        case Step.PREPARE:
            return Place(kind=PlaceKind.PREP_ROOM)
        case Step.FAREWELL:
            return Place(kind=PlaceKind.HALL, code=details.hall)
        case Step.QUEUE:
            return Place(kind=PlaceKind.FURNACE_HALL)
        case Step.LOAD:
            return Place(kind=PlaceKind.FURNACE, code=details.furnace)
        case Step.UNLOAD:
            return Place(kind=PlaceKind.TRAY, code=details.disc)
        case Step.SEAL | Step.UNSHELVE | Step.RETURN_ASHES:
            return Place(kind=PlaceKind.DESK)
        case Step.SHELVE:
            return Place(kind=PlaceKind.SHELF, code=details.shelf)
        case Step.RELEASE:
            return Place(kind=PlaceKind.COLLECTOR)
        case Step.CONFIRM_REST:
            return Place(kind=PlaceKind.DESTINATION)
        case _:
            return None


def moves(taken: Taken) -> bool:
    """Whether a step moved something."""
    return taken.step in TAKEN_BACK or taken.step in IRREVERSIBLE


def last_voidable(case: Case) -> Taken | None:
    """The step that `void` would take back: the last one that moved something, unless it cannot be undone."""
    moving = [taken for taken in case.taken if moves(taken)]
    if not moving or moving[-1].step in IRREVERSIBLE:
        return None
    return moving[-1]


def voided_by(case: Case, void: Fact) -> Taken | None:
    """The step that a void took back whose record may come late: none that began after it, at stations of other kinds.

    Such a step wrote no card (the way to the furnace), so that the card's counters do not say which of both was first;
    then the times do. What wrote the card is in its order already.
    """
    late = {
        taken.cause
        for taken in case.taken
        if taken.at > void.at and not RULES[taken.step].card and void.station_kind not in RULES[taken.step].stations
    }
    return last_voidable(case.model_copy(update={"taken": tuple(one for one in case.taken if one.cause not in late)}))


def in_order(case: Case, step: Step) -> Refusal | None:
    """Whether the step follows the stage and the work in hand."""
    if case.stage in OVER and step not in (MERGED if case.merged_into is not None else AFTER):
        return Refusal(Problem.CASE_CLOSED, case.merged_into or case.stage)
    if step is Step.VOID:
        return None if last_voidable(case) else Refusal(Problem.NOTHING_TO_VOID, case.stage)
    if step in (Step.SUSPEND, Step.RESUME, Step.RETURN_STEP):
        at_work = case.doing is not None or case.stage is Stage.CREMATING
        started = at_work and step is not Step.RETURN_STEP and case.suspended == (step is Step.RESUME)
        ready = started or (step is Step.RETURN_STEP and case.doing is not None)
        return None if ready else Refusal(Problem.STEP_NOT_STARTED, step)
    allowed = case.stage in BESIDE[step] if step in BESIDE else (case.stage, step) in TRANSITIONS
    if not allowed:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.stage} > {step}")
    if step is Step.VERIFY_DEATH and case.stage in BURNT and case.paper(*OF_DEATH) is not None:
        # After the fire only where two people took another's paper away.
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.stage} > {step}")
    if case.suspended and step in TAKEN_BACK | IRREVERSIBLE:
        return Refusal(Problem.STEP_SUSPENDED, case.doing or "")
    if step in WORK and case.doing is not WORK[step]:
        return Refusal(Problem.STEP_NOT_STARTED, WORK[step])
    if step not in WORK and step not in BESIDE and case.doing is not None:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.doing} > {step}")
    return None


def skip_for(case: Case, step: Step) -> Skip | Refusal | None:
    """The rule under which the step passes over a station; a refusal where no such rule holds."""
    skip = SKIPS.get((case.stage, step))
    if skip is Skip.INFECTIOUS and not case.infectious:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.stage} > {step}")
    if skip is Skip.BONES and case.kind is not CaseKind.BONES:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.stage} > {step}")
    if skip is None and step is Step.QUEUE and not case.has_taken(Step.FAREWELL_OVER):
        return Skip.INFECTIOUS if case.infectious else Skip.NO_FAREWELL
    if skip is None and step is Step.RELEASE and not case.has_taken(Step.SHELVE):
        return Skip.SAME_DAY
    return skip


def barred(case: Case, step: Step) -> Refusal | None:
    """Steps that this kind of case never takes: infectious remains are neither dressed nor viewed."""
    if case.infectious and step in (Step.PREPARE, Step.FAREWELL, Step.RECOGNISE):
        return Refusal(Problem.STEP_BARRED, Skip.INFECTIOUS)
    return None
