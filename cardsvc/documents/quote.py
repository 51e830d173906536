"""The quote (A4): the chosen items with price, waiver, payer and legal basis; a draft until it is signed."""

from typing import Any

from cardsvc.core.facts import Step
from cardsvc.core.money import in_yuan
from cardsvc.core.on_paper import OnPaper
from cardsvc.core.prices import Line, PriceItem, basis_of, granted_for
from cardsvc.core.quoting import by_what_happens, quoted
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_words import source_words
from cardsvc.core.words import Language, say
from cardsvc.documents import saying


def content(on: OnPaper, language: Language) -> dict[str, Any]:
    """What the template of the quote shows."""
    return offered(on, language) | {
        "draft": not on.case.quote_signed,
        "signed": saying.how(on, Step.SIGN_QUOTE, language) if on.case.quote_signed else None,
    }


def offered(on: OnPaper, language: Language) -> dict[str, Any]:
    """The lines of the quote, what comes by itself, and the sums; the contract has the same."""
    lines = quoted(on.case, on.book, on.at)
    of_family = [one for one in lines if one.payer is Payer.FAMILY]
    return {
        "list": on.book.version,
        "list_basis": on.book.legal_basis,
        "lines": [_line(on, one, language) for one in lines],
        "by_tap": [_row(on, one, language) for one in by_what_happens(on.case, on.book)],
        "price": in_yuan(sum(one.price_fen for one in lines)),
        "waived": in_yuan(sum(one.waiver_fen for one in lines)),
        "total": in_yuan(sum(one.due_fen for one in of_family)),
        "others": in_yuan(sum(one.due_fen for one in lines) - sum(one.due_fen for one in of_family)),
    }


def _line(on: OnPaper, line: Line, language: Language) -> dict[str, str]:
    row = on.book.find(line.item)
    return {
        "item": _name(row, language) if row is not None else line.item,
        "quantity": str(line.quantity),
        "price": in_yuan(line.price_fen),
        "waiver": in_yuan(line.waiver_fen) if line.waiver_fen else "",
        "waiver_payer": say(language, f"payer.{line.waiver_payer}") if line.waiver_payer else "",
        "due": in_yuan(line.due_fen),
        "payer": say(language, f"payer.{line.payer}"),
        "basis": f"{line.legal_basis} {source_words(language, line.waiver_source)}".strip(),
        "regime": say(language, f"regime.{row.regime}") if row is not None else "",
    }


def _row(on: OnPaper, row: PriceItem, language: Language) -> dict[str, str]:
    granted = granted_for(row, row.price_fen, 1, on.case, on.book, on.at)
    return {
        "item": _name(row, language),
        "price": in_yuan(row.price_fen),
        "waiver": f"{in_yuan(granted.fen)} × {granted.units}" if granted is not None else "",
        "waiver_payer": say(language, f"payer.{granted.bearer if granted is not None else Payer.TREASURY}"),
        "basis": basis_of(row, granted),
        "regime": say(language, f"regime.{row.regime}"),
    }


def _name(row: PriceItem, language: Language) -> str:
    return row.name_zh if language == "zh_CN" else row.name_en
