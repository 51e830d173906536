"""What must hold before a step, beyond its order: named functions in a table.

The station and the service call the very same ones. The two gates have tables of their own: `core.cremation_gate` and
`core.release_gate`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, Stage, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.policy import Policy
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reference import is_asked
from cardsvc.core.rules import COMPARED, RULES
from cardsvc.core.storage import first_stored
from cardsvc.core.terms import OF_DEATH, Approval, CaseKind, CauseClass
from cardsvc.core.waivers import entitlements


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
    needs = (name for name in RULES[asked.step].needs if name not in COMPARED)
    missing = [name for name in needs if getattr(asked.details, name) in (None, ())]
    return Refusal(Problem.FIELD_MISSING, ", ".join(missing)) if missing else None


def money_is_referenced(case: Case, asked: Asked) -> Refusal | None:
    """Money by card terminal or transfer names the slip or the bank's number (section 6)."""
    if asked.details.reference is not None or not is_asked(asked.step, asked.details.means):
        return None
    return Refusal(Problem.FIELD_MISSING, "reference")


def identifiers_agree(case: Case, asked: Asked) -> Refusal | None:
    """The crew compared all three identifiers of its paper with the band, and they agree (section 2, transport).

    A body that was collected without it stays collected: the fact is contested until two people resolve it.
    """
    if asked.step is not Step.COLLECT:
        return None
    open_ = [name for name in COMPARED if not getattr(asked.details, name)]
    return Refusal(Problem.IDENTIFIERS_DISAGREE, ", ".join(open_)) if open_ else None


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
    if asked.step is Step.ENCOFFIN and case.kind is CaseKind.BONES and case.tag is None:
        return None  # exhumed bones get their tag with their container
    return None if asked.details.tag == case.tag else Refusal(Problem.TAG_MISMATCH, asked.details.tag)


def tag_is_new(case: Case, asked: Asked) -> Refusal | None:
    """A body that has a tag keeps it."""
    if asked.step is not Step.COLLECT or case.tag is None or asked.details.tag == case.tag:
        return None
    return Refusal(Problem.TAG_MISMATCH, asked.details.tag or "")


def disc_matches(case: Case, asked: Asked) -> Refusal | None:
    """The disc that went through the furnace with the body is the one scanned (section 4, 2)."""
    if asked.step not in (Step.UNLOAD, Step.SEAL, Step.CLOSE_FURNACE) or asked.details.disc is None:
        return None
    return None if asked.details.disc == case.disc else Refusal(Problem.DISC_MISMATCH, asked.details.disc)


def coffin_matches(case: Case, asked: Asked) -> Refusal | None:
    """The label on the container is the one that was bound to this body (section 3, 12)."""
    if asked.step is not Step.QUEUE or asked.details.coffin is None or asked.details.coffin == case.coffin:
        return None
    return Refusal(Problem.LABEL_DISAGREES, asked.details.coffin)


LABELLED = frozenset({Step.SHELVE, Step.UNSHELVE, Step.SPLIT, Step.RELEASE, Step.RETURN_ASHES})


def label_matches(case: Case, asked: Asked) -> Refusal | None:
    """The label on the box is one of this case's (section 4, 9)."""
    if asked.step not in LABELLED or asked.details.label is None or case.portion(asked.details.label):
        return None
    return Refusal(Problem.DISC_MISMATCH, asked.details.label)


def quote_ready(case: Case, asked: Asked) -> Refusal | None:
    """There is a quote to sign."""
    if asked.step is not Step.SIGN_QUOTE or case.items:
        return None
    return Refusal(Problem.FIELD_MISSING, "items")


def box_is_there(case: Case, asked: Asked) -> Refusal | None:
    """Ashes are shelved, split and handed over from the desk; they come to rest, or back, from their collector."""
    portion, step = case.portion(asked.details.label), asked.step
    if step is Step.CONFIRM_REST and asked.details.label is None:
        out = any(one.place.kind is PlaceKind.COLLECTOR for one in case.portions)
        return None if out or not case.portions else Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.place.kind} > {step}")
    if portion is None or step not in _FROM:
        return None
    return (
        None
        if portion.place.kind in _FROM[step]
        else Refusal(Problem.STEP_OUT_OF_ORDER, f"{portion.place.kind} > {step}")
    )


_FROM: Mapping[Step, frozenset[PlaceKind]] = {
    Step.SHELVE: frozenset({PlaceKind.DESK}),
    Step.UNSHELVE: frozenset({PlaceKind.SHELF}),
    Step.SPLIT: frozenset({PlaceKind.DESK}),
    Step.RELEASE: frozenset({PlaceKind.DESK}),
    Step.CONFIRM_REST: frozenset({PlaceKind.COLLECTOR}),
    Step.RETURN_ASHES: frozenset({PlaceKind.COLLECTOR, PlaceKind.DESTINATION}),
}


def shelf_is_its_own(case: Case, asked: Asked) -> Refusal | None:
    """A shelf place is for one box: the portions of one case do not share it either (section 4, 9)."""
    shelf, label = asked.details.shelf, asked.details.label
    if asked.step is not Step.SHELVE or shelf is None:
        return None
    there = (one for one in case.portions if one.place.kind is PlaceKind.SHELF and one.place.code == shelf)
    return Refusal(Problem.PLACE_TAKEN, shelf) if any(one.label != label for one in there) else None


