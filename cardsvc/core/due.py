"""What is to be done next for a case, and so which stations it waits for.

The workflow says what may be taken; this table says what somebody is expected to take now. A step stands here once,
with when it is due; whatever the workflow would refuse is never due.
"""

from collections.abc import Callable, Iterable

from cardsvc.core import workflow
from cardsvc.core.case import Case
from cardsvc.core.cremation_gate import KIND_PAPER, NO_LIVING_BODY, unclaimed
from cardsvc.core.facts import PlaceKind, Stage, Step
from cardsvc.core.problems import Refusal
from cardsvc.core.station import Station, own_steps
from cardsvc.core.terms import CaseKind, Paper

Due = Callable[[Case], bool]
BONES = frozenset({CaseKind.BONES})
UNCERTIFIED = BONES | {CaseKind.BODY_PART}


def _always(_: Case) -> bool:
    return True


def _has_body(case: Case) -> bool:
    return case.kind not in NO_LIVING_BODY


def _farewell_planned(case: Case) -> bool:
    return case.appointment is not None and not case.has_taken(Step.FAREWELL_OVER)


def _goes_out(case: Case) -> bool:
    """Something is planned for a body that lies in its slot."""
    return case.stage is Stage.STORED and (_farewell_planned(case) or case.furnace_at is not None)


def _to_the_hall(case: Case) -> bool:
    dressed = case.place.kind is PlaceKind.PREP_ROOM and case.has_taken(Step.PREPARED) and _farewell_planned(case)
    return not case.has_taken(Step.FAREWELL) and (case.place.kind is PlaceKind.HALL or dressed)


def _comes_back(case: Case) -> bool:
    waits = case.place.kind in (PlaceKind.RECEPTION, PlaceKind.VIEWING_ROOM, PlaceKind.AUTOPSY_ROOM)
    dressed = case.place.kind is PlaceKind.PREP_ROOM and case.has_taken(Step.PREPARED)
    return (waits or dressed) and not (case.infectious and case.stage is Stage.RECEIVED)


def _to_the_fire(case: Case) -> bool:
    if case.kind in BONES or (case.infectious and case.stage is Stage.RECEIVED):
        return True
    return case.place.kind is PlaceKind.FURNACE_HALL or case.has_taken(Step.FAREWELL_OVER)


def _wants_container(case: Case) -> bool:
    return case.coffin is None and _to_the_fire(case)


DUE: tuple[tuple[Step, Due], ...] = (
    (Step.DISPATCH, lambda case: case.kind not in BONES),
    (Step.BIND_CARD, lambda case: case.card_no is None),
    (Step.COLLECT, _always),
    (Step.ARRIVE, _always),
    (Step.STORE, _comes_back),
    (Step.TAKE_OUT, _goes_out),
    (Step.LIST_BELONGINGS, lambda case: _has_body(case) and case.belongings is None),
    (Step.QUOTE, lambda case: not case.items),
    (Step.SIGN_QUOTE, lambda case: bool(case.items) and not case.quote_signed),
    (Step.VERIFY_DEATH, lambda case: case.paper(KIND_PAPER.get(case.kind, Paper.DEATH_CERTIFICATE)) is None),
    (Step.VERIFY, lambda case: not unclaimed(case) and case.paper(Paper.APPLICANT_IDENTITY) is None),
    (Step.AUTHORISE, lambda case: not case.authorised),
    (Step.PLAN_ASHES, lambda case: case.ash_plan is None),
    (Step.DECLARE_IMPLANTS, lambda case: _has_body(case) and case.implants is None),
    (Step.PREPARE, lambda case: case.place.kind is PlaceKind.PREP_ROOM and not case.has_taken(Step.PREPARED)),
    (Step.PREPARED, _always),
    (Step.FAREWELL, _to_the_hall),
    (Step.RECOGNISE, lambda case: case.doing is Step.FAREWELL and not case.recognised and case.unrecognised is None),
    (Step.FAREWELL_OVER, _always),
    (Step.HAND_BELONGINGS, lambda case: case.belongings is not None and not case.belongings.handed),
    (Step.ENCOFFIN, _wants_container),
    (Step.QUEUE, _to_the_fire),
    (Step.ARM, lambda case: case.stage is Stage.QUEUED),
    (Step.LOAD, _always),
    (Step.RESUME, lambda case: case.suspended),
    (Step.UNLOAD, _always),
    (Step.CLOSE_FURNACE, lambda case: not case.furnace_closed),
    (Step.SEAL, _always),
    (Step.CERTIFY, lambda case: case.furnace_closed and case.certificate is None and case.kind not in UNCERTIFIED),
    (Step.SHELVE, lambda case: any(one.kind is PlaceKind.DESK for one in case.places)),
    (Step.CONFIRM_REST, lambda case: any(one.kind is PlaceKind.COLLECTOR for one in case.places)),
    (Step.CONFIRM_TRANSFER, lambda case: case.transfer_receipt is None),
)


def due(case: Case) -> tuple[Step, ...]:
    """The steps that somebody is expected to take now, in the order of the way."""
    return tuple(step for step, wanted in DUE if wanted(case) and _may(case, step))


def taken_at(station: Station, stations: Iterable[Station], stage: Stage, waiting: frozenset[Step]) -> tuple[Step, ...]:
    """Of the steps for which a case in this stage waits, those that this station takes, in the order of its work.

    A step that several stations have belongs to those that move cases out of this stage, or that move none at all.
    """
    moves = {before for before, step in workflow.TRANSITIONS if step in station.steps}
    own = own_steps(station, stations)
    return tuple(step for step in station.steps if step in waiting and (step in own or not moves or stage in moves))


def _may(case: Case, step: Step) -> bool:
    refused = workflow.in_order(case, step) or workflow.barred(case, step)
    skipped = workflow.skip_for(case, step) if refused is None else None
    return refused is None and not isinstance(skipped, Refusal) and not case.blocked(step)
