"""What must hold before a step, beyond its order: named functions in a table.

The station and the service call the very same ones; each returns its own problem (DOMAIN.md sections 3 and 4).
"""

from collections.abc import Callable
from dataclasses import dataclass

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as somebody asks for it."""

    step: Step
    details: Details
    staff_no: StaffNo | None
    second_staff_no: StaffNo | None = None


BEFORE_NO_RETURN = frozenset({Step.ARM, Step.LOAD, Step.RELEASE, Step.TRANSFER_OUT})
"""What leads to what cannot be undone; a hold for a copied card blocks them."""
Precondition = Callable[[Case, Asked], Refusal | None]


def no_hold(case: Case, asked: Asked) -> Refusal | None:
    """No active hold blocks the step (section 3, 5)."""
    reasons = case.blocked(asked.step, asked.details.permit)
    return Refusal(Problem.CASE_ON_HOLD, ", ".join(reasons)) if reasons else None


def nothing_contested(case: Case, asked: Asked) -> Refusal | None:
    """No record is missing and no contradiction is open before what cannot be undone (section 3, 13)."""
    if asked.step not in BEFORE_NO_RETURN or not case.gaps:
        return None
    return Refusal(Problem.CASE_CONFLICT, ", ".join(case.gaps))


def everything_entered(case: Case, asked: Asked) -> Refusal | None:
    """Every field that the step needs was entered."""
    missing = [name for name in RULES[asked.step].needs if getattr(asked.details, name) in (None, ())]
    return Refusal(Problem.FIELD_MISSING, ", ".join(missing)) if missing else None


def needs_two(case: Case, step: Step) -> bool:
    """Whether two people take the step; a further card for a case is a replacement, which nobody makes alone."""
    return RULES[step].second or (step is Step.BIND_CARD and case.issue_no > 0)


def two_people(case: Case, asked: Asked) -> Refusal | None:
    """An independent second person confirms (section 3, 15)."""
    if not needs_two(case, asked.step):
        return None
    if asked.second_staff_no is None:
        return Refusal(Problem.SECOND_PERSON_MISSING, asked.step)
    return Refusal(Problem.SECOND_PERSON_SAME, asked.step) if asked.second_staff_no == asked.staff_no else None


def tag_matches(case: Case, asked: Asked) -> Refusal | None:
    """The body tag was scanned and it is this case's (section 3, 11)."""
    if not RULES[asked.step].tag or asked.details.tag is None:
        return None
    return None if asked.details.tag == case.tag else Refusal(Problem.TAG_MISMATCH, asked.details.tag)


def tag_is_new(case: Case, asked: Asked) -> Refusal | None:
    """A body that has a tag keeps it."""
    if asked.step is not Step.COLLECT or case.tag is None or asked.details.tag == case.tag:
        return None
    return Refusal(Problem.TAG_MISMATCH, asked.details.tag or "")


def disc_matches(case: Case, asked: Asked) -> Refusal | None:
    """The disc that went through the furnace with the body is the one scanned (section 4, 2)."""
    if asked.step not in (Step.UNLOAD, Step.SEAL) or asked.details.disc is None:
        return None
    return None if asked.details.disc == case.disc else Refusal(Problem.DISC_MISMATCH, asked.details.disc)


def label_matches(case: Case, asked: Asked) -> Refusal | None:
    """The label on the box is this case's (section 4, 9)."""
    if asked.step not in (Step.SHELVE, Step.UNSHELVE, Step.RELEASE) or asked.details.label is None:
        return None
    return None if asked.details.label == case.label else Refusal(Problem.DISC_MISMATCH, asked.details.label)


def authorised(case: Case, asked: Asked) -> Refusal | None:
    """The applicant has signed the cremation authorisation (section 3, 3)."""
    if asked.step not in (Step.ARM, Step.LOAD) or case.authorised:
        return None
    return Refusal(Problem.NOT_AUTHORISED, case.case_no)


def ash_plan_recorded(case: Case, asked: Asked) -> Refusal | None:
    """Where the ashes go is recorded (section 3, 8)."""
    if asked.step not in (Step.ARM, Step.LOAD) or case.ash_plan is not None:
        return None
    return Refusal(Problem.ASH_PLAN_MISSING, case.case_no)


def quote_ready(case: Case, asked: Asked) -> Refusal | None:
    """There is a quote to sign."""
    if asked.step is not Step.SIGN_QUOTE or case.items:
        return None
    return Refusal(Problem.FIELD_MISSING, "items")


def off_the_shelf(case: Case, asked: Asked) -> Refusal | None:
    """Ashes are shelved from the desk, and leave from the desk."""
    shelved = case.place.kind is PlaceKind.SHELF
    if asked.step in (Step.SHELVE, Step.RELEASE) and shelved:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{PlaceKind.SHELF} > {asked.step}")
    if asked.step is Step.UNSHELVE and not shelved:
        return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.place.kind} > {asked.step}")
    return None


ALWAYS: tuple[Precondition, ...] = (
    no_hold,
    nothing_contested,
    everything_entered,
    two_people,
    tag_is_new,
    tag_matches,
    disc_matches,
    label_matches,
    authorised,
    ash_plan_recorded,
    quote_ready,
    off_the_shelf,
)
