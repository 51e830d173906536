"""Which papers a case may have now: what the next step needs does not exist before the scan of the step before.

DOMAIN.md sections 2 and 7: the label is printed only after the scan, the certificate only from a closed furnace record.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.cremation_gate import KIND_PAPER, unclaimed
from cardsvc.core.facts import PlaceKind, Stage, Step
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES
from cardsvc.core.terms import CaseKind, Paper
from cardsvc.core.workflow import BEFORE_FIRE


class Printed(StrEnum):
    """A paper of a case; the value names its template and stands in the log."""

    QUOTE = "quote"
    CONTRACT = "contract"
    AUTHORISATION = "authorisation"
    BELONGINGS = "belongings"
    CERTIFICATE = "certificate"
    CLEARANCE = "clearance"
    BODY_TAG = "body_tag"
    COFFIN_LABEL = "coffin_label"
    ASH_LABEL = "ash_label"


ASKS: Mapping[Printed, Action] = {
    Printed.QUOTE: Action.SEE_BILLS,
    Printed.CONTRACT: Action.REVEAL,
    Printed.AUTHORISATION: Action.REVEAL,
    Printed.BELONGINGS: Action.SEE_CASES,
    Printed.CERTIFICATE: Action.REVEAL,
    Printed.CLEARANCE: Action.SEE_CASES,
    Printed.BODY_TAG: Action.SEE_CASES,
    Printed.COFFIN_LABEL: Action.SEE_CASES,
    Printed.ASH_LABEL: Action.SEE_CASES,
}
"""What somebody must be allowed to print each; those that show a whole name ask for the right to reveal it."""
NAMED = frozenset(paper for paper, action in ASKS.items() if action is Action.REVEAL)
"""Papers that somebody signs or shows to others, with names and numbers in full."""
HERE = BEFORE_FIRE - {Stage.BOOKED, Stage.DISPATCHED, Stage.IN_TRANSIT}
GONE = frozenset({PlaceKind.COLLECTOR, PlaceKind.DESTINATION})


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper, what it is of (a label, a number; "" for the case itself), and why it cannot be printed now."""

    paper: Printed
    of: str
    why: Refusal | None


def printables(case: Case, cleared: Sequence[int]) -> tuple[Printable, ...]:
    """Every paper of a case. `cleared`: the log numbers of the clearances that are kept for it."""
    return tuple(_all(case, cleared))


def printable(case: Case, cleared: Sequence[int], paper: Printed, of: str) -> Refusal | None:
    """Why this paper cannot be printed now; None when it can."""
    found = [one for one in _all(case, cleared) if one.paper is paper]
    exact = next((one for one in found if one.of == of), None)
    if exact is not None:
        return exact.why
    return found[0].why or Refusal(Problem.NOT_FOUND, paper)


def _all(case: Case, cleared: Sequence[int]) -> Iterator[Printable]:
    for paper in Printed:
        if paper is Printed.CLEARANCE:
            # It is kept: what has happened to the case since does not matter.
            yield from _each(paper, map(str, cleared), lambda _: None, Step.ARM)
        elif paper is Printed.ASH_LABEL:
            boxes = (one.label for one in case.portions) if case.furnace_closed else ()
            yield from _each(paper, boxes, lambda of: _box_is_here(case, of), _before_label(case))
        else:
            of, why = _ONE[paper](case)
            yield Printable(paper, of, why)


def _each(
    paper: Printed, things: Iterable[str], why: Callable[[str], Refusal | None], before: Step
) -> Iterator[Printable]:
    none = True
    for of in things:
        none = False
        yield Printable(paper, of, why(of))
    if none:
        yield Printable(paper, "", _not_before(before))


def _not_before(step: Step | str) -> Refusal:
    return Refusal(Problem.PAPER_NOT_YET, step)


def _quote(case: Case) -> tuple[str, Refusal | None]:
    return "", None if case.items else _not_before(Step.QUOTE)


def _contract(case: Case) -> tuple[str, Refusal | None]:
    return "", None if case.quote_signed else _not_before(Step.SIGN_QUOTE)


def _authorisation(case: Case) -> tuple[str, Refusal | None]:
    """Nobody is asked to sign before the death is documented, and before it is known who signs."""
    if case.paper(KIND_PAPER.get(case.kind, Paper.DEATH_CERTIFICATE)) is None:
        return "", _not_before(Step.VERIFY_DEATH)
    known = unclaimed(case) or case.paper(Paper.APPLICANT_IDENTITY) is not None
    return "", None if known else _not_before(Step.VERIFY)


def _belongings(case: Case) -> tuple[str, Refusal | None]:
    return "", None if case.belongings is not None else _not_before(Step.LIST_BELONGINGS)


def _certificate(case: Case) -> tuple[str, Refusal | None]:
    return case.certificate or "", None if case.certificate else _not_before(Step.CERTIFY)


def _body_tag(case: Case) -> tuple[str, Refusal | None]:
    if case.stage not in BEFORE_FIRE:
        return case.tag or "", Refusal(Problem.PAPER_OVER, case.stage)
    return case.tag or "", None if case.tag else _not_before(Step.COLLECT)


def _coffin_label(case: Case) -> tuple[str, Refusal | None]:
    """The body is here, and the tag that it has now was scanned in a step of its way."""
    code = coffin_code(case)
    if case.stage not in BEFORE_FIRE:
        return code, Refusal(Problem.PAPER_OVER, case.stage)
    if case.kind is CaseKind.BONES and case.tag is None:
        return code, None  # exhumed bones get their tag with their container
    if case.stage not in HERE:
        return code, _not_before(Step.ARRIVE)
    return code, None if _scanned(case) else _not_before("tag")


def _scanned(case: Case) -> bool:
    for taken in reversed(case.taken):
        if taken.step is Step.REPLACE_TAG:
            return False
        if RULES[taken.step].tag:
            return True
    return False


def coffin_code(case: Case) -> str:
    """The code on the container's label: as it was bound, or the one that it will be bound with."""
    return case.coffin or f"K-{case.case_no.partition('-')[2]}"


def _before_label(case: Case) -> Step:
    return Step.SEAL if case.furnace_closed else Step.CLOSE_FURNACE


def _box_is_here(case: Case, of: str) -> Refusal | None:
    box = case.portion(of)
    return Refusal(Problem.PAPER_OVER, box.place.kind) if box is not None and box.place.kind in GONE else None


_ONE: Mapping[Printed, Callable[[Case], tuple[str, Refusal | None]]] = {
    Printed.QUOTE: _quote,
    Printed.CONTRACT: _contract,
    Printed.AUTHORISATION: _authorisation,
    Printed.BELONGINGS: _belongings,
    Printed.CERTIFICATE: _certificate,
    Printed.BODY_TAG: _body_tag,
    Printed.COFFIN_LABEL: _coffin_label,
}
