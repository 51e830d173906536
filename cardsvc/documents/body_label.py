"""Labels, 100 x 60 mm, in both languages: body tag, container, portion of the ashes. No whole name, one code."""

from typing import Any

from cardsvc.core.on_paper import OnPaper
from cardsvc.core.printing import Printed
from cardsvc.core.words import LANGUAGES, Language, say


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the labels shows; the QR holds the big code and nothing else."""
    case, box = on.case, on.case.portion(on.of)
    rows: list[tuple[str, str]] = []
    if on.paper is not Printed.BODY_TAG and case.tag:
        rows.append(("tag", case.tag))
    if on.paper is Printed.ASH_LABEL and box is not None:
        number = 1 + [one.label for one in case.portions].index(on.of)
        rows = [("disc", case.disc or "—"), ("portion", f"{number} / {len(case.portions)}")]
        rows.append(("weight", f"{box.weight_g:,} g"))
    warned = case.infectious and on.paper is not Printed.ASH_LABEL
    return {
        "title": [say(one, f"printed.{on.paper}") for one in LANGUAGES],
        "big": on.of,
        "rows": [[[say(one, f"body_label.{name}") for one in LANGUAGES], value] for name, value in rows],
        "warning": [say(one, "body_label.infectious") for one in LANGUAGES] if warned else [],
    }
