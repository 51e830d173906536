"""The contract (A4): parties, the lines of the quote, times, ash plan, statements, and how it was signed."""

from typing import Any

from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.words import Language, say, table
from cardsvc.documents import saying
from cardsvc.documents.belongings import things
from cardsvc.documents.quote import offered


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the contract shows."""
    case, open_ = on.case, say(language, "sheet.not_recorded")
    words = table(language, "sheet") | table(language, "quote") | table(language, "contract")
    return offered(on, language) | {
        "words": words,
        "deceased": on.personal["deceased_name"],
        "applicant": on.personal["applicant_name"],
        "applicant_phone": on.personal["applicant_phone"],
        "relation": saying.relation(on, language),
        "hall": saying.place(on, PlaceKind.HALL, case.hall, language) or say(language, "sheet.none"),
        "hall_at": saying.when(case.appointment),
        "furnace_at": saying.when(case.furnace_at) or say(language, "contract.furnace_later"),
        "ash_plan": say(language, f"destination.{case.ash_plan}") if case.ash_plan else open_,
        "implants": say(language, f"implants.{case.implants}") if case.implants else open_,
        "belongings": ", ".join(f"{word} × {count}" for word, count in things(case, language)) or open_,
        "handed": case.belongings is not None and case.belongings.handed,
        "signed": saying.how(on, Step.SIGN_QUOTE, language),
    }
