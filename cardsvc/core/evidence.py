"""The evidence of a precondition in words: a record by its time, step and people; a code by its word."""

from collections.abc import Mapping

from cardsvc.core.facts import Fact, StepTaken, step_of
from cardsvc.core.gate import NOT_NEEDED, Check
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.words import CATALOGUES, Language, say

VOCABULARY: Mapping[str, str] = {
    "right_issuer": "issuer",
    "authorised": "signer",
    "ash_plan_recorded": "destination",
    "destination_recorded": "destination",
    "recognition_recorded": "reason",
    "paid": "condition",
    "route_used": "condition",
}
"""Checks whose evidence has a code, and the table of its words."""
PEOPLE = frozenset({"independent_checker", "operator_on_shift"})
"""Checks whose evidence is a staff number."""


def in_words(check: Check, facts: Mapping[str, Fact], staff: Mapping[StaffNo, str], language: Language) -> str:
    """What shows that a precondition held. `facts` by their cause, `staff` the shown names."""
    if check.evidence == NOT_NEEDED:
        return say(language, f"evidence.none.{check.name}")
    said = [_token(check.name, token, facts, staff, language) for token in check.evidence.split()]
    return say(language, f"evidence.held.{check.name}", it=" ".join(said))


def seen(fact: Fact, staff: Mapping[StaffNo, str], language: Language) -> str:
    """A fact in words: when, what, by whom, and whether a tap saw it."""
    step = step_of(fact)
    what = say(language, f"step.{step}" if step is not None else f"fact.{fact.body.kind}")
    details = fact.body.details if isinstance(fact.body, StepTaken) else None
    if details is not None and details.paper is not None:
        what = f"{say(language, f'paper.{details.paper}')} {details.number or ''}".strip()
    people = [staff.get(one, one) for one in (fact.staff_no, fact.second_staff_no) if one]
    return say(
        language,
        "evidence.seen_observed" if fact.observed else "evidence.seen_typed",
        at=local(fact.at).strftime("%Y-%m-%d %H:%M"),
        what=what,
        people=" / ".join(people),
    )


def _token(check: str, token: str, facts: Mapping[str, Fact], staff: Mapping[StaffNo, str], language: Language) -> str:
    if token in facts:
        return seen(facts[token], staff, language)
    if check in PEOPLE:
        return staff.get(StaffNo(token), token)
    return CATALOGUES[language].get(f"{VOCABULARY.get(check)}.{token}", token)
