"""The cremation certificate, 火化证明 (A4, in both languages): its number, and the code to verify it with."""

from typing import Any

from cardsvc.core.case import Case
from cardsvc.core.facts import Step
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.words import LANGUAGES, Language, say
from cardsvc.documents import saying


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the certificate shows; a time that no tap saw says so."""
    return {
        "number": on.of,
        "code": f"{on.code[:5]} {on.code[5:]}",
        "address": on.address.partition("?")[0],
        "deceased": on.personal["deceased_name"],
        "id_no": on.personal["id_no"] or "—",
        "applicant": on.personal["applicant_name"],
        "relation": [saying.relation(on, one) for one in LANGUAGES],
        "began": _moment(on.case, Step.LOAD),
        "ended": _moment(on.case, Step.UNLOAD),
        "disc": on.case.disc or "—",
        "issued": _moment(on.case, Step.CERTIFY),
    }


def _moment(case: Case, step: Step) -> dict[str, Any]:
    taken = case.last(step)
    typed = taken is not None and not taken.observed and step is not Step.CERTIFY
    return {
        "at": saying.when(taken.at) if taken is not None else "—",
        "typed": [say(one, "sheet.typed") for one in LANGUAGES] if typed else [],
    }
