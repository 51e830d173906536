"""The signed clearance (A4): that every precondition of a gate held, each with its evidence in words."""

from typing import Any

from cardsvc.core.evidence import in_words
from cardsvc.core.ids import StaffNo
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.words import Language, say
from cardsvc.documents import saying


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the clearance shows. Raises ValueError for a paper that was gathered without one."""
    if on.kept is None:
        raise ValueError("a clearance is printed from the one that is kept")
    one, by_cause = on.kept.clearance, {fact.cause: fact for fact in on.facts}
    checked = [
        {
            "number": str(check.number),
            "name": say(language, f"check.{check.name}"),
            "evidence": in_words(check, by_cause, on.staff, language),
        }
        for check in one.checks
    ]
    asked = (one.staff_no, one.second_staff_no or StaffNo(""))
    things = {"tag": one.tag, "disc": one.disc, "furnace": one.furnace, "label": one.label}
    return {
        "step": say(language, f"step.{one.step}"),
        "at": saying.when(one.at),
        "people": " / ".join(on.staff.get(who, who) for who in asked if who),
        "things": [[say(language, f"field.{name}"), value] for name, value in things.items() if value],
        "rules": str(one.policy_version),
        "checks": checked,
        "count": say(language, "clearance.count", number=len(checked)),
        "signature": " ".join(on.kept.signature[at : at + 4] for at in range(0, 16, 4)),
        "whole": on.kept.whole,
    }
