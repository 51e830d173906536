"""Labels for cards, 100 x 60 mm each: the number in clear and as a QR code, which holds nothing else (typst)."""

from collections.abc import Sequence
from pathlib import Path

from cardsvc.core.ids import CardNo
from cardsvc.core.words import LANGUAGES, table
from cardsvc.documents.filling import Shape, fill, qr


def render(home: tuple[str, str], numbers: Sequence[CardNo], shape: Shape = "pdf", folder: Path | None = None) -> bytes:
    """One label a page, as PDF (or "png" for a single one). `home` is the home's name in Chinese and in English.

    Raises TemplateBroken.
    """
    words = [table(language, "label") for language in LANGUAGES]
    data = {
        "home": home,
        "title": [one["title"] for one in words],
        "keep": [one["keep"] for one in words],
        "labels": [{"number": number, "qr": qr(number)} for number in numbers],
    }
    return fill("label", data, folder, shape)
