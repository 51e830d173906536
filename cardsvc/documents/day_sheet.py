"""What two people signed when they closed a day (A4): its checks, its reason, its frozen figures, the signature."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cardsvc.core.day_close import NEVER_OPEN, DayClosed, Figure
from cardsvc.core.ids import StaffNo
from cardsvc.core.money import in_yuan
from cardsvc.core.on_paper import Home
from cardsvc.core.words import Language, say
from cardsvc.documents import saying
from cardsvc.documents.account_words import account_name
from cardsvc.documents.filling import fill
from cardsvc.documents.papers import printed, words

NOTHING = Figure(name="", debit_fen=0, credit_fen=0)


def render(
    home: Home,
    closed: DayClosed,
    signature: tuple[datetime, bytes, bool],
    items: Mapping[str, Mapping[Language, str]],
    staff: Mapping[StaffNo, str],
    copy: tuple[int, datetime, str],
    language: Language,
    folder: Path | None = None,
) -> bytes:
    """The day as PDF; `signature`: when it was closed, the service's signature, and whether it is over these figures.

    `items`: names of the price lists' items; `copy`: its number, when and by whom. Raises TemplateBroken.
    """
    at, sig, whole = signature
    number, printed_at, by = copy
    seal = hashlib.sha256(sig).hexdigest()
    names = {item: name[language] for item, name in items.items()}
    rows = [row for row in _rows(closed) if any(row[1:])]
    data = {
        "words": words("day_sheet", language),
        "home": home.name_zh if language == "zh_CN" else home.name_en,
        "case_no": "",
        "day": closed.day.isoformat(),
        "at": saying.when(at),
        "people": [staff.get(one, one) for one in (closed.by, closed.second)],
        "log": f"{closed.from_log_no} – {closed.until_log_no - 1}" if closed.until_log_no > closed.from_log_no else "—",
        "checks": [
            {
                "name": say(language, f"check.{check}"),
                "open": say(language, "days.open_count", count=count) if count else "",
                "never": check in NEVER_OPEN,
            }
            for check, count in closed.found.items()
        ],
        "why": closed.why,
        "rows": [[account_name(name, names, language), *map(_fen, fen)] for name, *fen in rows],
        "sums": [_fen(sum(fen)) for fen in list(zip(*rows, strict=True))[1:]],
        "no_case": [[say(language, f"means.{one.name}"), _fen(one.left_fen)] for one in closed.no_case if one.left_fen],
        "signature": " ".join(seal[start : start + 4] for start in range(0, 16, 4)),
        "whole": whole,
    } | printed(printed_at, number, by, language)
    return fill("day_sheet", data, folder)


def _rows(closed: DayClosed) -> list[tuple[Any, ...]]:
    """Of each account: its name, what the day debited and credited, and its balance at the end of it, in fen."""
    moved = {one.name: one for one in closed.moved}
    found = []
    for one in closed.stands:
        day, left = moved.get(one.name, NOTHING), one.debit_fen - one.credit_fen
        found.append((one.name, day.debit_fen, day.credit_fen, max(left, 0), max(-left, 0)))
    return found


def _fen(fen: int) -> str:
    return in_yuan(fen) if fen else ""
