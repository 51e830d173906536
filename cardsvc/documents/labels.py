"""Labels for cards, 100 x 60 mm each: the number in clear and as a QR code, which holds nothing else (typst)."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Literal

import typst

from cardsvc.core.ids import CardNo
from cardsvc.core.words import LANGUAGES, table
from cardsvc.documents.receipt import qr


def render(home: tuple[str, str], numbers: Sequence[CardNo], shape: Literal["pdf", "png"] = "pdf") -> bytes:
    """One label a page, as PDF (or "png" for a single one). `home` is the home's name in Chinese and in English."""
    words = [table(language, "label") for language in LANGUAGES]
    data = {
        "home": home,
        "title": [one["title"] for one in words],
        "keep": [one["keep"] for one in words],
        "labels": [{"number": number, "qr": qr(number)} for number in numbers],
    }
    template = files("cardsvc.data").joinpath("label.typ").read_bytes()
    made: bytes = typst.compile(
        template, format=shape, ppi=203.0, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    return made
