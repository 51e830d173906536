"""A numbered receipt, as A5 and as the strip of a receipt printer (80 mm wide)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cardsvc.core.ids import StaffNo
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.on_paper import Home
from cardsvc.core.receipts import Receipt, ReceiptLine
from cardsvc.core.terms import Payer
from cardsvc.core.words import Language, say, table
from cardsvc.documents.capitals import capitals
from cardsvc.documents.filling import fill, qr
from cardsvc.documents.papers import printed
from cardsvc.documents.saying import when


class Form(StrEnum):
    """What a receipt is printed on; the value names its template."""

    A5 = "numbered_receipt"
    STRIP = "receipt_strip"


def render(
    receipt: Receipt,
    form: Form,
    home: Home,
    names: Mapping[StaffNo, str],
    by: tuple[int, datetime, str],
    code: str,
    language: Language,
    *,
    void: bool = False,
    folder: Path | None = None,
) -> bytes:
    """The receipt as PDF. `by`: which copy it is, when and by whom it is printed; `code` is what its QR holds.

    Raises TemplateBroken.
    """
    copy, at, who = by
    return fill(form, content(receipt, home, names, code, language, void) | printed(at, copy, who, language), folder)


def content(
    receipt: Receipt, home: Home, names: Mapping[StaffNo, str], code: str, language: Language, void: bool
) -> dict[str, Any]:
    """What stands on the receipt."""
    zh = language == "zh_CN"
    return {
        "words": table(language, "sheet") | table(language, "numbered"),
        "home": home.name_zh if zh else home.name_en,
        "title": say(language, f"numbered.title_{receipt.family}"),
        "number": receipt.number,
        "case_no": receipt.case_no,
        "payer": say(language, f"payer.{receipt.payer}"),
        "lines": [
            {
                "item": one.name_zh if zh else one.name_en,
                "quantity": say(language, "numbered.part") if one.of_fen is not None else str(one.quantity),
                "amount": in_yuan(Fen(one.fen)),
                "part": part(one, language),
            }
            for one in receipt.lines
        ],
        "amount": in_yuan(Fen(receipt.amount_fen)),
        "capitals": capitals(receipt.amount_fen),
        "means": means(receipt, language),
        "cashier": names.get(receipt.by, receipt.by) or say(language, "receipts.provider"),
        "issued": when(receipt.at),
        "slip": say(language, "numbered.slip", number=receipt.slip) if receipt.slip else "",
        "void": void,
        "family_scan": receipt.payer is Payer.FAMILY and not void,
        "qr": qr(code),
    }


def part(line: ReceiptLine, language: Language) -> str:
    """That a line is paid in part: of how much, and what is still to come; "" where it is paid whole."""
    if line.of_fen is None:
        return ""
    key = "numbered.part_of" if line.open_fen else "numbered.part_last"
    return say(
        language, key, of=in_yuan(Fen(line.of_fen)), open=in_yuan(Fen(line.open_fen or 0)), fen=in_yuan(line.fen)
    )


def means(receipt: Receipt, language: Language) -> str:
    """How it was paid."""
    return say(language, f"means.{receipt.means}" if receipt.means is not None else "receipts.deposit")
