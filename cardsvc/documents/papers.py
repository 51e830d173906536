"""Every paper of a case: its template's name is the paper's, its content comes from the file of the same name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cardsvc.core.on_paper import OnPaper
from cardsvc.core.printing import Printed
from cardsvc.core.words import LANGUAGES, Language, say, table
from cardsvc.documents import (
    authorisation,
    belongings,
    body_label,
    certificate,
    clearance,
    contract,
    quote,
)
from cardsvc.documents.filling import fill, qr
from cardsvc.documents.saying import when

Content = Callable[[OnPaper, Language], dict[str, Any]]
CONTENT: Mapping[Printed, tuple[str, Content]] = {
    Printed.QUOTE: ("quote", quote.content),
    Printed.CONTRACT: ("contract", contract.content),
    Printed.AUTHORISATION: ("authorisation", authorisation.content),
    Printed.BELONGINGS: ("belongings", belongings.content),
    Printed.CERTIFICATE: ("certificate", certificate.content),
    Printed.CLEARANCE: ("clearance", clearance.content),
    Printed.BODY_TAG: ("body_label", body_label.content),
    Printed.COFFIN_LABEL: ("body_label", body_label.content),
    Printed.ASH_LABEL: ("body_label", body_label.content),
}

OF_CASE = frozenset({Printed.QUOTE, Printed.CONTRACT, Printed.AUTHORISATION, Printed.BELONGINGS, Printed.CLEARANCE})
"""Papers whose QR is the case's number: it opens nothing but to somebody who is signed in."""


def render(on: OnPaper, language: Language, folder: Path | None = None) -> bytes:
    """The paper as PDF. Raises TemplateBroken."""
    template, content = CONTENT[on.paper]
    return fill(template, frame(on, template, language) | content(on, language), folder)


def scanned(on: OnPaper) -> str:
    """What the paper's QR holds: an address, the code of the thing that it is on, or the case's number."""
    return on.address or on.of if on.paper not in OF_CASE else on.case.case_no


def frame(on: OnPaper, template: str, language: Language) -> dict[str, Any]:
    """What stands on every paper: the home, the case, when and by whom it was printed, which copy it is."""
    return {
        "words": words(template, language),
        "both": [words(template, one) for one in LANGUAGES],
        "home": on.home.name_zh if language == "zh_CN" else on.home.name_en,
        "homes": [on.home.name_zh, on.home.name_en],
        "phone": on.home.phone,
        "case_no": on.case.case_no,
        "name": on.shown_name,
        "qr": qr(scanned(on)),
    } | printed(on.at, on.copy, on.by, language)


def printed(at: datetime, copy: int, by: str, language: Language) -> dict[str, Any]:
    """When and by whom, and which copy: a second one says so."""
    key = "sheet.copy" if copy == 1 else "sheet.reprint"
    return {
        "printed": f"{say(language, 'sheet.printed')} {when(at)}",
        "by": f"{say(language, 'sheet.by')} {by}",
        "copy": say(language, key, number=copy),
        "copies": [say(one, key, number=copy) for one in LANGUAGES],
        "again": copy > 1,
    }


def words(name: str, language: Language) -> dict[str, str]:
    """The words of every paper, and those of this one."""
    return table(language, "sheet") | table(language, name)
