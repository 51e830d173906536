"""From facts to a case.

A fact is never refused here: one that does not follow is kept and named in the case's `gaps`.
"""

from collections.abc import Iterable

from cardsvc.core import workflow
from cardsvc.core.case import Case, Hold, Taken
from cardsvc.core.facts import Booked, CardBound, CardReleased, Details, Fact, Step, StepTaken
from cardsvc.core.ids import CardNo


def fold(facts: Iterable[Fact]) -> Case | None:
    """Add up the facts of one case, in their causal order; None when it was never opened.

    The order is the card's counter, then the service's log number, so a record that arrives days late takes its own
    place (RELIABILITY.md section 3).
    """
    case: Case | None = None
    for fact in sorted(facts, key=lambda fact: fact.order):
        case = opened(fact) if case is None else then(case, fact)
    return case


def opened(fact: Fact) -> Case | None:
    """The case that a booking opens; None for any other fact."""
    if not isinstance(fact.body, Booked):
        return None
    body = fact.body
    return Case(
        case_no=fact.case_no,
        kind=body.case_kind,
        cause_class=body.cause_class,
        infectious=body.infectious,
        police=body.police,
        resident=body.resident,
        opened_at=fact.at,
        stage_since=fact.at,
    )


def then(case: Case, fact: Fact) -> Case:
    """The case after one more fact. Facts are facts: one that does not follow is kept and named in `gaps`."""
    match fact.body:
        case Booked():
            return case
        case CardBound(card_no=card_no, issue_no=issue_no):
            return case.model_copy(update={"card_no": CardNo(card_no), "issue_no": issue_no})
        case CardReleased():
            return case.model_copy(update={"card_no": None})
        case StepTaken(step=Step.VOID):
            return _back(case, fact)
        case StepTaken(step=step, details=details):
            moved = workflow.moved(case, step, details)
            update = _captured(case, step, details)
            taken = Taken(
                step=step,
                at=fact.at,
                station_kind=fact.station_kind,
                cause=fact.cause,
                stage_before=case.stage,
                place_before=case.place,
                doing_before=case.doing,
                skip=details.skip,
            )
            update["taken"] = (*case.taken, taken)
            if not moved.follows or fact.contested:
                update["gaps"] = (*case.gaps, fact.cause)
            if moved.stage is not case.stage:
                update |= {"stage": moved.stage, "stage_since": fact.at}
            return case.model_copy(update=update | {"place": moved.place, "doing": moved.doing})


def _back(case: Case, fact: Fact) -> Case:
    """Take the last step back: stage, place and work as before it."""
    last = workflow.last_voidable(case)
    if last is None:
        return case.model_copy(update={"gaps": (*case.gaps, fact.cause)})
    kept = tuple(taken for taken in case.taken if taken is not last)
    return case.model_copy(
        update={
            "stage": last.stage_before,
            "stage_since": fact.at,
            "place": last.place_before,
            "doing": last.doing_before,
            "suspended": False,
            "taken": kept,
        }
        | ({"tag": None} if last.step is Step.COLLECT else {})
    )


def _captured(case: Case, step: Step, details: Details) -> dict[str, object]:
    """What a step leaves on the case beside its stage and place."""
    match step:
        case Step.COLLECT:
            return {"tag": details.tag}
        case Step.QUOTE:
            return {"items": details.items, "quote_signed": False}
        case Step.SIGN_QUOTE:
            return {"quote_signed": True}
        case Step.RESERVE:
            return {"hall": details.hall, "appointment": details.starts}
        case Step.RELEASE_SLOT:
            return {"hall": None, "appointment": None}
        case Step.AUTHORISE:
            return {"authorised": True}
        case Step.PLAN_ASHES:
            return {"ash_plan": details.destination}
        case Step.RECOGNISE:
            return {"recognised": True}
        case Step.SETTLE:
            return {"settled": True}
        case Step.LOAD:
            return {"disc": details.disc}
        case Step.SEAL:
            return {"label": details.label}
        case Step.RELEASE:
            return {"destination": details.destination or case.ash_plan}
        case Step.HOLD if details.reason is not None:
            held = Hold(reason=details.reason, blocks=details.blocks, spares=details.permit)
            return {"holds": (*case.holds, held)}
        case Step.LIFT_HOLD:
            return {"holds": tuple(hold for hold in case.holds if hold.reason is not details.reason)}
        case Step.RESOLVE:
            return {"gaps": ()}
        case Step.SUSPEND:
            return {"suspended": True}
        case Step.RESUME | Step.RETURN_STEP:
            return {"suspended": False}
        case _:
            return {}
