"""A statement to a payer (A4, landscape) and the same lines as a spreadsheet; a draft says so across the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.on_paper import Home
from cardsvc.core.statements import Corrected, Share, earlier, is_earlier
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_words import source_words
from cardsvc.core.words import Language, say
from cardsvc.documents.filling import fill
from cardsvc.documents.papers import printed, words
from cardsvc.documents.plain_sheet import Cell, xlsx_of
from cardsvc.documents.saying import when

COLUMNS = ("case", "day", "item", "quantity", "price", "waiver", "due", "asked", "basis")


@dataclass(frozen=True, slots=True)
class ToPayer:
    """What stands on the paper; `number` and `sent_at` are None of a draft."""

    payer: Payer
    first: date
    last: date
    number: int | None
    sent_at: datetime | None
    made_by: StaffNo
    approved_by: StaffNo | None
    shares: Sequence[Share]
    corrections: Sequence[Corrected] = ()

    @property
    def total_fen(self) -> int:
        """What the payer is asked for."""
        return sum(one.amount_fen for one in self.shares)


def render(
    home: Home,
    to: ToPayer,
    items: Mapping[str, Mapping[Language, str]],
    staff: Mapping[StaffNo, str],
    copy: tuple[int, datetime, str],
    language: Language,
    folder: Path | None = None,
) -> bytes:
    """The statement as PDF; `items` by code, `copy`: its number, when and by whom. Raises TemplateBroken."""
    number, at, by = copy
    data: dict[str, Any] = {
        "words": words("statement_sheet", language),
        "home": home.name_zh if language == "zh_CN" else home.name_en,
        "case_no": str(to.number or ""),
        "number": str(to.number or "—"),
        "draft": to.number is None,
        "payer": say(language, f"payer.{to.payer}"),
        "first": to.first.isoformat(),
        "last": to.last.isoformat(),
        "earlier": earlier_words(to.shares, to.first, language),
        "sent": when(to.sent_at) or "—",
        "made_by": staff.get(to.made_by, to.made_by),
        "approved_by": staff.get(to.approved_by, to.approved_by) if to.approved_by else "—",
        "lines": [_line(one, items, language) | {"mark": is_earlier(one, to.first)} for one in to.shares],
        "corrections": [_line(one.share, items, language) | {"number": str(one.number)} for one in to.corrections],
        "total": in_yuan(to.total_fen),
        "count": say(
            language, "statement_sheet.lines", count=len(to.shares), cases=len({one.case_no for one in to.shares})
        ),
    }
    return fill("statement", data | printed(at, number, by, language), folder)


def earlier_words(shares: Iterable[Share], first: date, language: Language) -> str:
    """That a statement asks for services before its period, which were on no statement; "" where it asks for none."""
    count, fen = earlier(shares, first)
    return say(language, "statement_sheet.earlier", count=count, fen=in_yuan(fen), first=first) if count else ""


def sheet(to: ToPayer, items: Mapping[str, Mapping[Language, str]], language: Language) -> bytes:
    """The lines as a spreadsheet; amounts are numbers in yuan. What was taken back stands below, and asks for 0."""
    heads = [say(language, f"statement_sheet.{name}") for name in COLUMNS]
    rows = [_cells(one, items, language) for one in to.shares]
    return xlsx_of(heads, rows + [_taken_back(one, items, language) for one in to.corrections])


def _cells(one: Share, items: Mapping[str, Mapping[Language, str]], language: Language) -> list[Cell]:
    line = one.line
    money = [Decimal(fen).scaleb(-2) for fen in (line.price_fen, line.waiver_fen, line.due_fen, one.amount_fen)]
    day, name = local(line.at).date().isoformat(), _name(line.item, items, language)
    return [one.case_no, day, name, line.quantity, *money, _basis(one, language)]


def _taken_back(one: Corrected, items: Mapping[str, Mapping[Language, str]], language: Language) -> list[Cell]:
    said = say(language, "statement_sheet.taken_back", number=one.number, fen=f"¥{in_yuan(Fen(one.share.amount_fen))}")
    return [*_cells(one.share, items, language)[:-2], Decimal(0), said]


def _line(one: Share, items: Mapping[str, Mapping[Language, str]], language: Language) -> dict[str, str]:
    line = one.line
    return {
        "case": one.case_no,
        "day": local(line.at).date().isoformat(),
        "item": _name(line.item, items, language),
        "quantity": str(line.quantity),
        "price": in_yuan(line.price_fen),
        "waiver": in_yuan(line.waiver_fen) if line.waiver_fen else "",
        "due": in_yuan(line.due_fen),
        "asked": in_yuan(one.amount_fen),
        "basis": _basis(one, language),
    }


def _name(item: str, items: Mapping[str, Mapping[Language, str]], language: Language) -> str:
    return items[item][language] if item in items else item


def _basis(one: Share, language: Language) -> str:
    return f"{one.line.legal_basis} {source_words(language, one.line.waiver_source)}".strip()