def split_fits(case: Case, asked: Asked) -> Refusal | None:
    """A portion is less than what it is taken from, and has a label of its own."""
    if asked.step is not Step.SPLIT:
        return None
    portion, details = case.portion(asked.details.label), asked.details
    if portion is not None and (details.weight_g or 0) >= portion.weight_g:
        return Refusal(Problem.FIELD_INVALID, "weight_g")
    return Refusal(Problem.FIELD_INVALID, "portion") if case.portion(details.portion) else None


def cooled_before_sealed(case: Case, asked: Asked) -> Refusal | None:
    """Ashes are cool when they are sealed (section 4, 3)."""
    hot = asked.step is Step.SEAL and asked.details.cooled is False
    return Refusal(Problem.ASHES_NOT_READY, "cooled") if hot else None


def what_it_follows(case: Case, asked: Asked) -> Refusal | None:
    """What a step needs to be there already: a closed furnace record, a list, an alert, a certificate, a receipt."""
    details = asked.details
    match asked.step:
        case Step.CERTIFY if not case.furnace_closed:
            return Refusal(Problem.FURNACE_RECORD_OPEN, case.case_no)
        case Step.CERTIFY if case.certificate is not None:
            return Refusal(Problem.CERTIFICATE_EXISTS, case.certificate)
        case Step.VOID_CERTIFICATE if case.certificate is None:
            return Refusal(Problem.NOTHING_TO_VOID, asked.step)
        case Step.VOID_DEATH_PAPER if case.paper(*OF_DEATH) is None:
            return Refusal(Problem.NOTHING_TO_VOID, asked.step)
        case Step.CORRECT_DEATH_DAY if details.died_on is not None and details.died_on == case.died_on:
            return Refusal(Problem.FIELD_INVALID, "died_on")
        case Step.HAND_BELONGINGS if case.belongings is None:
            return Refusal(Problem.STEP_NOT_STARTED, Step.LIST_BELONGINGS)
        case Step.CLEAR_ALERT if all(one.other != details.other for one in case.alerts):
            return Refusal(Problem.FIELD_INVALID, "other")
        case Step.CANCEL_ITEM if all(one.item != details.item for one in case.items):
            return Refusal(Problem.FIELD_INVALID, "item")
        case Step.WITHDRAW_WAIVER if all(one.category is not details.category for one in entitlements(case)):
            return Refusal(Problem.FIELD_INVALID, "category")
        case Step.RENEW_STORAGE if all(one.kind is not PlaceKind.SHELF for one in case.places):
            return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.place.kind} > {asked.step}")
        case Step.RENEW_STORAGE if details.due and case.storage_until and details.due <= case.storage_until:
            return Refusal(Problem.FIELD_INVALID, "due")
        case Step.MERGE if details.other == case.case_no:
            return Refusal(Problem.FIELD_INVALID, "other")
        case Step.MERGE if case.card_no is not None:
            return Refusal(Problem.CASE_HAS_CARD, case.card_no)
        case Step.CLOSE if case.stage is Stage.TRANSFERRED and case.transfer_receipt is None:
            return Refusal(Problem.TRANSFER_OPEN, case.case_no)
        case Step.ENCOFFIN if case.stage is Stage.BOOKED and case.kind is not CaseKind.BONES:
            return Refusal(Problem.STEP_OUT_OF_ORDER, f"{case.stage} > {asked.step}")
        case _:
            return None


def within_term(case: Case, asked: Asked, policy: Policy) -> Refusal | None:
    """Cold storage is extended within the city's term; beyond it the authority decides (section 5)."""
    first = first_stored(case)
    if asked.step is not Step.EXTEND_STORAGE or first is None or asked.details.due is None:
        return None
    longest = first + timedelta(days=policy.storage_extended_days)
    if asked.details.due <= longest or case.approved(Approval.STORAGE):
        return None
    return Refusal(Problem.STORAGE_TERM, longest.date().isoformat())


LONG_DEAD = timedelta(days=366)
"""A natural death is booked within a year; whoever is found later, or exhumed, may have died at any time."""


def death_day_can_be(case: Case, asked: Asked, now: datetime | None) -> Refusal | None:
    """The day of the death is not after the case was opened, nor in the future: a slip of the pen stops payments."""
    day = asked.details.died_on
    if asked.step not in (Step.VERIFY_DEATH, Step.CORRECT_DEATH_DAY) or day is None:
        return None
    opened = local(case.opened_at).date()
    soon = case.kind is CaseKind.PERSON and case.cause_class is CauseClass.NATURAL
    late = day > opened or (now is not None and day > local(now).date())
    return Refusal(Problem.FIELD_INVALID, "died_on") if late or (soon and day < opened - LONG_DEAD) else None


ALWAYS: tuple[Precondition, ...] = (
    no_hold,
    nothing_contested,
    everything_entered,
    money_is_referenced,
    two_people,
    identifiers_agree,
    tag_is_new,
    tag_matches,
    disc_matches,
    coffin_matches,
    label_matches,
    quote_ready,
    box_is_there,
    shelf_is_its_own,
    split_fits,
    cooled_before_sealed,
    what_it_follows,
)
