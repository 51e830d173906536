"""The belongings list (A4): what was found with the body, who wrote it down, who received it."""

from typing import Any

from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.terms import Belonging
from cardsvc.core.words import Language, say
from cardsvc.documents import saying


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the list shows."""
    handed = next((one for one in reversed(on.facts) if _step(one) is Step.HAND_BELONGINGS), None)
    details = handed.body.details if handed is not None and isinstance(handed.body, StepTaken) else None
    return {
        "tag": on.case.tag or "",
        "things": [{"word": word, "count": str(count)} for word, count in things(on.case, language)],
        "nothing": on.case.belongings is not None
        and all(one.item == Belonging.NOTHING for one in on.case.belongings.things),
        "listed": saying.how(on, Step.LIST_BELONGINGS, language),
        "handed": saying.how(on, Step.HAND_BELONGINGS, language),
        "receipt": details.receipt if details is not None and details.receipt else "",
    }


def things(case: Case, language: Language) -> list[tuple[str, int]]:
    """What was found, in words, and how many of each."""
    found = case.belongings.things if case.belongings is not None else ()
    return [(say(language, f"belonging.{one.item}"), one.count) for one in found]


def _step(fact: Fact) -> Step | None:
    return fact.body.step if isinstance(fact.body, StepTaken) else None
