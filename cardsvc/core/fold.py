"""From facts to a case.

A fact is never refused here: one that does not follow is kept and named in the case's `gaps`.
"""

from collections.abc import Iterable

from cardsvc.core import workflow
from cardsvc.core.captured import captured
from cardsvc.core.case import Alert, Case, Taken
from cardsvc.core.facts import Alerted, Booked, CardBound, CardReleased, Details, Fact, Step, StepTaken
from cardsvc.core.ids import CardNo, CaseNo
from cardsvc.core.portions import shelved_since
from cardsvc.core.rules import RULES


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
        origin=body.origin,
        outside=body.outside,
        weight_kg=body.weight_kg,
        floor=body.floor,
        wanted_at=body.wanted_at,
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
        case Alerted(other=other, why=why):
            kept = tuple(one for one in case.alerts if one.other != other)
            return case.model_copy(update={"alerts": (*kept, Alert(other=CaseNo(other), why=why))})
        case StepTaken(step=Step.VOID):
            return _back(case, fact)
        case StepTaken(step=step, details=details):
            moved = workflow.moved(case, step, details)
            update = captured(case, fact, step, details)
            taken = Taken(
                step=step,
                at=fact.at,
                station_kind=fact.station_kind,
                cause=fact.cause,
                stage_before=case.stage,
                place_before=case.place,
                doing_before=case.doing,
                skip=details.skip,
                by=fact.staff_no,
                second=fact.second_staff_no,
                observed=fact.observed,
                portions_before=case.portions,
                reason=details.reason,
                due=details.due,
            )
            update["taken"] = (*case.taken, taken)
            if not moved.follows or fact.contested or _another_tag(case, step, details):
                update["gaps"] = (*case.gaps, fact.cause)
            if moved.stage is not case.stage:
                update |= {"stage": moved.stage, "stage_since": fact.at}
            moves = {"place": moved.place, "doing": moved.doing, "portions": moved.portions}
            return case.model_copy(update=update | moves)


def _stood(case: Case, taken: Taken) -> Case:
    """The case as it stood before one of its steps, as far as the workflow asks."""
    return case.model_copy(update={"stage": taken.stage_before, "doing": taken.doing_before})


def _another_tag(case: Case, step: Step, details: Details) -> bool:
    """Whether another tag was scanned than the one that was bound, as it turned out when a late record had come."""
    return RULES[step].tag and case.tag is not None and details.tag not in (None, case.tag)


def _back(case: Case, fact: Fact) -> Case:
    """Take a step back: stage, place and work as before it.

    Where another has followed, what happened, happened: that one leads on from what was before the step.
    """
    last = workflow.voided_by(case, fact)
    if last is None:
        return case.model_copy(update={"gaps": (*case.gaps, fact.cause)})
    kept = tuple(taken for taken in case.taken if taken is not last)
    after = next((one for one in case.taken[case.taken.index(last) + 1 :] if workflow.moves(one)), None)
    if after is not None:
        before = {name: getattr(last, name) for name in ("stage_before", "place_before", "doing_before")}
        led = after.model_copy(update=before)
        follows = workflow.moved(_stood(case, led), after.step, Details()).follows
        kept = tuple(led if taken is after else taken for taken in kept)
        return case.model_copy(update={"taken": kept, "gaps": case.gaps if follows else (*case.gaps, fact.cause)})
    return case.model_copy(
        update={
            "stage": last.stage_before,
            "stage_since": fact.at,
            "place": last.place_before,
            "doing": last.doing_before,
            "suspended": False,
            "portions": last.portions_before,
            "taken": kept,
        }
        | ({"tag": None} if last.step is Step.COLLECT else {})
        | ({"storage_until": None} if last.step is Step.SHELVE and shelved_since(kept) is None else {})
    )
